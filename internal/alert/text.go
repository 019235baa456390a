package alert

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// text is the alert as a person reads it: what, who, when, where, rule, what
// the guard did, what is still exposed, what to do next.
func text(r guard.Report, j *joined) string {
	var b strings.Builder
	worst := worstFinding(r)
	fmt.Fprintf(&b, "%s%s.\n%s\n\n", headline(worst), ending(r), clean(worst.Reason, maxSentence))
	if j != nil {
		writeJoined(&b, j)
	}
	line := func(label, content string) { fmt.Fprintf(&b, "%-10s %s\n", label, content) }
	line("Who", whoText(r.Cause.Actor))
	line("When", timeText(r.Cause.Time, "unknown"))
	line("Where", fmt.Sprintf("account %s, Region %s", known(clean(r.Cause.Account, maxName)), known(clean(r.Cause.Region, maxName))))
	line("Call", known(clean(r.Cause.EventName, maxName)))
	line("Severity", r.Severity().String())

	b.WriteString("\nWhat was found\n")
	for _, f := range firstOf(r.Findings) {
		fmt.Fprintf(&b, "- %s  %s\n  %s: %s\n", f.Verdict, clean(f.Subject, maxName), f.Rule, clean(f.Reason, maxSentence))
		if rule, ok := guard.RuleOf(f.Rule); ok && f.Severity > guard.Info {
			fmt.Fprintf(&b, "  Required: %s\n  %s\n", rule.Requirement, rule.Why)
		}
		if d, ok := f.State.(guard.TaskDefinition); ok && d.RegisteredBy != "" {
			fmt.Fprintf(&b, "  Registered by %s\n", clean(d.RegisteredBy, maxName))
		}
	}
	writeMore(&b, len(r.Findings))

	b.WriteString("\nWhat the guard did\n")
	if len(r.Outcomes) == 0 {
		b.WriteString("- Nothing: no correction was allowed or possible.\n")
	}
	for _, o := range firstOf(r.Outcomes) {
		fmt.Fprintf(&b, "- %s %s: %s\n  %s\n", o.Action.Call.API(), clean(o.Action.Subject, maxName), resultText(o.Result), clean(o.Detail, maxSentence))
	}
	writeMore(&b, len(r.Outcomes))

	b.WriteString("\nStill exposed\n")
	for _, e := range exposed(r) {
		fmt.Fprintf(&b, "- %s\n", e)
	}
	b.WriteString("\nWhat to do next\n")
	for _, n := range next(r) {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	writeExpiring(&b, r.Expiring)
	if r.Cause.EventID != "" {
		fmt.Fprintf(&b, "\nEvent %s\n", clean(r.Cause.EventID, maxName))
	}
	return b.String()
}

func whoText(a guard.Actor) string {
	who := known(clean(a.Name, maxName))
	if a.SourceAddress != "" {
		who += ", from " + clean(a.SourceAddress, maxName)
	}
	if a.ARN == "" {
		return who
	}
	return who + ", " + clean(a.ARN, maxName) + ", MFA " + a.MFA.String()
}

func resultText(r guard.Result) string {
	switch r {
	case guard.Done:
		return "done"
	case guard.Unconfirmed:
		return "NOT CONFIRMED"
	case guard.RefusedByAWS:
		return "REFUSED BY AWS, a person has to act"
	case guard.RefusedByPolicy:
		return "not done, policy"
	case guard.Failed:
	}
	return "FAILED"
}

// exposed says what a repair does not reach. The guard did not look at running
// tasks here, and does not claim anything of them.
func exposed(r guard.Report) []string {
	var list []string
	add := func(sentence string) {
		if !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	for _, o := range firstOf(r.Outcomes) {
		for _, sentence := range exposedAfter(o) {
			add(sentence)
		}
	}
	for _, f := range r.Findings {
		if f.Severity > guard.Info && len(r.Outcomes) == 0 {
			add(clean(f.Subject, maxName) + " stands as it was found.")
		}
		if len(list) == maxListed {
			break
		}
	}
	if len(list) == 0 {
		add("Nothing that the guard knows of.")
	}
	return firstOf(list)
}

// exposedAfter is what an outcome leaves exposed.
func exposedAfter(o guard.Outcome) []string {
	done := o.Result == guard.Done
	switch call := o.Action.Call.(type) {
	case guard.PutAccountSettingDefault:
		if done {
			return []string{keptKernels}
		}
		return []string{"FIPS mode is not known to be on. Every Fargate task launched now may run without it."}
	case guard.PutAccountSetting:
		if done {
			return []string{keptKernels}
		}
		return []string{"FIPS mode is not known to be on for " + clean(call.PrincipalARN, maxName) + ". Assume that tasks it launches run without it."}
	case guard.DeregisterTaskDefinition:
		if done {
			return []string{"For up to 10 minutes tasks can still start from the revision, and services that use it go on running and scaling with it."}
		}
	}
	if done {
		return nil
	}
	return []string{clean(o.Action.Subject, maxName) + " stands as it was found."}
}

const keptKernels = "Tasks launched while it was off keep the kernel they booted with, without FIPS mode, until they are replaced. The guard has not looked at them here."

// next is what a person does: the command that the guard could not or may not
// run, what the owner has to change, or how to look.
func next(r guard.Report) []string {
	var list []string
	add := func(sentence string) {
		if !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	for _, o := range firstOf(r.Outcomes) {
		command := openCommand(o, r.Cause.Region)
		switch call := o.Action.Call.(type) {
		case guard.PutAccountSetting:
			if command != "" {
				add(fmt.Sprintf("As root, or as %s itself, run: %s", clean(call.PrincipalARN, maxName), command))
			}
		default:
			if command != "" {
				add("Run: " + command)
			}
		}
	}
	for _, f := range firstOf(r.Findings) {
		rule, ok := guard.RuleOf(f.Rule)
		if !ok || f.Severity == guard.Info {
			continue
		}
		if _, setting := f.State.(guard.Setting); !setting {
			add("Owner: " + rule.Remedy)
		}
	}
	if len(list) == 0 || worstIsSetting(r) {
		add("Check: aws ecs list-account-settings --name " + guard.SettingName + " --effective-settings --region " + known(clean(r.Cause.Region, maxName)))
	}
	if r.Cause.EventID != "" && r.Cause.Actor.ARN != "" {
		add("See the call: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue=" + clean(r.Cause.EventID, maxName) + " --region " + known(clean(r.Cause.Region, maxName)))
	}
	return list
}

func worstIsSetting(r guard.Report) bool {
	_, ok := worstFinding(r).State.(guard.Setting)
	return ok
}

// openCommand is the command that a person can run for a correction that was
// not made, or empty.
func openCommand(o guard.Outcome, region string) string {
	if o.Result == guard.Done {
		return ""
	}
	return clean(o.Action.Command(known(region)), 2*maxName)
}

func writeMore(b *strings.Builder, n int) {
	if n > maxListed {
		fmt.Fprintf(b, "- … and %d more\n", n-maxListed)
	}
}

func writeExpiring(b *strings.Builder, list []guard.Exemption) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\nExemptions that end within a week\n")
	for _, e := range firstOf(list) {
		fmt.Fprintf(b, "- %s until %s: %s (approved by %s)\n", clean(e.Resource, maxName), e.Expires.UTC().Format(time.DateOnly), clean(e.Reason, maxSentence), clean(e.Approver, maxName))
	}
	writeMore(b, len(list))
}

func writeJoined(b *strings.Builder, j *joined) {
	fmt.Fprintf(b, "It happened %d more times since %s; those alerts were joined into this one.\n", j.count, timeText(j.since, "the last alert"))
	for _, name := range slices.Sorted(maps.Keys(j.actors)) {
		fmt.Fprintf(b, "- %d by %s\n", j.actors[name], name)
	}
	for _, s := range j.subjects {
		fmt.Fprintf(b, "- %s\n", s)
	}
	b.WriteString("\n")
}
