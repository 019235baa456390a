package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExplainStories holds the decision about every recorded event, as people
// read it: who did what, the verdict, the reason, and what the guard would do.
func TestExplainStories(t *testing.T) {
	events, err := filepath.Glob("../../internal/trail/testdata/events/*.json")
	if err != nil || len(events) == 0 {
		t.Fatalf("no events to explain: %v", err)
	}
	for _, event := range events {
		name := strings.TrimSuffix(filepath.Base(event), ".json")
		t.Run(name, func(t *testing.T) {
			var out, talk bytes.Buffer
			if code := run([]string{"explain", event}, &terminal{out: &out, err: &talk}); code != 0 {
				t.Fatalf("explain exits %d: %s", code, talk.String())
			}
			golden := filepath.Join("testdata", "explain-stories", name+".txt")
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("the story changed (-want +got):\n%s", diff)
			}
		})
	}
}

const explainCases = "../../internal/trail/testdata/cases/"

// TestExplainCases: each file has one of the statuses that its line in the
// manifest names, or an error, and one of the exit codes.
func TestExplainCases(t *testing.T) {
	manifest, err := os.ReadFile(explainCases + "manifest.tsv")
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{"manifest.tsv": true}
	for line := range strings.Lines(string(manifest)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if cells[0] == "file" {
			continue
		}
		file, statuses, codes := cells[0], strings.Split(cells[1], "|"), strings.Split(cells[2], "|")
		held[file] = true
		t.Run(file, func(t *testing.T) {
			code, out, talk := fipsguard("", "explain", "--format", "json", explainCases+file)
			if !slices.Contains(codes, strconv.Itoa(int(code))) {
				t.Errorf("exits %d, want %v: %s", code, codes, talk)
			}
			if worst := worstOf(t, out, talk); !slices.Contains(statuses, worst) {
				t.Errorf("is %s, want %v: %s%s", worst, statuses, out, talk)
			}
		})
	}
	files, err := os.ReadDir(explainCases)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !held[f.Name()] {
			t.Errorf("%s is not in the manifest", f.Name())
		}
	}
}

// worstOf is the worst status of a JSON output, or error when there is none.
func worstOf(t *testing.T, out, talk string) string {
	t.Helper()
	worst, found := guard.NotApplicable, false
	for line := range strings.Lines(out) {
		var one struct{ Status guard.Verdict }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		found = true
		worst = guard.Worst([]guard.Finding{{Verdict: worst}, {Verdict: one.Status}})
	}
	if !found && talk != "" {
		return "error"
	}
	return worst.String()
}

// TestExplainGoesOn: what cannot be read does not keep the rest from people.
func TestExplainGoesOn(t *testing.T) {
	off, err := os.ReadFile(events + "setting-default-off.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range []string{"absent.json", "absent-*.json", t.TempDir()} {
		code, out, talk := fipsguard("", "explain", missing, events+"definition-arm64.json")
		if code != exitUnreadable || !strings.Contains(out, "NON_COMPLIANT") || strings.Count(talk, "\n") != 1 {
			t.Errorf("%s before another file: exits %d\n%s%s", missing, code, out, talk)
		}
	}
	code, out, talk := fipsguard("{oops}\n"+string(off)+"{oops}\n", "explain", "-")
	if code != exitUnreadable || strings.Count(out, "NON_COMPLIANT ") != 2 || strings.Count(talk, "fipsguard: -: line ") != 2 {
		t.Errorf("a record between two that are wrong: exits %d\n%s%s", code, out, talk)
	}
}

// TestExplainByPolicy: what the guard would do is what its own policy says.
func TestExplainByPolicy(t *testing.T) {
	write := func(policy string) string {
		name := filepath.Join(t.TempDir(), "policy.json")
		if err := os.WriteFile(name, []byte(policy), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	exempt := `{"version":1,"exemptions":[{"resource":"arn:aws-us-gov:ecs:*:*:task-definition/web:*","reason":"migration","approver":"jane","expires":"2999-01-01"}]}`
	for name, c := range map[string]struct {
		policy, out, talk string
		code              exitCode
	}{
		"enforced by default": {policy: `{"version":1}`, out: `"api":"ecs:DeregisterTaskDefinition"`},
		"audited":             {policy: `{"version":1,"rules":{"task-definition-platform":"audit"}}`, out: `"status":"NON_COMPLIANT","findings"`},
		"off":                 {policy: `{"version":1,"rules":{"task-definition-platform":"off"}}`, out: "The policy turns this rule off."},
		"exempt":              {policy: exempt, out: `"remediations":[]`},
		"with a fault":        {policy: "{\n\"version\":2}", talk: "line 2, column 11: version is 2", code: exitUnreadable},
	} {
		code, out, talk := fipsguard("", "explain", "--format", "json", "--policy", write(c.policy), events+"definition-arm64.json")
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(talk, c.talk) {
			t.Errorf("%s: exits %d, want %d with %q and %q\n%s%s", name, code, c.code, c.out, c.talk, out, talk)
		}
	}
	if _, out, _ := fipsguard("", "explain", "--policy", write(exempt), events+"definition-arm64.json"); !strings.Contains(out, "not ecs:DeregisterTaskDefinition: Exempt until 2999-01-01: migration (approved by jane).") {
		t.Errorf("the exemption is not shown:\n%s", out)
	}
	if code, _, talk := fipsguard("", "explain", "--policy", "absent.json", events+"definition-arm64.json"); code != exitUnreadable || !strings.Contains(talk, "absent.json: no such file") {
		t.Errorf("a missing policy: exits %d: %s", code, talk)
	}
}

// TestExplainByTheClock: an exemption that has ended holds nothing back.
func TestExplainByTheClock(t *testing.T) {
	policy := guard.DefaultPolicy()
	policy.Exemptions = []guard.Exemption{{Resource: "*", Expires: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	bad := guard.Event{States: []guard.State{guard.TaskDefinition{ARN: "td/web:7", Fargate: guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "ARM64"}}}}
	for day, want := range map[int]int{31: 0, 32: 1} {
		e := explainer{now: time.Date(2025, 12, day, 12, 0, 0, 0, time.UTC), policy: policy}
		if got := len(e.explain(bad).Planned); got != want {
			t.Errorf("at %s %d calls are planned, want %d", e.now, got, want)
		}
	}
}

// TestExplainDirectories reads a trail's folder, and names that the shell left as
// they are.
func TestExplainDirectories(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	record := func(id string) string {
		return `{"eventSource":"ecs.amazonaws.com","eventName":"CreateCluster","eventID":"` + id + `"}`
	}
	put("2026/01/02/b.json", record("b"))
	put("2026/01/01/a.jsonl", record("a"))
	put("2026/01/03/c.csv", "eventjson\n")
	put(".git/config.json", "oops")
	put("README.md", "oops")
	ids := func(args ...string) (all string, code exitCode, talk string) {
		code, out, talk := fipsguard("", append([]string{"explain", "--format", "json"}, args...)...)
		for line := range strings.Lines(out) {
			var one struct{ EventID string }
			if err := json.Unmarshal([]byte(line), &one); err != nil {
				t.Fatal(err)
			}
			all += one.EventID
		}
		return all, code, talk
	}
	if got, code, talk := ids(dir); got != "ab" || code != 0 || !strings.Contains(talk, "passed over other files: 1") {
		t.Errorf("a directory: read %q, exits %d: %s", got, code, talk)
	}
	if got, code, talk := ids(filepath.Join(dir, "2026/01/*/*.json*")); got != "ab" || code != 0 || talk != "" {
		t.Errorf("a pattern: read %q, exits %d: %s", got, code, talk)
	}
}
