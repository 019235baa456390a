// Package fipsguard only holds the test of the project's own structure.
package fipsguard

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestPackagesAreAsARCHITECTUREsays holds the table of packages in
// ARCHITECTURE.md against the code, in both directions: a package or an import
// that the table does not have fails, and so does one that the code no longer
// has.
func TestPackagesAreAsARCHITECTUREsays(t *testing.T) {
	table := packageTable(t)
	packages := goList(t, "Imports")
	for name, imported := range packages {
		listed, ok := table[name]
		if !ok {
			t.Errorf("package %s is not in ARCHITECTURE.md's table of packages", name)
			continue
		}
		for _, other := range imported {
			if inside, ours := short(other); ours && !slices.Contains(listed, inside) {
				t.Errorf("%s imports %s, which ARCHITECTURE.md does not allow", name, inside)
			}
		}
	}
	for name, listed := range table {
		imported, ok := packages[name]
		if !ok {
			t.Errorf("ARCHITECTURE.md lists package %s, which does not exist", name)
			continue
		}
		for _, other := range listed {
			if !slices.ContainsFunc(imported, func(path string) bool { inside, ours := short(path); return ours && inside == other }) {
				t.Errorf("ARCHITECTURE.md says that %s imports %s; it does not", name, other)
			}
		}
	}
}

// TestDecisionsNeedNothingButTheStandardLibrary: what is decided in guard can
// be read and tested without AWS.
func TestDecisionsNeedNothingButTheStandardLibrary(t *testing.T) {
	for _, path := range goList(t, "Imports")["guard"] {
		if strings.Contains(path, ".") {
			t.Errorf("guard imports %s", path)
		}
	}
}

// TestOnlyTheEdgesKnowAWS: the AWS SDK stays in the adapters, in what wires
// them, in the simulated account and who acts in it, and in the function that
// is nothing but the SDK.
func TestOnlyTheEdgesKnowAWS(t *testing.T) {
	edges := []string{"aws/", "wiring", "localaws", "simulation", "bench/coldstart/sdk"}
	for name, imported := range goList(t, "Imports") {
		if slices.ContainsFunc(edges, func(edge string) bool { return strings.HasPrefix(name, edge) }) {
			continue
		}
		for _, path := range imported {
			if strings.HasPrefix(path, "github.com/aws/aws-sdk-go-v2") {
				t.Errorf("%s imports %s; only aws/*, wiring and the simulation do", name, path)
			}
			if inside, ours := short(path); ours && strings.HasPrefix(inside, "aws/") && !(name == "functions/verifier" && (inside == "aws/hub" || inside == "aws/readback") || name == "functions/gate" && inside == "aws/scaling") {
				t.Errorf("%s imports %s; only wiring does", name, inside)
			}
		}
	}
}

// TestNoFunctionContainsTheSimulation looks through all that a function pulls
// in, however far away. A YAML library would cost each start 0.1 ms.
func TestNoFunctionContainsTheSimulation(t *testing.T) {
	for name, all := range goList(t, "Deps") {
		if !strings.HasPrefix(name, "functions/") {
			continue
		}
		for _, path := range all {
			if inside, ours := short(path); ours && (strings.HasPrefix(inside, "localaws") || inside == "simulation") || strings.Contains(path, "aws-cdk-go") || strings.Contains(path, "yaml") {
				t.Errorf("%s contains %s", name, path)
			}
		}
	}
}

// TestTheFirstBuildCompilesNoMoreThanItNeeds: the SDK's clients of Systems Manager,
// KMS and Security Hub, those of the self-check, and Lambda's runtime, would take an
// eighth of its time and more.
func TestTheFirstBuildCompilesNoMoreThanItNeeds(t *testing.T) {
	for _, path := range goList(t, "Deps")["cmd/fipsguard"] {
		for _, left := range []string{
			"aws-sdk-go-v2/service/ssm", "aws-sdk-go-v2/service/kms", "aws-sdk-go-v2/service/securityhub", "aws-sdk-go-v2/service/iam", "aws-sdk-go-v2/service/lambda",
			"aws-sdk-go-v2/service/cloudwatch", "aws-sdk-go-v2/service/cloudwatchlogs", "aws-lambda-go/lambda",
		} {
			if path == "github.com/aws/"+left {
				t.Errorf("cmd/fipsguard contains %s", path)
			}
		}
	}
}

// packageTable reads ARCHITECTURE.md's table: the packages, and what each
// imports of the others.
func packageTable(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.HasPrefix(strings.TrimSpace(cells[0]), "`") {
			continue
		}
		name := strings.Trim(cells[0], " `")
		if _, twice := table[name]; twice {
			t.Errorf("ARCHITECTURE.md lists package %s twice", name)
		}
		table[name] = []string{}
		for other := range strings.SplitSeq(cells[2], ",") {
			if other = strings.Trim(other, " `"); other != "" && other != "–" {
				table[name] = append(table[name], other)
			}
		}
	}
	if len(table) < 5 {
		t.Fatalf("found only %v in ARCHITECTURE.md's table of packages", table)
	}
	return table
}

// goList lists the project's packages with one of their fields.
func goList(t *testing.T, field string) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{join .`+field+` " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if name, ours := short(words[0]); ours {
			packages[name] = words[1:]
		}
	}
	if len(packages) < 5 {
		t.Fatalf("go list found only %v", packages)
	}
	return packages
}

// short is a package's path as ARCHITECTURE.md has it, without fipsguard/ and
// internal/.
func short(path string) (name string, ours bool) {
	name, ours = strings.CutPrefix(path, "fipsguard/")
	return strings.TrimPrefix(name, "internal/"), ours
}
