package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	provenance "github.com/in-toto/attestation/go/predicates/provenance/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/encoding/protojson"
)

// programs are two, as a release has ten.
func programs() []artifact {
	about := &buildinfo.BuildInfo{
		GoVersion: "go1.26.0",
		Settings:  []debug.BuildSetting{{Key: "GOFIPS140", Value: "v1.0.0-c2097c7c"}},
		Deps: []*debug.Module{
			{Path: "example.com/a", Version: "v1.2.3", Sum: "h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48="},
			{Path: "example.com/asked", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/taken", Version: "v1.0.1", Sum: "h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48="}},
		},
	}
	return []artifact{{"dist/enforcer-amd64.zip", strings.Repeat("0a", 32), about}, {"dist/fipsguard-linux-amd64", strings.Repeat("0b", 32), about}}
}

// written is what a function writes into a file.
func written(t *testing.T, write func(file string) error) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSBOM: CycloneDX's own schema accepts it, every file names what is in it, and
// a module that replaces another is the one that is named.
func TestSBOM(t *testing.T) {
	text := written(t, func(file string) error { return writeSBOM(file, "0.1.0+0123456789ab", programs()) })
	bom, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	schema := cycloneDX(t)
	if err := schema.Validate(bom); err != nil {
		t.Errorf("not CycloneDX: %v\n%s", err, text)
	}
	bom.(map[string]any)["components"].([]any)[0].(map[string]any)["type"] = "zip"
	if err := schema.Validate(bom); err == nil {
		t.Error("the schema accepts anything")
	}
	for _, want := range []string{"pkg:golang/example.com/taken@v1.0.1", "pkg:golang/std@1.26.0", "v1.0.0-c2097c7c", "enforcer-amd64.zip", strings.Repeat("0b", 32)} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if bytes.Contains(text, []byte("example.com/asked")) {
		t.Error("it names a module that was replaced")
	}
	if again := written(t, func(file string) error { return writeSBOM(file, "0.1.0+0123456789ab", programs()) }); !bytes.Equal(text, again) {
		t.Error("it differs from one time to the next")
	}
}

// cycloneDX is the schema that its authors publish with their library.
func cycloneDX(t *testing.T) *jsonschema.Schema {
	t.Helper()
	folder, err := exec.Command(independent.Program(t, "go"), "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const address = "http://cyclonedx.org/schema/"
	for file, name := range map[string]string{"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schemax.json": "jsf-0.82.schema.json"} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(address+name, document); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(address + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestProvenance: in-toto's own code reads and accepts the statement and its
// predicate.
func TestProvenance(t *testing.T) {
	text := written(t, func(file string) error {
		return writeProvenance(file, "0.1.0+0123456789ab", []sum{{"enforcer-amd64.zip", strings.Repeat("0a", 32)}}, programs())
	})
	var statement intoto.Statement
	if err := protojson.Unmarshal(text, &statement); err != nil {
		t.Fatalf("in-toto cannot read it: %v\n%s", err, text)
	}
	if err := statement.Validate(); err != nil {
		t.Errorf("not a statement: %v", err)
	}
	predicate, err := json.Marshal(statement.GetPredicate().AsMap())
	if err != nil {
		t.Fatal(err)
	}
	var p provenance.Provenance
	if err := protojson.Unmarshal(predicate, &p); err != nil {
		t.Fatalf("not SLSA's predicate: %v\n%s", err, predicate)
	}
	if err := p.Validate(); err != nil {
		t.Errorf("SLSA's predicate: %v\n%s", err, predicate)
	}
	if got := p.GetBuildDefinition().GetResolvedDependencies()[0]; got.GetDigest()["dirHash"] != "2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f" {
		t.Errorf("in-toto's example of a sum becomes %v", got)
	}
}

// TestSums: sha256sum reads them, where there is one.
func TestSums(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "b"), "two")
	write(t, filepath.Join(folder, "a"), "one")
	if err := writeSums(folder); err != nil {
		t.Fatal(err)
	}
	program := independent.Program(t, "sha256sum")
	check := func() error {
		run := exec.Command(program, "--strict", "-c", "SHA256SUMS")
		run.Dir = folder
		return run.Run()
	}
	if err := check(); err != nil {
		t.Errorf("sha256sum: %v", err)
	}
	write(t, filepath.Join(folder, "a"), "another")
	if check() == nil {
		t.Error("sha256sum accepts a file that was changed")
	}
}

// TestReleaseOverwritesNothing: what lies in the folder may be another release.
func TestReleaseOverwritesNothing(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "notes.txt"), "mine")
	if err := release(t.Context(), folder); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("release: %v", err)
	}
}

// TestHandedOn: what a release has as it is, is there.
func TestHandedOn(t *testing.T) {
	for _, file := range handedOn {
		if content, err := os.ReadFile(filepath.Join("..", file)); err != nil || len(content) == 0 {
			t.Errorf("%s: %d bytes, %v", file, len(content), err)
		}
	}
}
