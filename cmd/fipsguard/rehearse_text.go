package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/rehearse"
	"fipsguard/internal/sanitize"
)

// maxRehearsed bounds the lists of the text; the JSON has all.
const maxRehearsed = 20

// printRehearsal prints a rehearsal for people: first the sentence that they want.
func printRehearsal(t *terminal, r rehearsal) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.paint(bold, sanitize.Terminal("Account "+r.at.Account+", Region "+r.at.Region)))
	fmt.Fprintf(&b, "%s\n", inWords(r))
	printTeams(t, &b, rehearse.Teams(r.past, r.present))
	printActions(t, &b, "What it would have done since "+r.since.Format(time.DateOnly), r.past.Actions)
	printBlocked(t, &b, r.past.Blocked)
	printActions(t, &b, "What it would do now", r.present.Actions)
	printReported(t, &b, r.present.Reported)
	printAlerts(t, &b, r.past.Alerts)
	printUnknown(t, &b, unknownOf(r))
	if _, err := io.WriteString(t.folded(), b.String()+"\n"); err != nil {
		return err
	}
	return printExemptions(t, rehearse.Exemptions(r.past, r.present, r.now))
}

// inWords is a rehearsal in a few sentences.
func inWords(r rehearsal) string {
	text := fmt.Sprintf("From %s until %s the guard would have got %s. It would have %s.",
		r.since.Format(time.DateOnly), r.now.Format(time.DateOnly), grammar.Count(r.past.Events, "event"), did(r.past.Actions))
	if len(r.unread) > 0 {
		text = "Not everything could be read, so there may be more. " + text
	}
	if n := len(r.past.Blocked); n > 0 {
		text += fmt.Sprintf(" ECS would have refused %s, since what they start would have been deregistered.", grammar.Count(n, "call"))
	}
	text += fmt.Sprintf(" People would have got %s about these events, besides those of scans.", grammar.Count(len(r.past.Alerts), "alert"))
	if !r.workloads {
		return text + " What runs now was not read."
	}
	return text + fmt.Sprintf(" Of what runs now it would have %s, and reported %s.", did(r.present.Actions), grammar.Count(len(r.present.Reported), "violation"))
}

// did is what actions do, as the end of a sentence.
func did(actions []rehearse.Action) string {
	count := map[rehearse.Kind]int{}
	for _, a := range actions {
		count[rehearse.KindOf(a.Call)]++
	}
	times := func(n int) string {
		if n == 1 {
			return "once"
		}
		return fmt.Sprintf("%d times", n)
	}
	var said []string
	for _, kind := range rehearse.Kinds() {
		n := count[kind]
		if n == 0 {
			continue
		}
		switch kind {
		case rehearse.Corrected:
			said = append(said, "turned FIPS mode back on "+times(n))
		case rehearse.Tried:
			said = append(said, "tried "+times(n)+" to end the override of a user or role")
		case rehearse.Deregistered:
			said = append(said, "deregistered "+grammar.Count(n, "task definition"))
		case rehearse.Stopped:
			said = append(said, "stopped "+grammar.Count(n, "task"))
		case rehearse.RolledBack:
			said = append(said, "rolled services back "+times(n))
		case rehearse.Scaled:
			said = append(said, "scaled services to zero "+times(n))
		case rehearse.Redeployed:
			said = append(said, "redeployed services "+times(n))
		}
	}
	switch last := len(said) - 1; last {
	case -1:
		return "changed nothing"
	case 0:
		return said[0]
	default:
		return strings.Join(said[:last], ", ") + " and " + said[last]
	}
}

func printTeams(t *terminal, b *strings.Builder, teams []*rehearse.Team) {
	printList(t, b, "By team", teams, func(team *rehearse.Team) {
		var said []string
		for _, kind := range rehearse.Kinds() {
			if n := team.Done[kind]; n > 0 {
				said = append(said, fmt.Sprintf("%d %s", n, kind))
			}
		}
		if team.Blocked > 0 {
			said = append(said, fmt.Sprintf("%d refused by ECS", team.Blocked))
		}
		if team.Heard > 0 {
			said = append(said, fmt.Sprintf("%d only reported", team.Heard))
		}
		fmt.Fprintf(b, "  %s: %s\n", sanitize.Terminal(team.Name), strings.Join(said, ", "))
	})
}

// printList prints a list under its title, if there is anything in it, and how many
// are left out, once enough are there.
func printList[T any](t *terminal, b *strings.Builder, title string, all []T, item func(T)) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", t.paint(bold, title))
	for i, one := range all {
		if i == maxRehearsed {
			fmt.Fprintf(b, "  … and %d more (--format json lists all)\n", len(all)-i)
			return
		}
		item(one)
	}
}

func printActions(t *terminal, b *strings.Builder, title string, actions []rehearse.Action) {
	printList(t, b, title, actions, func(a rehearse.Action) {
		fmt.Fprintf(b, "  %s  %s %s: %s\n", a.At.UTC().Format(time.RFC3339), t.paint(yellow, string(rehearse.KindOf(a.Call))), sanitize.Terminal(a.Subject), a.Rule)
		fmt.Fprintf(b, "      after %s by %s%s\n", sanitize.Terminal(a.Cause.EventName), sanitize.Terminal(a.Cause.Actor.Name), event(a.Cause))
	})
}

func event(c guard.Cause) string {
	if c.EventID == "" {
		return ""
	}
	return " (event " + sanitize.Terminal(c.EventID) + ")"
}

func printBlocked(t *terminal, b *strings.Builder, blocked []rehearse.Blocked) {
	count := map[[3]string]int{}
	var order [][3]string
	for _, x := range blocked {
		key := [3]string{x.Definition, x.Cause.EventName, x.Cause.Actor.Name}
		if count[key]++; count[key] == 1 {
			order = append(order, key)
		}
	}
	slices.SortStableFunc(order, func(x, y [3]string) int { return count[y] - count[x] })
	printList(t, b, "Calls that ECS would have refused, since the guard would have deregistered what they start", order, func(key [3]string) {
		fmt.Fprintf(b, "  %d × %s of %s by %s\n", count[key], sanitize.Terminal(key[1]), sanitize.Terminal(key[0]), sanitize.Terminal(key[2]))
	})
}

func printReported(t *terminal, b *strings.Builder, findings []guard.Finding) {
	printList(t, b, "What runs now and would only be reported", findings, func(f guard.Finding) {
		fmt.Fprintf(b, "  %s  %s: %s\n", f.Rule, sanitize.Terminal(f.Subject), sanitize.Terminal(f.Reason))
	})
}

func printAlerts(t *terminal, b *strings.Builder, alerts []rehearse.Alert) {
	printList(t, b, "Alerts that people would have got", alerts, func(a rehearse.Alert) {
		fmt.Fprintf(b, "  %s  %s\n", a.At.UTC().Format(time.RFC3339), sanitize.Terminal(a.Subject))
	})
}

func printUnknown(t *terminal, b *strings.Builder, all []rehearse.Unknown) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", t.paint(bold, "What is not known"))
	for _, u := range all {
		fmt.Fprintf(b, "  %d × %s\n", u.Count, u.What)
		for _, example := range u.Examples {
			fmt.Fprintf(b, "      %s\n", sanitize.Terminal(example))
		}
	}
}

// printExemptions prints exemptions as a policy document has them. They are not
// folded: they are to be pasted.
func printExemptions(t *terminal, all []rehearse.Exemption) error {
	if len(all) == 0 {
		return nil
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write exemptions: %w", err)
	}
	fmt.Fprintf(t.out, "%s\n", t.paint(bold, "Exemptions with which it would have left workloads alone, for the policy document (docs/policy.md)"))
	fmt.Fprint(t.out, "\"exemptions\": ")
	for line := range strings.Lines(string(text)) {
		fmt.Fprintln(t.out, sanitize.Terminal(strings.TrimSuffix(line, "\n")))
	}
	_, err = fmt.Fprintln(t.out)
	return err
}
