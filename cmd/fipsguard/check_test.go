package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manifests = "../../internal/manifest/testdata/"

// TestCheckStories holds what is said of each file, as people read it.
func TestCheckStories(t *testing.T) {
	files, err := filepath.Glob(manifests + "*.*[nl]")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files to check: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			code, out, talk := fipsguard("", "check", "-v", file)
			got := fmt.Sprintf("%s%sexit %d\n", strings.ReplaceAll(out, manifests, ""), talk, code)
			golden := filepath.Join("testdata/check-stories", filepath.Base(file)+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("another verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckJSON(t *testing.T) {
	code, out, _ := fipsguard("", "check", "--format", "json", manifests+"fargate-arm64.json")
	var report struct {
		Schema   string
		Findings []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if code != exitFindings || report.Schema != "fipsguard.check/v1" || len(report.Findings) != 1 || report.Findings[0]["status"] != "NON_COMPLIANT" {
		t.Errorf("exits %d with %s", code, out)
	}
}

func TestCheckUnreadableInput(t *testing.T) {
	for name, c := range map[string]struct{ in, talk string }{
		"empty":              {"", "-: the file is empty"},
		"cut-off JSON":       {`{"family":`, "line 1"},
		"YAML with a tab":    {"family: x\n\tcpu: 1", "not YAML"},
		"another document":   {`{"a": 1}`, "neither a task definition, a service or another ECS document, a CloudFormation template nor a Terraform plan or state"},
		"two YAML documents": {"family: x\n---\nfamily: y\n", "neither a task definition"},
		"a name twice":       {"Resources:\n  A: {Type: x}\n  A: {Type: y}\n", `line 3, column 3: "A" appears twice; keep one of them`},
		"nested too deeply":  {`{"Resources":` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5001), "nested"},
		"a text":             {"hello", "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, talk := fipsguard(c.in, "check", "-")
			if code != exitUnreadable || !strings.Contains(talk, c.talk) {
				t.Errorf("exits %d and says %q, want %q", code, talk, c.talk)
			}
			if strings.Contains(strings.TrimSpace(talk), "\n") {
				t.Errorf("not one clear line: %q", talk)
			}
		})
	}
	code, out, _ := fipsguard("", "check", "absent.json", manifests+"fargate-arm64.json")
	if code != exitFindings || !strings.Contains(out, "NON_COMPLIANT") {
		t.Errorf("one unreadable file hides the others: exits %d with %s", code, out)
	}
	code, out, _ = fipsguard("", "check", "absent.json", manifests+"fargate-linux.json")
	if code != exitUnreadable || strings.Contains(out, "COMPLIANT") || !strings.Contains(out, "1 checked") {
		t.Errorf("beside an unreadable file, one that passes: exits %d with %s", code, out)
	}
}

func TestCheckBombs(t *testing.T) {
	var bomb bytes.Buffer
	bomb.WriteString("Resources:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c <= 'k'; c++ {
		fmt.Fprintf(&bomb, "  %c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	if code, _, talk := fipsguard(bomb.String(), "check", "-"); code != exitUnreadable {
		t.Errorf("an alias bomb exits %d: %s", code, talk)
	}
}

// TestParametersAreNotThoseOfNestedTemplates: what is given for the outer
// template says nothing of a parameter of the same name in one that it nests.
func TestParametersAreNotThoseOfNestedTemplates(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"parent.yaml": "Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Arch: ARM64}}}\n",
		"child.yaml": "Parameters: {Arch: {Type: String, AllowedValues: [X86_64, ARM64]}}\nResources:\n" +
			"  D: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], RuntimePlatform: {CpuArchitecture: !Ref Arch}}}\n",
		"given.txt": `[{"ParameterKey": "Arch", "ParameterValue": "X86_64"}]`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	given := filepath.Join(folder, "given.txt")
	for _, path := range []string{folder, filepath.Join(folder, "parent.yaml")} {
		if code, out, _ := fipsguard("", "check", "--parameters", given, path); code != exitFindings || !strings.Contains(out, "child.yaml") {
			t.Errorf("%s: exits %d: %s", path, code, out)
		}
	}
	if code, out, _ := fipsguard("", "check", "--parameters", given, filepath.Join(folder, "child.yaml")); code != 0 {
		t.Errorf("the same template by itself: exits %d: %s", code, out)
	}
}

// TestASettingOfARoleIsNoDefault: what ECS says of a role's setting, or is asked
// to write, is not said of the account.
func TestASettingOfARoleIsNoDefault(t *testing.T) {
	const role, root = `arn:aws-us-gov:iam::111122223333:role/ci`, `arn:aws-us-gov:iam::111122223333:root`
	of := func(principal string) string {
		return `{"settings": [{"name": "fargateFIPSMode", "value": "disabled", "principalArn": "` + principal + `"}]}`
	}
	for in, want := range map[string]string{of(role): "fips-mode-override", of(root): "fips-mode-default"} {
		if code, out, _ := fipsguard(in, "check", "-"); code != exitFindings || !strings.Contains(out, want) {
			t.Errorf("%s: exits %d, want %s: %s", in, code, want, out)
		}
	}
}
