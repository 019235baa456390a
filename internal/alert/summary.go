package alert

import (
	"fmt"

	"fipsguard/internal/guard"
)

// summary is what someone on call has to know, in five lines: what happened,
// who did it, whether it is fixed, what is still open and what to do now.
func summary(a Alert) []string {
	return []string{
		fmt.Sprintf("What:   %s%s. Account %s%s, Region %s, %s.", a.headline, a.ending, known(a.Account), behindNumber(a), known(a.Region), knownTime(a.Event.Time)),
		"Who:    " + by(a),
		"Fixed:  " + isFixed(a),
		"Open:   " + first(a.Exposed),
		"Do now: " + first(a.Next),
	}
}

// by is who did it. What the guard saw by itself has no event.
func by(a Alert) string {
	e := a.Event
	switch {
	case e.isCall && e.Actor.through != "":
		return fmt.Sprintf("%s (%s), by %s from %s, MFA %s", known(e.Actor.Name), e.Actor.through, known(e.Name), known(e.Actor.SourceAddress), e.Actor.MFA)
	case e.isCall:
		return fmt.Sprintf("%s, by %s from %s, MFA %s", known(e.Actor.Name), known(e.Name), known(e.Actor.SourceAddress), e.Actor.MFA)
	case e.ID == "" && len(a.Findings) == 0:
		return fmt.Sprintf("the guard (%s)", known(e.Name))
	case e.ID == "":
		return fmt.Sprintf("unknown; found by the guard (%s)", known(e.Name))
	}
	return fmt.Sprintf("%s (%s)", known(e.Actor.Name), known(e.Name))
}

// isFixed is the most pressing outcome.
func isFixed(a Alert) string {
	if len(a.Outcomes) == 0 {
		return whyNothing(a)
	}
	o := a.Outcomes[0]
	call := fmt.Sprintf("%s for %s", o.API, known(o.Subject))
	if o.At != "" {
		call += " at " + o.At
	}
	line := ""
	switch o.Result {
	case guard.Answered, guard.Done:
		line = "yes: " + call + ". " + o.Detail
		if !o.immediate {
			line = "started: " + call + ". " + o.Detail
		}
	case guard.RefusedByAWS:
		line = fmt.Sprintf("NO, HUMAN NEEDED: AWS refused %s. It must be called by %s.", call, o.whoMay)
	case guard.RefusedByPolicy:
		line = "no, policy does not allow it: " + call + ". " + o.Detail
	case guard.Unconfirmed:
		line = "NOT CONFIRMED: " + call + ". " + o.Detail
	case guard.Failed:
		line = "NO, THE FIX FAILED: " + call + ". " + o.Detail
	}
	return line + below(len(a.Outcomes)-1+a.OmittedOutcomes)
}

// first is the most pressing of a list, which has at least one.
func first(list []string) string {
	return list[0] + below(len(list)-1)
}

func below(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (+%d below)", n)
}
