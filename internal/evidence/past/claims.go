package past

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// rules are those of the claims, said of a time that is over.
func rules() []guard.Rule {
	return []guard.Rule{
		was(guard.FIPSModeDefault, "The account default of fargateFIPSMode was enabled all the time."),
		was(guard.FIPSModeOverride, "No user or role had an override of fargateFIPSMode that was off."),
		was(guard.TaskExposed, "No Fargate task was launched while FIPS mode was off."),
		{
			ID: evidence.TrailVouched, Group: guard.GroupComponents, Method: guard.Examine, Evidence: guard.Log,
			Requirement: "CloudTrail's signatures vouch for the log files of every hour.",
			Why:         "What a log file says, or that there is none, proves little where nobody vouches for it.",
			Controls:    []guard.Control{guard.AU9, guard.AU12},
		},
	}
}

// was is a scan's rule about the past, which only records can tell of.
func was(id guard.RuleID, requirement string) guard.Rule {
	rule, _ := guard.RuleOf(id)
	rule.Requirement, rule.Method, rule.Evidence = requirement, guard.Examine, guard.AuditRecord
	return rule
}

// place is a place whose claims are made.
type place struct {
	audit.Place
	period string // what is added to a subject
	seen   guard.How
	at     time.Time // when the files were read
	faulty int       // files that may be of it
}

// claims are what is said of a place, by the worst that is known.
func claims(of audit.Place, faulty int, at time.Time) []evidence.Claim {
	p := place{of, fmt.Sprintf(" from %s until %s", of.From, of.Until), guard.Recorded, at, faulty}
	if t := of.Trust; t.VouchedHours > 0 && t.UnvouchedHours == 0 && t.AlteredFiles == 0 && faulty == 0 {
		p.seen = guard.Vouched
	}
	all := []evidence.Claim{p.setting()}
	for _, o := range of.Overrides {
		all = append(all, p.override(o))
	}
	all = append(all, p.launched()...)
	return append(all, p.trust())
}

// claim fills in what follows from rule and result.
func (p place) claim(id guard.RuleID, subject string, result evidence.Result, reason, remedy string) evidence.Claim {
	c := evidence.Claim{Rule: id, Subject: subject, Result: result, Seen: p.seen, At: &p.at, Reason: reason, Remedy: remedy, Steps: []guard.Step{}}
	switch result {
	case evidence.NonCompliant:
		c.Severity = guard.High
		if rule, ok := guard.RuleOf(id); ok {
			c.Severity = rule.Severity
		}
	case evidence.InsufficientData:
		c.Severity = guard.Warning
	case evidence.Compliant, evidence.NotExamined, evidence.Starting:
	}
	return c
}

// worst is what intervals come to: off counts more than unknown, and a time of
// which nothing was seen never passes.
func worst(all []audit.Interval) evidence.Result {
	is := func(mode string) bool {
		return slices.ContainsFunc(all, func(i audit.Interval) bool { return i.Mode == mode })
	}
	switch {
	case is("off"):
		return evidence.NonCompliant
	case len(all) == 0 || is("unknown"):
		return evidence.InsufficientData
	}
	return evidence.Compliant
}

func (p place) setting() evidence.Claim {
	result, remedy := worst(p.Intervals), ""
	switch result {
	case evidence.NonCompliant:
		remedy = "Ask who turned it off why, and replace the tasks that were launched then and still run: fipsguard verify finds them."
	case evidence.InsufficientData:
		remedy = "Fetch the log files and digests that are missing. Ask with --since for the time after the first record."
	case evidence.Compliant, evidence.NotExamined, evidence.Starting:
	}
	return p.claim(guard.FIPSModeDefault, p.subject(""), result, audit.Words([]audit.Place{p.Place}), remedy)
}

func (p place) subject(principal string) string {
	s := guard.Setting{Account: p.Account, Region: p.Region, Scope: guard.ScopeAccount}
	if principal != "" {
		s.Scope, s.Principal = guard.ScopePrincipal, principal
	}
	return s.Subject() + p.period
}

func (p place) override(o audit.Override) evidence.Claim {
	result, remedy := worst(o.Intervals), ""
	switch result {
	case evidence.NonCompliant:
		remedy = "Check what this principal launched then: AWS does not document whether an override reaches the tasks."
	case evidence.InsufficientData:
		remedy = "Fetch the log files that are missing."
	case evidence.Compliant, evidence.NotExamined, evidence.Starting:
	}
	return p.claim(guard.FIPSModeOverride, p.subject(o.Principal), result, "The override was "+times(o.Intervals)+".", remedy)
}

// times is how long something was what.
func times(all []audit.Interval) string {
	var said []string
	for _, mode := range []string{"off", "unknown", "on"} {
		var lasted int64
		for _, i := range all {
			if i.Mode == mode {
				lasted += int64(i.Until - i.From)
			}
		}
		if lasted > 0 {
			said = append(said, mode+" for "+evidence.Lasted(time.Duration(lasted)*time.Second))
		}
	}
	return strings.Join(said, ", ")
}

// launched are the tasks that were launched while the account's default was off,
// by task definition, and what the records cannot tell of others.
func (p place) launched() []evidence.Claim {
	type kind struct {
		tasks  int
		groups []string
	}
	var order []string
	kinds, unnamed := map[string]*kind{}, p.LaunchesWhileOff
	for _, l := range p.Launched {
		if l.Definition == "" {
			continue
		}
		unnamed -= l.Count
		k := kinds[l.Definition]
		if k == nil {
			k = &kind{}
			kinds[l.Definition] = k
			order = append(order, l.Definition)
		}
		k.tasks += l.Count
		if l.Group != "" {
			k.groups = append(k.groups, l.Group)
		}
	}
	var all []evidence.Claim
	for _, definition := range order {
		all = append(all, p.exposed(definition, kinds[definition].tasks, within(kinds[definition].groups)))
	}
	if unnamed > 0 {
		all = append(all, p.exposed("tasks that records do not name, "+p.Account+"/"+p.Region+p.period, unnamed, ""))
	}
	return append(all, p.unseen())
}

func (p place) exposed(subject string, tasks int, of string) evidence.Claim {
	return p.claim(guard.TaskExposed, subject, evidence.NonCompliant, fmt.Sprintf("Launched while FIPS mode was off: %s%s.", grammar.Count(tasks, "task"), of),
		"Replace those that still run, with FIPS mode on: fipsguard verify finds them.")
}

func within(groups []string) string {
	if len(groups) == 0 {
		return ""
	}
	const most = 5
	said := strings.Join(groups[:min(len(groups), most)], ", ")
	if more := len(groups) - most; more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return ", of " + said
}

// others are the tasks that no record tells of.
func (p place) others() string { return "other tasks of " + p.Account + "/" + p.Region + p.period }

// unseen is the claim about launches that no record tells of.
func (p place) unseen() evidence.Claim {
	overridden := slices.ContainsFunc(p.Overrides, func(o audit.Override) bool { return worst(o.Intervals) != evidence.Compliant })
	switch {
	case worst(p.Intervals) == evidence.NonCompliant:
		return p.claim(guard.TaskExposed, p.others(), evidence.InsufficientData,
			"FIPS mode was off at times, and CloudTrail does not record the tasks that a service's scheduler started then.",
			"Run fipsguard verify: it finds the running tasks that were launched then.")
	case worst(p.Intervals) == evidence.InsufficientData:
		return p.claim(guard.TaskExposed, p.others(), evidence.InsufficientData, "It is unknown at times whether FIPS mode was on.", "Fetch the log files that are missing.")
	case overridden:
		return p.claim(guard.TaskExposed, p.others(), evidence.InsufficientData,
			"The account's default was on all the time, but an override was not. AWS does not document whether an override reaches the tasks that its principal launches.",
			"Run fipsguard verify: it reads the kernels of running tasks.")
	}
	return p.claim(guard.TaskExposed, p.others(), evidence.Compliant, "The account's default was on all the time.", "")
}

// trust is the claim about the log files themselves.
func (p place) trust() evidence.Claim {
	t := p.Trust
	result, remedy := evidence.Compliant, ""
	switch {
	case t.AlteredFiles > 0:
		result, remedy = evidence.NonCompliant, "Compare the files with those in the bucket. If they differ there, too, find out who changed them: CloudTrail does not."
	case p.faulty > 0 || t.UnvouchedHours > 0 || t.VouchedHours == 0:
		result, remedy = evidence.InsufficientData, "Give all log files and digests of the time, and the keys with --public-keys."
	}
	return p.claim(evidence.TrailVouched, "log files of "+p.Account+"/"+p.Region+p.period, result,
		fmt.Sprintf("CloudTrail's signatures vouch for %d of %s. Files that are altered: %d; missing: %d; faulty, with these: %d.",
			t.VouchedHours, grammar.Count(t.VouchedHours+t.UnvouchedHours, "hour"), t.AlteredFiles, t.MissingFiles, p.faulty), remedy)
}
