package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitCodesAreDocumented: docs/exit-codes.md has the table, and nothing else
// in it.
func TestExitCodesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(root + "docs/exit-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, e := range exitTable() {
		name := "any command"
		if e.command != "" {
			name = "`" + e.command + "`"
		}
		fmt.Fprintf(&rows, "| %s | %d | %s |\n", name, e.code, e.when)
	}
	_, table, _ := strings.Cut(string(text), "|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if strings.TrimSpace(table) != strings.TrimSpace(rows.String()) {
		t.Errorf("docs/exit-codes.md should have this table:\n%s", rows.String())
	}
}

// TestExitCodes provokes every line of the table that needs no AWS account; those of
// verify are provoked by TestVerify and TestVerifyThatCannotLook.
func TestExitCodes(t *testing.T) {
	unwritable := filepath.Join(t.TempDir(), "absent", "report.html")
	cases := []struct {
		in   string
		args []string
		code exitCode
	}{
		{"", []string{"simulate", "default-off"}, 0},
		{"", []string{"simulate", "war"}, 2},
		{"", []string{"simulate", "look", "--html", unwritable}, 2},
		{"", []string{"explain", events + "setting-default-off.json"}, 0},
		{"{}", []string{"explain", "-"}, 2},
		{"", []string{"check", manifests + "fargate-linux.json"}, 0},
		{"", []string{"check", "--fail-on", "nothing", manifests + "fargate-windows.json"}, 0},
		{"", []string{"check", manifests + "fargate-windows.json", "absent.json"}, 1},
		{"", []string{"check", "absent.json"}, 2},
		{"", []string{"audit", "absent"}, 2},
		{"", []string{"audit", t.TempDir()}, 2},
		{"", []string{"version"}, 0},
		{"", []string{"--version"}, 0},
		{"", []string{"help"}, 0},
		{"", []string{"help", "check"}, 0},
		{"", []string{"help", "guess"}, 2},
		{"", []string{"man"}, 0},
		{"", []string{"completion", "bash"}, 0},
		{"", []string{"completion", "cmd.exe"}, 2},
		{"", []string{"verify", "--frm"}, 2},
	}
	for _, c := range cases {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			if code, out, talk := fipsguard(c.in, c.args...); code != c.code {
				t.Errorf("exits %d, want %d\n%s%s", code, c.code, out, talk)
			}
		})
	}
}

// TestOutputThatIsLost: a report that nobody got is no pass.
func TestOutputThatIsLost(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()
	for _, args := range [][]string{
		{"check", "-v", manifests + "fargate-linux.json"}, {"explain", events + "setting-other-name.json"}, {"--version"}, {"man"}, {"help"}, {"completion", "fish"},
	} {
		var talk strings.Builder
		if code := run(args, &terminal{in: strings.NewReader(""), out: full, err: &talk}); code != exitUnreadable || !strings.Contains(talk.String(), "no space left on device") {
			t.Errorf("fipsguard %s exits %d: %s", strings.Join(args, " "), code, talk.String())
		}
	}
}
