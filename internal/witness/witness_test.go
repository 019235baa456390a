package witness

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/independent"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const fipsEnabled = "/proc/sys/crypto/fips_enabled"

// TestProgramIsItsSource: what runs is what can be read.
func TestProgramIsItsSource(t *testing.T) {
	as, ld := independent.Program(t, "as"), independent.Program(t, "ld")
	dir := t.TempDir()
	object, binary := filepath.Join(dir, "program.o"), filepath.Join(dir, "program.elf")
	for _, cmd := range []*exec.Cmd{
		exec.Command(as, "--64", "-mx86-used-note=no", "program.asm", "-o", object),
		exec.Command(ld, "-m", "elf_x86_64", "--oformat", "binary", "-Ttext=0x400000", object, "-o", binary),
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("%s does not assemble for x86-64 here: %v\n%s", cmd.Path, err, out)
		}
	}
	assembled, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(assembled, program) {
		t.Errorf("program.elf (%d bytes) is not program.asm assembled (%d bytes)", len(program), len(assembled))
	}
}

// TestOnThisKernel runs the witness as it is.
func TestOnThisKernel(t *testing.T) {
	var want int32
	switch content, err := os.ReadFile(fipsEnabled); {
	case os.IsNotExist(err):
		want = ExitAbsent
	case err != nil:
		t.Fatal(err)
	case string(content) == "0\n":
		want = ExitOff
	}
	exit, printed := run(t, program)
	if exit != want {
		t.Errorf("the witness exits with %d on this kernel, want %d", exit, want)
	}
	if want != ExitAbsent && printed == "" {
		t.Error("the witness prints nothing")
	}
}

// TestExitCodes runs the same instructions on other files: only the path in the
// program is another one.
func TestExitCodes(t *testing.T) {
	for content, want := range map[string]struct {
		exit int32
		fips guard.Answer
	}{
		"1\n": {ExitOn, guard.Yes}, "0\n": {ExitOff, guard.No},
		"": {11, guard.Unknown}, "1": {11, guard.Unknown}, "11\n": {11, guard.Unknown}, "1 \n": {11, guard.Unknown},
		"2\n": {11, guard.Unknown}, "\n1": {11, guard.Unknown}, strings.Repeat("1\n", 100): {11, guard.Unknown},
	} {
		path := filepath.Join(shortDir(t), "f")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		exit, printed := run(t, reading(t, path))
		fips, read := Read(exit)
		if exit != want.exit || fips != want.fips || read == "" {
			t.Errorf("%q: exit code %d, which says %s (%s); want %d, %s", content, exit, fips, read, want.exit, want.fips)
		}
		if shown := content[:min(len(content), 64)]; printed != shown {
			t.Errorf("%q: the witness prints %q", content, printed)
		}
	}
	for what, path := range map[string]string{"absent": filepath.Join(shortDir(t), "none"), "a folder": shortDir(t), "behind a file": "/etc/passwd/x"} {
		exit, _ := run(t, reading(t, path))
		if want := map[string]int32{"absent": ExitAbsent}[what]; exit != want && (want != 0 || exit != 11) {
			t.Errorf("the file is %s: exit code %d", what, exit)
		}
	}
	if fips, _ := Read(137); fips != guard.Unknown {
		t.Error("a witness that was killed says something about the kernel")
	}
	if fips, _ := Read(ExitAbsent); fips != guard.No {
		t.Error("a kernel without FIPS mode may be in FIPS mode")
	}
}

// shortDir is a folder whose path is shorter than the one in the program.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// reading is the program with another path in it.
func reading(t *testing.T, path string) []byte {
	t.Helper()
	if len(path) > len(fipsEnabled) || bytes.Count(program, []byte(fipsEnabled)) != 1 {
		t.Fatalf("%s does not fit into the program", path)
	}
	return bytes.Replace(program, []byte(fipsEnabled), []byte(path+strings.Repeat("\x00", len(fipsEnabled)-len(path))), 1)
}

func run(t *testing.T, program []byte) (exit int32, printed string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the witness is a program for Linux on x86-64")
	}
	path := filepath.Join(t.TempDir(), "witness")
	if err := os.WriteFile(path, program, 0o500); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path).Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if ended != nil {
		return int32(ended.ExitCode()), string(out)
	}
	return 0, string(out)
}

// TestImage: its digest is in the task definition before anyone pushes it.
func TestImage(t *testing.T) {
	image, err := NewImage()
	if err != nil {
		t.Fatal(err)
	}
	if image.Manifest.Digest != Digest {
		t.Errorf("the image has digest %s; the task definition names %s. A changed image is a new one: change Digest and Tag.", image.Manifest.Digest, Digest)
	}
	if size := len(image.Layer.Content) + len(image.Config.Content) + len(image.Manifest.Content); size > 2<<20 {
		t.Errorf("the image has %d bytes", size)
	}
}

// TestImageIsValid has a library read the image that did not make it.
func TestImageIsValid(t *testing.T) {
	image, err := NewImage()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`))
	put(t, filepath.Join(dir, "index.json"), []byte(`{"schemaVersion":2,"manifests":[{"mediaType":"`+image.Manifest.MediaType+`","digest":"`+image.Manifest.Digest+`","size":`+
		strconv.Itoa(len(image.Manifest.Content))+`}]}`))
	for _, b := range []Blob{image.Layer, image.Config, image.Manifest} {
		put(t, filepath.Join(dir, "blobs", "sha256", strings.TrimPrefix(b.Digest, "sha256:")), b.Content)
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := v1.NewHash(Digest)
	if err != nil {
		t.Fatal(err)
	}
	read, err := index.Image(hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(read); err != nil {
		t.Error(err)
	}
	config, err := read.ConfigFile()
	if err != nil || config.Architecture != "amd64" || config.OS != "linux" || config.Config.User != "65534" || strings.Join(config.Config.Entrypoint, " ") != "/witness" {
		t.Errorf("the image is read as %+v, %v", config, err)
	}
	files := mutate.Extract(read)
	defer func() { _ = files.Close() }()
	var content bytes.Buffer
	if _, err := content.ReadFrom(files); err != nil || !bytes.Contains(content.Bytes(), program) {
		t.Errorf("the program is not in the image: %v", err)
	}
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
