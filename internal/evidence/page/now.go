package page

import (
	"fmt"
	"slices"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// standing is what is now: the claims that stand alike, by rule.
type standing struct {
	mark
	ID    string
	None  string // what is said when there are none
	Rules []ruleGroup
}

// now sorts what is not as required by how it stands: what is open first.
func now(d evidence.Document) []standing {
	in := func(is func(evidence.Claim) bool) []ruleGroup { return newGrouping(d).groups(is) }
	return []standing{
		{bad("Open"), "open", "No violation stands in what was examined.", in(evidence.Claim.Open)},
		{doubt("Unknown"), "unknown", "Nothing that was examined is unknown.", in(evidence.Claim.Unknown)},
		{good("Fixed in this scan"), "fixed", "The guard fixed nothing in this scan.", in(func(c evidence.Claim) bool { return c.Fixed })},
		{absent("Not examined"), "not-examined", "All rules were examined.", in(func(c evidence.Claim) bool { return c.Result == evidence.NotExamined })},
	}
}

// command is what a person runs, and for what.
type command struct{ Subject, Text string }

// maxCommands bounds the commands of a group; the JSON report has all.
const maxCommands = 20

// commandsOf are the commands of claims, each once, as far as they can be shown
// as they are: one that was cut would do something else.
func commandsOf(claims []evidence.Claim) (shown []command, more int) {
	seen := map[string]bool{}
	for _, c := range claims {
		if c.Command != "" && !c.Fixed && !seen[c.Command] && isExact(c.Command) {
			seen[c.Command] = true
			if len(shown) == maxCommands {
				more++
				continue
			}
			shown = append(shown, command{evidence.Name(c.Subject), c.Command})
		}
		if len(shown)+len(c.Steps) > maxCommands || slices.ContainsFunc(c.Steps, func(step guard.Step) bool { return !isExact(step.If + step.Command) }) {
			more += len(c.Steps)
			continue
		}
		for i, step := range c.Steps {
			of := fmt.Sprintf("%s, step %d", evidence.Name(c.Subject), i+1)
			if step.If != "" {
				of += ", " + step.If
			}
			shown = append(shown, command{of, step.Command})
		}
	}
	return shown, more
}

// isExact reports whether a command can be shown as it is.
func isExact(command string) bool {
	return sanitize.Cut(sanitize.Printable(command), maxCommand) == command
}

// actions are the outcomes by the subject that they are about.
type actions map[string][]evidence.Outcome

func actionsOf(d evidence.Document) actions {
	by := actions{}
	for _, o := range d.Outcomes {
		by[o.Subject] = append(by[o.Subject], o)
	}
	return by
}

// about are the outcomes for the subjects of claims, each once.
func (a actions) about(claims []evidence.Claim) []outcomeRow {
	var rows []outcomeRow
	seen := map[string]bool{}
	for _, c := range claims {
		if len(a[c.Subject]) == 0 || seen[c.Subject] {
			continue
		}
		seen[c.Subject] = true
		for _, o := range a[c.Subject] {
			if o.Rule == c.Rule {
				rows = append(rows, newOutcomeRow(o))
			}
		}
	}
	return rows
}

// others are the outcomes that no claim that is not as required is about.
func others(d evidence.Document) []outcomeRow {
	var rows []outcomeRow
	for _, o := range d.Outcomes {
		if !slices.ContainsFunc(d.Claims, func(c evidence.Claim) bool {
			return c.Rule == o.Rule && c.Subject == o.Subject && c.Result != evidence.Compliant
		}) {
			rows = append(rows, newOutcomeRow(o))
		}
	}
	return rows
}
