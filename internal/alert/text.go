package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// text is the alert as a person reads it, in the order of the questions that
// people ask: what, who, when, where, which rule, what the guard did, what is
// still exposed, what to do now. Its first line is the whole story.
func text(v view) string {
	b := &strings.Builder{}
	b.WriteString(story(v) + "\n")
	writeHumanNeeded(b, v)
	writeJoined(b, v)
	writeNews(b, v)
	writeWho(b, v)
	writeFound(b, v)
	writeRules(b, v)
	writeDone(b, v)
	writeList(b, "Still exposed", exposed(v))
	writeList(b, "What to do next", next(v))
	writeExpiring(b, v)
	writeEvent(b, v)
	return b.String()
}

// story is one line: what happened and became of it, by whom, where, when.
func story(v view) string {
	c := v.report.Cause
	by := "Seen"
	if v.byCall() {
		by = v.name(c.EventName) + " by " + known(v.name(c.Actor.Name))
	}
	return fmt.Sprintf("%s%s. %s in account %s, Region %s, at %s.", headline(v), ending(v.report), by,
		known(v.name(c.Account)), known(v.name(c.Region)), timeText(c.Time, "an unknown time"))
}

func writeHumanNeeded(b *strings.Builder, v view) {
	for _, o := range v.outcomes {
		if o.Result != guard.RefusedByAWS {
			continue
		}
		fmt.Fprintf(b, "\nHUMAN NEEDED: AWS refused the guard's call %s for %s. It has to be made by %s; the command is below.\n",
			apiOf(o), v.name(o.Remediation.Subject), whoMay(v, o.Remediation))
	}
}

// whoMay says who can make a call that AWS refused to the guard.
func whoMay(v view, a guard.Remediation) string {
	if call, ok := a.Call.(guard.PutAccountSetting); ok {
		return fmt.Sprintf("root of account %s or %s itself", known(v.name(v.report.Cause.Account)), v.name(call.PrincipalARN))
	}
	return fmt.Sprintf("somebody in account %s whom AWS allows it", known(v.name(v.report.Cause.Account)))
}

// writeNews tells of the look as a whole.
func writeNews(b *strings.Builder, v view) {
	n := v.report.News
	if n == nil {
		return
	}
	fmt.Fprintf(b, "\n%s\n", v.sentence(n.Summary))
	if n.Evidence != "" {
		fmt.Fprintf(b, "Evidence: %s\n", v.name(n.Evidence))
	} else {
		b.WriteString("Evidence: NOT KEPT; the function's log says why.\n")
	}
	if len(n.Resolved) > 0 {
		b.WriteString("\nResolved since people were told\n")
		for _, thing := range firstOf(n.Resolved, v.bounds.listed) {
			fmt.Fprintf(b, "- %s\n", v.name(thing))
		}
		writeMore(b, len(n.Resolved)-len(firstOf(n.Resolved, v.bounds.listed)))
	}
}

func writeWho(b *strings.Builder, v view) {
	c := v.report.Cause
	b.WriteString("\n")
	line := func(label, content string) { fmt.Fprintf(b, "%-9s%s\n", label, content) }
	line("Who", known(v.name(c.Actor.Name)))
	if c.Actor.ARN != "" {
		line("", v.name(c.Actor.ARN))
	}
	if v.byCall() || c.Actor.SourceAddress != "" {
		line("", fmt.Sprintf("source address %s, MFA %s", known(v.name(c.Actor.SourceAddress)), c.Actor.MFA))
	}
	line("When", timeText(c.Time, "unknown"))
	line("Where", fmt.Sprintf("account %s, Region %s", known(v.name(c.Account)), known(v.name(c.Region))))
	line("Event", known(v.name(c.EventName)))
}

func writeFound(b *strings.Builder, v view) {
	if len(v.findings) == 0 {
		return
	}
	b.WriteString("\nWhat was found, before any correction\n")
	for _, f := range v.findings {
		fmt.Fprintf(b, "- %s: %s\n  %s\n", f.Verdict, v.name(f.Subject), v.sentence(f.Reason))
		if d, ok := f.State.(guard.TaskDefinition); ok && d.RegisteredBy != "" {
			fmt.Fprintf(b, "  Registered by %s\n", v.name(d.RegisteredBy))
		}
	}
	writeMore(b, len(v.report.Findings)-len(v.findings))
}

// writeRules states each rule that was violated or could not be checked, once.
func writeRules(b *strings.Builder, v view) {
	var stated []guard.RuleID
	for _, f := range v.findings {
		rule, ok := guard.RuleOf(f.Rule)
		if !ok || f.Severity == guard.Info || slices.Contains(stated, f.Rule) {
			continue
		}
		if len(stated) == 0 {
			b.WriteString("\nRule\n")
		}
		stated = append(stated, f.Rule)
		fmt.Fprintf(b, "- %s requires: %s\n  %s\n", rule.ID, rule.Requirement, rule.Why)
	}
}

func writeDone(b *strings.Builder, v view) {
	b.WriteString("\nWhat the guard did\n")
	if len(v.outcomes) == 0 {
		fmt.Fprintf(b, "- Nothing: %s\n", whyNothing(v))
	}
	for _, o := range v.outcomes {
		fmt.Fprintf(b, "- %s for %s: %s", apiOf(o), v.name(o.Remediation.Subject), resultText(o.Result))
		if !o.At.IsZero() {
			fmt.Fprintf(b, " at %s", timeText(o.At, ""))
		}
		b.WriteString("\n")
		if o.Detail != "" {
			fmt.Fprintf(b, "  %s\n", v.sentence(o.Detail))
		}
	}
	writeMore(b, len(v.report.Outcomes)-len(v.outcomes))
}

func whyNothing(v view) string {
	if len(v.report.Findings) == 0 {
		return "there was nothing new to correct."
	}
	switch v.lead.Verdict {
	case guard.InsufficientData:
		return "what is not known is never corrected."
	case guard.NonCompliant:
		return "no correction is possible, or policy asks for none."
	case guard.Compliant, guard.NotApplicable:
	}
	return "there was nothing to correct."
}

func resultText(r guard.Result) string {
	switch r {
	case guard.Done:
		return "done"
	case guard.Unconfirmed:
		return "NOT CONFIRMED"
	case guard.RefusedByAWS:
		return "REFUSED BY AWS"
	case guard.RefusedByPolicy:
		return "not tried, policy forbids it"
	case guard.Failed:
	}
	return "FAILED"
}

func writeList(b *strings.Builder, title string, items []string) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, item := range items {
		fmt.Fprintf(b, "- %s\n", item)
	}
}

func writeExpiring(b *strings.Builder, v view) {
	if len(v.expiring) == 0 {
		return
	}
	b.WriteString("\nExemptions that end within a week\n")
	for _, e := range v.expiring {
		fmt.Fprintf(b, "- %s ends %s: %s (approved by %s)\n", v.name(e.Resource),
			e.Expires.UTC().Format(time.DateOnly), v.sentence(e.Reason), known(v.name(e.Approver)))
	}
	writeMore(b, len(v.report.Expiring)-len(v.expiring))
}

// writeEvent: CloudTrail knows API calls only, not ECS's own events.
func writeEvent(b *strings.Builder, v view) {
	b.WriteString("\n")
	id := v.report.Cause.EventID
	switch {
	case id == "":
	case v.byCall():
		fmt.Fprintf(b, "CloudTrail event %s\n", v.name(id))
		if plainWord(id) && len(id) <= v.bounds.name {
			fmt.Fprintf(b, "  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue=%s --region %s\n", id, v.region())
		}
	default:
		fmt.Fprintf(b, "EventBridge event %s (not in CloudTrail)\n", v.name(id))
	}
	fmt.Fprintf(b, "Severity %s\n", v.report.Severity())
}

func writeMore(b *strings.Builder, n int) {
	if n > 0 {
		fmt.Fprintf(b, "- … and %d more\n", n)
	}
}

// writeJoined tells of the alerts that were counted instead of sent.
func writeJoined(b *strings.Builder, v view) {
	if t := v.report.Joined; t.Count > 0 {
		fmt.Fprintf(b, "\n%d more like it, %s, were joined into this alert:\n", t.Count, span(t))
		writeTally(b, v, t)
	}
	if t := v.report.JoinedOthers; t.Count > 0 {
		fmt.Fprintf(b, "\n%d alerts of other kinds, %s, were counted and are told of here, because there were more kinds than are kept apart:\n", t.Count, span(t))
		writeTally(b, v, t)
	}
}

func writeTally(b *strings.Builder, v view, t guard.Tally) {
	actors, others := most(t.Actors, t.OtherActors, v.bounds.listed)
	for _, a := range actors {
		fmt.Fprintf(b, "- %d by %s\n", a.Count, v.name(a.Name))
	}
	if others > 0 {
		fmt.Fprintf(b, "- %d by others\n", others)
	}
	subjects, others := most(t.Subjects, t.OtherSubjects, v.bounds.listed)
	for _, s := range subjects {
		fmt.Fprintf(b, "- %d about %s\n", s.Count, v.name(s.Name))
	}
	if others > 0 {
		fmt.Fprintf(b, "- %d about others\n", others)
	}
}

// span is when counted alerts were.
func span(t guard.Tally) string {
	if t.First.Equal(t.Last) {
		return "at " + timeText(t.First, "an unknown time")
	}
	return fmt.Sprintf("from %s to %s", timeText(t.First, "an unknown time"), timeText(t.Last, "an unknown time"))
}

// most are the first n names of a count, and how often others were counted.
func most(all []guard.Counted, others, n int) (most []guard.Counted, rest int) {
	most, rest = firstOf(all, n), others
	for _, c := range all[len(most):] {
		rest += c.Count
	}
	return most, rest
}
