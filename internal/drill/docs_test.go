package drill

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/drill.md anew")

const page = "../../docs/drill.md"

// TestPageHasTheTables: docs/drill.md has every step and every call, as the drill
// makes them.
func TestPageHasTheTables(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for name, table := range map[string]string{"steps": steps(), "calls": calls()} {
		begin, end := "<!-- "+name+": made by go test ./internal/drill -update -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(want, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no place for the %s", page, name)
		}
		want = before + begin + table + end + after
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("the tables of %s are not those of the drill: run go test ./internal/drill -update", page)
	}
}

func steps() string {
	var b strings.Builder
	b.WriteString("| step | the drill… | expected | within | cleaning up | if all goes wrong | only with |\n|---|---|---|---|---|---|---|\n")
	for _, s := range Steps() {
		needs := "–"
		if s.Needs != "" {
			needs = "`" + s.Needs + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d s | %s | %s | %s |\n", s.ID, s.Breaks, s.Expects, int(s.Within.Seconds()), s.CleanUp, s.Worst, needs)
	}
	return b.String()
}

// calls are those of every drill, then those of the steps, each once.
func calls() string {
	var b strings.Builder
	b.WriteString("| step | call | by | limited to | what for |\n|---|---|---|---|---|\n")
	seen := map[string]bool{}
	row := func(step string, c Call) {
		key := c.Action + " " + c.On
		if seen[key] {
			return
		}
		seen[key] = true
		action, on := "`"+c.Action+"`", "`"+c.On+"`"
		if c.Writes {
			action = "**" + action + "**"
		}
		if c.Implied {
			action += " (a permission, no call)"
		}
		for _, keys := range c.Condition {
			for name, value := range keys {
				on += ", if `" + name + "` is `" + value + "`"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", step, action, c.By, on, c.Why)
	}
	for _, c := range PlanOf(Options{Signed: true}).Common {
		row("all", c)
	}
	for _, s := range Steps() {
		for _, c := range s.Calls {
			row("`"+string(s.ID)+"`", c)
		}
	}
	return b.String()
}

// TestLiveChecklistNamesTheDrill: each question that a drill answers is in
// docs/live-checklist.md, and says so.
func TestLiveChecklistNamesTheDrill(t *testing.T) {
	text, err := os.ReadFile("../../docs/live-checklist.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		rows[strings.ReplaceAll(strings.TrimSpace(cells[0]), "`", "")] = line
	}
	for _, q := range Questions() {
		if line, ok := rows[string(q)]; !ok || !strings.Contains(line, "fipsguard drill") {
			t.Errorf("docs/live-checklist.md does not say that a drill answers %q", q)
		}
	}
}
