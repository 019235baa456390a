package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/product"

	"github.com/google/go-cmp/cmp"
)

// holds compares with a golden file of this package.
func holds(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name)
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
		t.Errorf("it is printed otherwise (-want +got):\n%s", diff)
	}
}

// TestOutputs holds what the commands print that are pure.
func TestOutputs(t *testing.T) {
	t.Setenv("COLUMNS", "80") // to which help is folded
	stories := []string{
		events + "setting-default-off.json", events + "setting-deleted-override.json", events + "definition-arm64.json",
		events + "launch-two-tasks-one-bad.json", events + "service-created-platform-1.3.0.json", events + "setting-other-name.json",
	}
	for name, args := range map[string][]string{
		"check.json":        {"check", "--format", "json", manifests + "template.yaml", manifests + "fargate-windows.json"},
		"check.sarif":       {"check", "--format", "sarif", manifests + "template.yaml", manifests + "fargate-windows.json"},
		"check-empty.json":  {"check", "--format", "json", manifests + "fargate-linux.json", manifests + "ec2-arm64.json"},
		"explain.json":      append([]string{"explain", "--format", "json"}, stories...),
		"explain.txt":       append([]string{"explain"}, stories...),
		"help.txt":          {"--help"},
		"help-audit.txt":    {"audit", "--help"},
		"help-check.txt":    {"check", "--help"},
		"help-explain.txt":  {"explain", "--help"},
		"help-simulate.txt": {"simulate", "--help"},
		"help-verify.txt":   {"help", "verify"},
		"usage.txt":         {"verify", "--formt", "json"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, talk := fipsguard("", args...)
			out = strings.ReplaceAll(out, product.ThisBuild().Version, "VERSION")
			holds(t, name, fmt.Sprintf("%s%sexit %d\n", out, talk, code))
		})
	}
}

// TestSimulated holds a simulation as a terminal shows it, with the alerts, but
// for what differs from one run to the next. What happens in every scenario is
// held by internal/simulation.
func TestSimulated(t *testing.T) {
	for _, name := range []string{"default-off", "override-refused"} {
		t.Run(name, func(t *testing.T) {
			code, out, talk := fipsguard("", "simulate", name)
			holds(t, "simulate-"+name+".txt", fmt.Sprintf("%s%sexit %d\n", settled(inTurn(out)), talk, code))
		})
	}
}

// TestVerified holds what verify prints about an account with one task that is
// proven, and about the same one when CloudTrail does not answer.
func TestVerified(t *testing.T) {
	s := verified(t)
	happens(t, s,
		"One minute passes.", // FIPS mode was turned on just now
		"The pipeline registers the task definition web.",
		"The pipeline runs a task of web with ECS Exec.",
		"Five minutes pass.",
	)
	code, out, talk := fipsguard("", "verify", "--format", "json")
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(out), "", "  "); err != nil {
		t.Fatal(err)
	}
	holds(t, "verify.json", fmt.Sprintf("%s%sexit %d\n", settled(pretty.String()), settled(talk), code))
	s.AWS.Deny(s.People.Admin, "cloudtrail:LookupEvents")
	code, out, talk = fipsguard("", "verify")
	holds(t, "verify-no-history.txt", fmt.Sprintf("%s%sexit %d\n", settled(out), settled(talk), code))
}

// inTurn puts the lines of a timeline that are of one principal together: each
// of them does things in one order, but how the orders meet differs from one
// run to the next.
func inTurn(text string) string {
	line := regexp.MustCompile(`(?m)^ +\+\d+(\.\d)? (s |ms)  (.{32})`)
	lines := strings.SplitAfter(text, "\n")
	first := slices.IndexFunc(lines, line.MatchString)
	end := first
	for end >= 0 && line.MatchString(lines[end]) {
		end++
	}
	if first >= 0 {
		slices.SortStableFunc(lines[first:end], func(a, b string) int {
			return strings.Compare(line.FindStringSubmatch(a)[3], line.FindStringSubmatch(b)[3])
		})
	}
	return strings.Join(lines, "")
}

// settled puts names in the place of times, durations in real time and random
// IDs, each of them numbered in the order of its first appearance.
func settled(text string) string {
	for _, s := range []struct{ pattern, with string }{
		{`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`, "TIME"},
		{`(?m)^ +\+\d+\.\d ms`, "  +… ms"},
		{`\d+(\.\d+)? ?(ms|µs)\b`, "… ms"},
		{`127\.0\.0\.1:\d+`, "127.0.0.1:PORT"},
		{`\d{8}T\d{6}(-\d+)?Z`, "TIME"},
		{`"unknownSeconds": \d+`, `"unknownSeconds": SECONDS`},
		{`"go": "go[^"]+"`, `"go": "VERSION"`},
		{`"module": "[^"]*"`, `"module": "VERSION"`},
		{`"fips": (true|false)`, `"fips": BOOL`},
	} {
		text = regexp.MustCompile(s.pattern).ReplaceAllString(text, s.with)
	}
	names := map[string]string{}
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|ecs-svc/\d+`).ReplaceAllStringFunc(text, func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("ID-%d", len(names)+1)
		}
		return names[id]
	})
}
