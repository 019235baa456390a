package alert

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

// sections are the text: the summary, a line, and then the detail.
func sections(a Alert) []Section {
	all := []Section{{Lines: summary(a)}, {Lines: []string{strings.Repeat("-", 72)}}}
	all = append(all, joined(a)...)
	all = append(all, scanned(a)...)
	all = append(all, who(a), found(a), rules(a), done(a))
	if len(a.Exposed) > 1 {
		all = append(all, Section{"Still open", bullets(a.Exposed)})
	}
	if len(a.Next) > 1 {
		all = append(all, Section{"What to do now", bullets(a.Next)})
	}
	all = append(all, expiring(a), origin(a))
	return slices.DeleteFunc(all, func(s Section) bool { return len(s.Lines) == 0 })
}

// joined lists the alerts that were counted instead of sent.
func joined(a Alert) []Section {
	var all []Section
	if t := a.Joined; t != nil {
		all = append(all, Section{fmt.Sprintf("%s counted instead of sent, %s:", were(t.Count, "duplicate"), span(t)), counted(t)})
	}
	if t := a.JoinedOthers; t != nil {
		all = append(all, Section{fmt.Sprintf("%s suppressed, %s, because there were too many distinct alerts at once:", were(t.Count, "other alert"), span(t)), counted(t)})
	}
	return all
}

// span is when counted alerts were.
func span(t *Tally) string {
	if t.First == t.Last {
		return "at " + knownTime(t.First)
	}
	return "from " + knownTime(t.First) + " to " + knownTime(t.Last)
}

func were(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return fmt.Sprintf("%d %ss were", n, noun)
}

func counted(t *Tally) []string {
	var lines []string
	add := func(counts []Count, others int, preposition string) {
		for _, c := range counts {
			lines = append(lines, fmt.Sprintf("- %d %s %s", c.Count, preposition, c.Name))
		}
		if others > 0 {
			lines = append(lines, fmt.Sprintf("- %d %s others", others, preposition))
		}
	}
	add(t.Actors, t.OtherActors, "by")
	add(t.Subjects, t.OtherSubjects, "about")
	return lines
}

// scanned is about the scan as a whole.
func scanned(a Alert) []Section {
	if a.Scan == nil {
		return nil
	}
	evidence := "Evidence: " + a.Scan.Evidence
	if a.Scan.Evidence == "" {
		evidence = "Evidence: NOT KEPT. See the function's log for the reason."
	}
	return []Section{
		{Lines: []string{a.Scan.Summary, evidence}},
		{"Resolved", append(bullets(a.Scan.Resolved), more(a.Scan.OmittedResolved)...)},
	}
}

func who(a Alert) Section {
	var s Section
	line := func(label, content string) { s.Lines = append(s.Lines, fmt.Sprintf("%-9s%s", label, content)) }
	actor := a.Event.Actor
	line("Who", known(actor.Name))
	if actor.ARN != "" {
		line("", actor.ARN)
	}
	if a.Event.isCall || actor.SourceAddress != "" {
		line("", fmt.Sprintf("source address %s, MFA %s", known(actor.SourceAddress), actor.MFA))
	}
	if actor.through != "" {
		line("", actor.through)
	}
	line("When", known(a.Event.Time))
	line("Where", fmt.Sprintf("account %s%s, Region %s", known(a.Account), behindNumber(a), known(a.Region)))
	line("Event", known(a.Event.Name))
	return s
}

func found(a Alert) Section {
	s := Section{Title: "What the guard found, before any fix"}
	for _, f := range a.Findings {
		s.Lines = append(s.Lines, fmt.Sprintf("- %s: %s", f.Status, f.Subject), "  "+f.Reason)
		if f.registeredBy != "" {
			s.Lines = append(s.Lines, "  Registered by "+f.registeredBy)
		}
	}
	s.Lines = append(s.Lines, more(a.OmittedFindings)...)
	return s
}

// rules states each rule that was violated or could not be checked, once.
func rules(a Alert) Section {
	s := Section{Title: "Rule"}
	for _, f := range a.Findings {
		line := fmt.Sprintf("- %s requires: %s", f.Rule, f.Requirement)
		if f.why != "" && !slices.Contains(s.Lines, line) {
			s.Lines = append(s.Lines, line, "  "+f.why)
		}
	}
	return s
}

func done(a Alert) Section {
	s := Section{Title: "What the guard did"}
	if len(a.Outcomes) == 0 {
		s.Lines = append(s.Lines, "- Nothing")
	}
	for _, o := range a.Outcomes {
		line := fmt.Sprintf("- %s for %s: %s", o.API, o.Subject, resultText(o.Result))
		if o.At != "" {
			line += " at " + o.At
		}
		s.Lines = append(s.Lines, line)
		if o.Detail != "" {
			s.Lines = append(s.Lines, "  "+o.Detail)
		}
	}
	s.Lines = append(s.Lines, more(a.OmittedOutcomes)...)
	return s
}

// whyNothing is why the guard did nothing.
func whyNothing(a Alert) string {
	if len(a.Findings) > 0 {
		switch first := a.Findings[0]; {
		case first.isOver:
			return "it was over before this scan."
		case first.rejected:
			return "yes: the guard had asked ECS to stop the task already."
		}
		switch a.Findings[0].Status {
		case guard.InsufficientData:
			return "no: the guard never fixes what it could not check."
		case guard.NonCompliant:
			if a.Findings[0].over {
				return "not by this guard: " + a.Findings[0].Reason
			}
			return "NO: no fix is possible, or policy does not ask for one."
		case guard.Compliant, guard.NotApplicable:
		}
	}
	return "nothing to fix."
}

func resultText(r guard.Result) string {
	switch r {
	case guard.Done:
		return "done"
	case guard.Answered:
		return "accepted by AWS"
	case guard.Unconfirmed:
		return "NOT CONFIRMED"
	case guard.RefusedByAWS:
		return "REFUSED BY AWS"
	case guard.RefusedByPolicy:
		return "not tried, policy does not allow it"
	case guard.Failed:
	}
	return "FAILED"
}

func expiring(a Alert) Section {
	s := Section{Title: "Exemptions that expire within a week"}
	for _, e := range a.Expiring {
		day, _, _ := strings.Cut(e.Expires, "T")
		s.Lines = append(s.Lines, fmt.Sprintf("- %s expires %s: %s (approved by %s)", e.Resource, day, e.Reason, known(e.Approver)))
	}
	s.Lines = append(s.Lines, more(a.OmittedExpiring)...)
	return s
}

// origin: CloudTrail knows API calls only, not ECS's own events.
func origin(a Alert) Section {
	var s Section
	switch id := a.Event.ID; {
	case id == "":
	case a.Event.isCall:
		s.Lines = append(s.Lines, "CloudTrail event "+id)
		if plainWord(id) {
			s.Lines = append(s.Lines, fmt.Sprintf("  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue=%s --region %s", id, regionWord(a.Region)))
		}
	default:
		s.Lines = append(s.Lines, fmt.Sprintf("EventBridge event %s (not in CloudTrail)", id))
	}
	s.Lines = append(s.Lines, "Severity "+a.Severity.String())
	return s
}

func bullets(items []string) []string {
	return each(items, func(item string) string { return "- " + item })
}

// more counts what a list leaves out.
func more(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("- … and %d more", n)}
}
