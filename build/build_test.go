package main

import (
	"archive/zip"
	"bytes"
	"debug/buildinfo"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReproducible builds one small function from two folders. A module of its
// own keeps the test fast and independent of the real functions.
func TestReproducible(t *testing.T) {
	var archives [][]byte
	for _, folder := range []string{"a", "b/deeper"} {
		root := module(t, filepath.Join(t.TempDir(), folder))
		file := filepath.Join(root, "hello.zip")
		if _, err := pack(t.Context(), root, "hello", "amd64", file); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, content)
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("the same source in two folders gave two different zips")
	}
}

// TestReproducibleEnforcer does it with the real function: from this folder
// and from a copy of the module elsewhere.
func TestReproducibleEnforcer(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiles the enforcer twice")
	}
	folder := t.TempDir()
	other := filepath.Join(folder, "copy")
	for _, part := range []string{"functions", "internal"} {
		if err := os.CopyFS(filepath.Join(other, part), os.DirFS(filepath.Join("..", part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(other, file), string(content))
	}
	here, err := pack(t.Context(), "..", "enforcer", "amd64", filepath.Join(folder, "1.zip"))
	if err != nil {
		t.Fatal(err)
	}
	there, err := pack(t.Context(), other, "enforcer", "amd64", filepath.Join(folder, "2.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if here.sha256 != there.sha256 {
		t.Errorf("SHA-256 %s here, %s in a copy", here.sha256, there.sha256)
	}
}

func TestZipHoldsOneExecutable(t *testing.T) {
	archive, err := zipped([]byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != 1 || r.File[0].Name != "bootstrap" || r.File[0].Mode() != 0o755 || !r.File[0].Modified.Equal(timestamp) {
		t.Fatalf("the zip holds %+v", r.File)
	}
	file, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(file); err != nil || string(content) != "content" {
		t.Errorf("bootstrap is %q, %v", content, err)
	}
}

// TestCheckFIPS builds what must be refused: no module, and FIPS mode off.
func TestCheckFIPS(t *testing.T) {
	for name, test := range map[string]struct{ module, directive, want string }{
		"no module": {"off", "", "not v1.0.0"},
		"mode off":  {"v1.0.0", "//go:debug fips140=off\n", "without fips140=on"},
		"good":      {"v1.0.0", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := module(t, t.TempDir())
			write(t, filepath.Join(root, "functions/hello/debug.go"), test.directive+"package main\n")
			binary := filepath.Join(root, "hello.bin")
			cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./functions/hello")
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFIPS140="+test.module)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			about, err := buildinfo.ReadFile(binary)
			if err != nil {
				t.Fatal(err)
			}
			err = checkFIPS(about)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("checkFIPS: %v, want %q", err, test.want)
			}
		})
	}
}

// module writes a module with one function into a folder.
func module(t *testing.T, root string) string {
	t.Helper()
	write(t, filepath.Join(root, "go.mod"), "module hello\n\ngo 1.26\n")
	write(t, filepath.Join(root, "functions/hello/main.go"), "package main\n\nfunc main() { println(\"hello\") }\n")
	return root
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSourceDigest: the digest follows every file that a function is built
// from, embedded ones too, and no other; it does not follow the folder.
func TestSourceDigest(t *testing.T) {
	digest := func(root string) string {
		t.Helper()
		d, err := sourceDigest(t.Context(), root, function("hello", "amd64"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	root := module(t, t.TempDir())
	write(t, filepath.Join(root, "functions/hello/page.go"), "package main\n\nimport _ \"embed\"\n\n//go:embed page.html\nvar page string\n")
	write(t, filepath.Join(root, "functions/hello/page.html"), "hello")
	before := digest(root)
	elsewhere := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(elsewhere, os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	if digest(elsewhere) != before {
		t.Error("the digest differs in a copy of the module")
	}
	write(t, filepath.Join(root, "functions/hello/main_test.go"), "package main\n")
	write(t, filepath.Join(root, "README.md"), "hello")
	if digest(root) != before {
		t.Error("a test and a text changed the digest, though the function is not built from them")
	}
	write(t, filepath.Join(root, "functions/hello/page.html"), "goodbye")
	if digest(root) == before {
		t.Error("an embedded file changed, and the digest did not")
	}
}
