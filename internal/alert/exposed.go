package alert

import (
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// exposed says what is still at risk, as far as the report knows. It never
// says of a thing that it is safe: the guard has not looked at running tasks.
func exposed(d draft) []string {
	var list []string
	add := func(sentence string) {
		if sentence != "" && !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	for _, o := range d.outcomes {
		add(exposedAfter(d, o))
	}
	for _, f := range d.findings {
		if f.Severity > guard.Info && !answered(f, d.report.Outcomes) {
			add(exposedBy(d, f))
		}
	}
	for _, f := range d.findings {
		if task, ok := f.State.(guard.Task); ok && f.Severity > guard.Info && task.Service() != "" {
			add("Service " + d.name(task.Service()) + " goes on starting such tasks until it is corrected.")
		}
	}
	if cut := len(d.report.Findings) - len(d.findings); cut > 0 {
		add(fmt.Sprintf("What else the %d findings that are not listed here leave exposed.", cut))
	}
	if len(list) == 0 && d.report.Scan != nil {
		add("What the look found and people were told of before; the report has it.")
	}
	if len(list) == 0 {
		add("Nothing that the guard knows of.")
	}
	return list
}

// answered reports whether something was tried about a finding. Everything but
// a principal's override is undone by the one call for the account default.
func answered(f guard.Finding, outcomes []guard.Outcome) bool {
	s, setting := f.State.(guard.Setting)
	for _, o := range outcomes {
		_, def := o.Remediation.Call.(guard.PutAccountSettingDefault)
		if o.Remediation.Subject == f.Subject || def && setting && s.Scope != guard.ScopePrincipal {
			return true
		}
	}
	return false
}

// exposedAfter is what an outcome leaves exposed.
func exposedAfter(d draft, o guard.Outcome) string {
	if call := o.Remediation.Call; call != nil {
		after := guard.Aftermath{Result: o.Result, Between: meanwhile(d, o), Name: d.name}
		if sentence := call.Exposes(after); sentence != "" {
			return sentence
		}
	}
	if o.Result == guard.Done {
		return ""
	}
	return known(d.name(o.Remediation.Subject)) + " stands as it was found, as far as the guard knows."
}

// meanwhile is when the setting was off, as far as it is known.
func meanwhile(d draft, o guard.Outcome) string {
	from, until := "an unknown time", knownTime(timeText(o.At))
	if turned(d.report, o.Remediation.Rule) {
		from = knownTime(timeText(d.report.Cause.Time))
	}
	return fmt.Sprintf("from %s until %s", from, until)
}

// exposedBy is what a finding leaves exposed about which nothing was tried.
func exposedBy(d draft, f guard.Finding) string {
	unknown := f.Verdict == guard.InsufficientData
	switch f.State.(type) {
	case guard.PolicyDocument:
		return "Modes and exemptions of the refused document do not hold; the guard's defaults do."
	case guard.Component:
		if unknown {
			return "Whether the guard hears and is heard through " + d.name(f.Subject) + " could not be established."
		}
		return "Until " + d.name(f.Subject) + " is put right, the guard may miss events, or people its alerts."
	case guard.Setting:
		if unknown {
			return "FIPS mode may be off. Until somebody has looked, assume that Fargate tasks launched now run without it."
		}
	}
	if unknown {
		return known(d.name(f.Subject)) + " may run without FIPS mode; that could not be established."
	}
	return known(d.name(f.Subject)) + " stands as it was found."
}
