package alert

import (
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// next is what a person does: the commands for what the guard could not or may
// not fix, the most pressing first; what the owner has to change; how to check
// the setting.
func next(d draft) []string {
	var list []string
	add := func(sentence string) {
		if !slices.Contains(list, sentence) {
			list = append(list, sentence)
		}
	}
	for _, o := range d.outcomes {
		if !o.Result.Accepted() {
			add(fix(d, o))
		}
	}
	fixes := len(list)
	setting := false
	for _, f := range d.findings {
		advice := d.exact(f.Advice())
		if _, is := f.State.(guard.Setting); is {
			setting = true
			if advice != "" && f.Verdict == guard.NonCompliant && !over(f) && !answered(f, d.report.Outcomes) {
				add(advice)
			}
			continue
		}
		if command := replacement(d, f); command != "" {
			add("Once FIPS mode is on, replace the task, run: " + command)
		}
		if advice != "" && f.Severity > guard.Info {
			add(owner(f) + advice)
		}
		for _, step := range steps(d, f) {
			add(step)
		}
	}
	if setting || fixes == 0 && !onlyManaged(d.findings) {
		add("Check FIPS mode: aws ecs list-account-settings --name " + guard.SettingName + " --effective-settings --region " + regionWord(d.report.Cause.Region) +
			" (it is the account default only if principalArn ends in :root)")
	}
	return list
}

// steps are the commands of an advice that takes several, in their order: all, or
// none where one of them cannot be shown.
func steps(d draft, f guard.Finding) []string {
	var list []string
	for i, step := range f.Steps() {
		if d.exact(step.If+step.Command) == "" {
			return nil
		}
		when := ""
		if step.If != "" {
			when = ", " + step.If
		}
		list = append(list, fmt.Sprintf("Step %d%s: %s", i+1, when, step.Command))
	}
	return list
}

// onlyManaged reports whether everything that was found is about ECS Managed
// Instances, on which Fargate's setting has no effect.
func onlyManaged(findings []guard.Finding) bool {
	return len(findings) > 0 && !slices.ContainsFunc(findings, func(f guard.Finding) bool {
		rule, _ := guard.RuleOf(f.Rule)
		return rule.Group != guard.GroupManaged
	})
}

// owner is whom an advice is for, unless it is for who gets the alert.
func owner(f guard.Finding) string {
	_, over := f.State.(guard.OffPeriod)
	if rule, ok := guard.RuleOf(f.Rule); over || ok && (rule.AboutGuard() || rule.ID == guard.LaunchKernel) {
		return ""
	}
	return "Tell the owner: "
}

// replacement is the exact command that replaces a running task which is not
// known to be in FIPS mode, where its service can do that.
func replacement(d draft, f guard.Finding) string {
	switch f.State.(type) {
	case guard.KernelCheck, guard.Exposure:
		if !answered(f, d.report.Outcomes) {
			return d.exact(f.Command(regionWord(d.report.Cause.Region)))
		}
	}
	return ""
}

// fix is how a person makes a fix that the guard did not.
func fix(d draft, o guard.Outcome) string {
	run := "run: " + openCommand(d, o)
	if openCommand(d, o) == "" {
		run = fmt.Sprintf("call %s by hand; the command is not shown, because it is too long or a name in it is not safe to paste.", apiOf(o))
	}
	_, override := o.Remediation.Call.(guard.PutAccountSetting)
	switch {
	case o.Result == guard.RefusedByAWS || override:
		return "As " + whoMay(d, o.Remediation) + ", " + run
	case o.Result == guard.RefusedByPolicy:
		return "Policy does not let the guard fix this. To fix it yourself, " + run
	}
	return "If it is still not fixed, " + run
}

// openCommand is the exact command for a fix that was not made, if there
// is one that can be shown.
func openCommand(d draft, o guard.Outcome) string {
	if o.Result.Accepted() || o.Remediation.Call == nil {
		return ""
	}
	return d.exact(o.Remediation.Command(regionWord(d.report.Cause.Region)))
}

// whoMay says who can make a call that AWS refused to the guard.
func whoMay(d draft, m guard.Remediation) string {
	account := known(d.name(d.report.Cause.Account))
	if call, ok := m.Call.(guard.PutAccountSetting); ok {
		return "root of account " + account + " or " + d.name(call.PrincipalARN) + " itself"
	}
	return "someone in account " + account + " with permission"
}
