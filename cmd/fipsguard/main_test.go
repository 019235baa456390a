package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/simulation"
)

const events = "../../internal/trail/testdata/events/"

// fipsguard runs a command line.
func fipsguard(in string, args ...string) (code exitCode, out, talk string) {
	var stdout, stderr bytes.Buffer
	code = run(args, &terminal{in: strings.NewReader(in), out: &stdout, err: &stderr, width: usualWidth})
	return code, stdout.String(), stderr.String()
}

func TestCommandLines(t *testing.T) {
	good, err := os.ReadFile(events + "setting-default-off.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in        string
		args      []string
		code      exitCode
		out, talk string // what has to be in them
	}{
		"nothing asked for":        {args: nil, code: 0, out: "explain"},
		"help":                     {args: []string{"--help"}, code: 0, out: "simulate"},
		"help on a command":        {args: []string{"explain", "--help"}, code: 0, out: "CloudTrail"},
		"an unknown command":       {args: []string{"guess"}, code: 2, talk: "guess"},
		"an unknown flag":          {args: []string{"explain", "--force", "-"}, code: 2, talk: "--force"},
		"version":                  {args: []string{"version"}, code: 0, out: "fips140"},
		"explain standard input":   {args: []string{"explain", "-"}, in: string(good), code: 0, out: "NON_COMPLIANT"},
		"explain without a file":   {args: []string{"explain"}, code: 2, talk: "<file>"},
		"explain a missing file":   {args: []string{"explain", "absent.json"}, code: 2, talk: "fipsguard: absent.json: no such file"},
		"explain what is no event": {args: []string{"explain", "-"}, in: "{}", code: 2, talk: "fipsguard: -: line 1, column 1: neither an EventBridge event"},
		"explain nothing":          {args: []string{"explain", "-"}, in: "", code: 2, talk: "the text is empty"},
		"a format there is not":    {args: []string{"explain", "--format", "xml", "-"}, code: 2, talk: "xml"},
		"a scenario there is not":  {args: []string{"simulate", "war"}, code: 2, talk: `no scenario "war"; there are: default-off`},
		"an address others reach":  {args: []string{"simulate", "--serve", "0.0.0.0:0"}, code: 2, talk: "other machines could reach it"},
		"an address that is none":  {args: []string{"simulate", "--serve", "4566"}, code: 2, talk: "want HOST:PORT"},
		"serving and a page":       {args: []string{"simulate", "--serve", "127.0.0.1:0", "--html", "x.html", "--report", "y.html"}, code: 2, talk: "leave out --html --report"},
		"a report without a scan":  {args: []string{"simulate", "arm64", "--report", "x.html"}, code: 2, out: "✓", talk: "run lost-event"},
		"names of scenarios":       {args: []string{"simulate", "--list"}, code: 0, out: "default-off        An administrator turns"},
		"serving and running":      {args: []string{"simulate", "--serve", "127.0.0.1:0", "storm"}, code: 2, talk: "leave out storm"},
		"the AWS documentation's":  {args: []string{"explain", "../../internal/trail/testdata/aws-sample-as-published.txt"}, code: 2, talk: "line 8, column 45"},
		"text that moves a cursor": {args: []string{"explain", "-"}, in: `{"eventSource":"ecs.amazonaws.com","eventName":"\u001b[2J\u202eevil"}`, code: 0, out: `\x1b[2J\u202eevil`},
		"a directory without logs": {args: []string{"explain", t.TempDir()}, code: 2, talk: "no log files in it"},
		"a pattern without files":  {args: []string{"explain", "absent-*.json"}, code: 2, talk: "no file matches"},
		"records before the fault": {args: []string{"explain", "-"}, in: string(good) + "oops", code: 2, out: "NON_COMPLIANT", talk: "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, talk := fipsguard(c.in, c.args...)
			if code != c.code {
				t.Errorf("exits %d, want %d: %s", code, c.code, talk)
			}
			if !strings.Contains(out, c.out) {
				t.Errorf("no %q in the output:\n%s", c.out, out)
			}
			if !strings.Contains(talk, c.talk) {
				t.Errorf("no %q in the talk:\n%s", c.talk, talk)
			}
			if complaint := strings.TrimSpace(talk); c.code == exitUnreadable && strings.Contains(complaint, "\n") {
				t.Errorf("not one clear line:\n%s", complaint)
			}
		})
	}
}

// TestExplainJSON holds the members that pipelines read.
func TestExplainJSON(t *testing.T) {
	code, out, talk := fipsguard("", "explain", "--format", "json", events+"setting-override-off.json", events+"setting-other-name.json")
	if code != 0 {
		t.Fatalf("exits %d: %s", code, talk)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	want := []string{
		`{"eventID":"00000000-0000-4000-8000-000000000006","eventName":"PutAccountSetting","eventTime":"2026-11-02T10:15:30Z","actor":"role Admin, session jane.doe","status":"NON_COMPLIANT",` +
			`"findings":[{"rule":"fips-mode-override","subject":"fargateFIPSMode@111122223333/us-gov-west-1/arn:aws-us-gov:iam::111122223333:role/app/checkout","status":"NON_COMPLIANT","severity":"HIGH",` +
			`"reason":"The override of arn:aws-us-gov:iam::111122223333:role/app/checkout is off.","remedy":"Root, or the user or role itself, runs: aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn arn:aws-us-gov:iam::111122223333:role/app/checkout --region us-gov-west-1"}],` +
			`"remediations":[{"api":"ecs:PutAccountSetting","parameters":{"name":"fargateFIPSMode","value":"enabled","principalArn":"arn:aws-us-gov:iam::111122223333:role/app/checkout"}}]}`,
		`{"eventID":"00000000-0000-4000-8000-000000000018","eventName":"PutAccountSettingDefault","eventTime":"2026-11-02T10:15:30Z","actor":"role Admin, session jane.doe","status":"NOT_APPLICABLE",` +
			`"reason":"The call is about setting containerInsights.","findings":[],"remediations":[]}`,
	}
	if len(lines) != len(want) {
		t.Fatalf("%d objects for %d records", len(lines), len(want))
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("got  %s\nwant %s", lines[i], want[i])
		}
	}
}

// TestEveryScenarioEndsAsItShould is the README's simulation.
func TestEveryScenarioEndsAsItShould(t *testing.T) {
	if testing.Short() {
		t.Skip("all of them take seconds")
	}
	code, out, talk := fipsguard("", "simulate")
	if code != 0 {
		t.Fatalf("exits %d: %s\n%s", code, talk, out)
	}
	if strings.Contains(out, "\x1b[") {
		t.Error("colours where there is no terminal")
	}
	_, below, _ := strings.Cut(out, " more, as expected: ")
	for _, s := range simulation.Names() {
		// What does not fit on a screen is named below the table.
		if !strings.Contains(out, "✓ "+s+" ") && !strings.Contains(below, s) {
			t.Errorf("scenario %s is not in the overview", s)
		}
	}
	holdsOnOneScreen(t, out)
}

// holdsOnOneScreen: the command stands above it, and the prompt below.
func holdsOnOneScreen(t *testing.T, out string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) > 22 {
		t.Errorf("%d lines are more than a screen", len(lines))
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d characters are more than a screen: %s", n, line)
		}
	}
}

// lockedBuffer is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestTheAWSCommandLine turns FIPS mode off with a client that this project
// did not write, as two principals, with the lines that --serve prints.
func TestTheAWSCommandLine(t *testing.T) {
	aws := independent.Program(t, "aws")
	var out lockedBuffer
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, &terminal{out: &out, err: &out, width: usualWidth}, "127.0.0.1:0", guard.DefaultPolicy(), false)
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve ends with %v", err)
		}
	}()
	var exports []string // endpoint and Region, administrator, application
	for deadline := time.Now().Add(10 * time.Second); len(exports) < 3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no export lines in:\n%s", out.String())
		}
		exports = nil
		for line := range strings.Lines(out.String()) {
			if text, ok := strings.CutPrefix(line, "export "); ok {
				exports = append(exports, text)
			}
		}
	}
	as := func(credentials string, args ...string) map[string]any {
		t.Helper()
		cmd := exec.Command(aws, append([]string{"ecs", "--output", "json"}, args...)...)
		cmd.Env = append(os.Environ(), strings.Fields(exports[0]+" "+credentials)...)
		answer, err := cmd.Output()
		if err != nil {
			t.Fatalf("aws %v: %v", args, err)
		}
		var parsed map[string]any
		if err := json.Unmarshal(answer, &parsed); err != nil {
			t.Fatalf("aws %v answers %s", args, answer)
		}
		return parsed
	}
	value := func(answer map[string]any) string {
		settings, _ := answer["settings"].([]any)
		if len(settings) == 0 {
			return ""
		}
		s, _ := settings[0].(map[string]any)
		v, _ := s["value"].(string)
		return v
	}
	administrator, application := exports[1], exports[2]
	const name = "fargateFIPSMode"
	as(administrator, "put-account-setting-default", "--name", name, "--value", "disabled")
	eventually(t, "the default is back on", func() bool {
		return value(as(administrator, "list-account-settings", "--name", name, "--effective-settings")) == "enabled"
	})
	if got := value(as(administrator, "list-account-settings", "--name", name)); got != "" {
		t.Errorf("the administrator has an override of its own: %s", got)
	}
	as(application, "put-account-setting", "--name", name, "--value", "disabled")
	if got := value(as(application, "list-account-settings", "--name", name, "--effective-settings")); got != "disabled" {
		t.Errorf("the application's override is %q", got)
	}
	if got := value(as(administrator, "list-account-settings", "--name", name, "--effective-settings")); got != "enabled" {
		t.Errorf("the application's override changed the administrator's: %q", got)
	}
	as(application, "delete-account-setting", "--name", name)
	if got := value(as(application, "list-account-settings", "--name", name, "--effective-settings")); got != "enabled" {
		t.Errorf("without its override the application has %q", got)
	}
	eventually(t, "an alert says that AWS refused to undo the override", func() bool {
		return strings.Contains(out.String(), "HUMAN NEEDED")
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happens that %s", what)
		}
	}
}

func TestTheREADMEShowsItsTwoCommands(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"go run ./cmd/fipsguard simulate", "go test ./..."} {
		if !strings.Contains(string(readme), command) {
			t.Errorf("the README does not show %q", command)
		}
	}
}
