package alert

import (
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// exposed says what is still at risk, as far as the report knows. It never
// says of a thing that it is safe: the guard has not looked at running tasks.
func exposed(v view) []string {
	var list []string
	add := func(sentence string) {
		if sentence != "" && !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	for _, o := range v.outcomes {
		add(exposedAfter(v, o))
	}
	for _, f := range v.findings {
		if f.Severity > guard.Info && !answered(f, v.report.Outcomes) {
			add(exposedBy(v, f))
		}
	}
	for _, f := range v.findings {
		if task, ok := f.State.(guard.Task); ok && f.Severity > guard.Info && task.Service() != "" {
			add("Service " + v.name(task.Service()) + " goes on starting such tasks until it is corrected.")
		}
	}
	if cut := len(v.report.Findings) - len(v.findings); cut > 0 {
		add(fmt.Sprintf("What else the %d findings that are not listed here leave exposed.", cut))
	}
	if len(list) == 0 && v.report.News != nil {
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
func exposedAfter(v view, o guard.Outcome) string {
	if call := o.Remediation.Call; call != nil {
		after := guard.Aftermath{Result: o.Result, Between: meanwhile(v, o), Name: v.name}
		if sentence := call.Exposes(after); sentence != "" {
			return sentence
		}
	}
	if o.Result == guard.Done {
		return ""
	}
	return known(v.name(o.Remediation.Subject)) + " stands as it was found, as far as the guard knows."
}

// meanwhile is when the setting was off, as far as it is known.
func meanwhile(v view, o guard.Outcome) string {
	from, until := "an unknown time", timeText(o.At, "an unknown time")
	if turned(v.report, o.Remediation.Rule) {
		from = timeText(v.report.Cause.Time, from)
	}
	return fmt.Sprintf("from %s until %s", from, until)
}

// exposedBy is what a finding leaves exposed about which nothing was tried.
func exposedBy(v view, f guard.Finding) string {
	unknown := f.Verdict == guard.InsufficientData
	switch f.State.(type) {
	case guard.PolicyDocument:
		return "Modes and exemptions of the refused document do not hold; the guard's defaults do."
	case guard.Component:
		if unknown {
			return "Whether the guard hears and is heard through " + v.name(f.Subject) + " could not be established."
		}
		return "Until " + v.name(f.Subject) + " is put right, the guard may miss events, or people its alerts."
	case guard.Setting:
		if unknown {
			return "FIPS mode may be off. Until somebody has looked, assume that Fargate tasks launched now run without it."
		}
	}
	if unknown {
		return known(v.name(f.Subject)) + " may run without FIPS mode; that could not be established."
	}
	return known(v.name(f.Subject)) + " stands as it was found."
}
