package alert

import (
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// exposed says what is still at risk, as far as the report knows. It never
// says that a resource is safe: running tasks were not checked.
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
			add("Service " + d.name(task.Service()) + " keeps starting such tasks until it is fixed.")
		}
	}
	if cut := len(d.report.Findings) - len(d.findings); cut > 0 {
		add("Plus anything affected by the " + grammar.Count(cut, "finding") + " not listed here.")
	}
	if len(list) == 0 && d.report.Scan != nil {
		add("Only issues already reported; see the report.")
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
	if o.Result.Accepted() {
		return ""
	}
	return "As far as the guard knows, " + known(d.name(o.Remediation.Subject)) + " has not changed."
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
	name := known(d.name(f.Subject))
	switch s := f.State.(type) {
	case guard.OffPeriod:
		if s.Lasts {
			return fmt.Sprintf("Tasks that are launched from %s on may run without FIPS mode until they are replaced.", knownTime(timeText(s.From)))
		}
		return fmt.Sprintf("Tasks that were launched from %s until %s may run without FIPS mode until they are replaced.", knownTime(timeText(s.From)), knownTime(timeText(s.Until)))
	case guard.Task:
		switch {
		case s.Rejected != "" && s.LastStatus == "STOPPED":
			return "Nothing: " + name + " has stopped."
		case s.Rejected != "":
			return "Until ECS has stopped " + name + ", it may run without FIPS mode."
		}
	case guard.CapacityProvider:
		if !unknown {
			return "Everything that launches on " + name + " runs without FIPS mode."
		}
	case guard.Service:
		if !unknown && f.Rule == guard.ServiceCapacityProvider {
			return name + " keeps starting tasks without FIPS mode."
		}
	case guard.PolicyDocument:
		if s.Version > 0 {
			return fmt.Sprintf("Version %d of the document holds until a good one is written. What the rejected one was to change is not changed.", s.Version)
		}
		return "The guard has no policy document. It enforces the account setting and does nothing about workloads but report them."
	case guard.Component:
		switch {
		case unknown:
			return "The guard could not check " + name + ". Events or alerts may be lost."
		case f.Rule == guard.GuardSessions:
			return "Until it is fixed, no kernel is checked."
		case f.Rule == guard.GuardModule:
			return "Until it is fixed, the guard's own TLS and signatures do not use validated cryptography."
		}
		return "Until " + name + " is fixed, events or alerts may be lost."
	case guard.Canaries:
		if unknown {
			return "Whether the guard receives events is unknown. The check of each minute turns FIPS mode back on all the same."
		}
		return "Changes of the setting are found by the check of each minute only, and without who made them. Workloads that FIPS mode does not cover may not be rejected."
	case guard.Witness:
		if unknown {
			return "Whether tasks launched now get a kernel in FIPS mode is unknown."
		}
		return "Tasks launched now run without FIPS mode, whatever the setting says."
	case guard.KernelCheck:
		if !unknown {
			return name + " is running without FIPS mode."
		}
	case guard.Exposure:
		if !unknown {
			return name + " is still running and was launched while FIPS mode was off."
		}
	case guard.Setting:
		if over(f) {
			return "Tasks launched while it was off run on a kernel without FIPS mode until they are replaced. It was off at " +
				knownTime(timeText(d.report.Cause.Time)) + " and on by " + knownTime(timeText(onBy(f))) + ". This alert did not check running tasks."
		}
		if unknown {
			return "FIPS mode may be off. Until you have checked, assume that new Fargate tasks run without it."
		}
	}
	if unknown {
		return name + " may run without FIPS mode: the guard could not check it."
	}
	return "The guard has not changed " + name + "."
}

func onBy(f guard.Finding) time.Time {
	s, _ := f.State.(guard.Setting)
	return s.OnBy
}
