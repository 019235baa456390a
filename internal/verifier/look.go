package verifier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// expiringSoon is how long before its end people hear of an exemption.
const expiringSoon = 7 * 24 * time.Hour

// Look looks once, and puts right what policy allows. What could not be seen is
// in the report as INSUFFICIENT_DATA. An error means that a cluster that was
// asked for does not exist.
func (v *Verifier) Look(ctx context.Context, location guard.Location, ask Request) (Seen, error) {
	l := &look{
		Verifier: v, location: location, ask: ask,
		seen: Seen{Scope: evidence.Scope{Exec: v.Exec != nil && v.Policy.Modes[guard.TaskKernelProof] != guard.Off}},
	}
	l.seen.Report = guard.Report{
		Cause: guard.Cause{
			EventName: ask.Why, Time: v.Now().UTC(), Account: location.Account, Region: location.Region,
			Actor: guard.Actor{Name: "fipsguard"},
		},
		Expiring: v.Policy.Expiring(v.Now(), expiringSoon),
	}
	l.settings(ctx)
	if err := l.clusters(ctx); err != nil {
		return l.seen, err
	}
	l.workloads(ctx)
	l.parts(ctx)
	l.history(ctx)
	l.kernels(ctx)
	return l.seen, nil
}

// look is one look under way.
type look struct {
	*Verifier
	location guard.Location
	ask      Request
	seen     Seen

	before   guard.Setting // the account default as it was found
	found    time.Time     // when
	repaired time.Time     // when the look turned it on; zero when it did not
	after    guard.Mode    // the account default as it was read last
	tasks    []guard.Task
}

// failed notes a read that AWS did not answer.
func (l *look) failed(err error) {
	if err != nil {
		l.seen.Failures = append(l.seen.Failures, err)
	}
}

// judge adds what the rule book says of states.
func (l *look) judge(states ...guard.State) []guard.Finding {
	findings := l.Policy.Evaluate(guard.CheckAll(states))
	l.seen.Report.Findings = append(l.seen.Report.Findings, findings...)
	return findings
}

// correct takes the actions that policy allows, and makes the others visible.
func (l *look) correct(ctx context.Context, findings []guard.Finding) []guard.Outcome {
	allowed, outcomes := l.Policy.Allow(guard.Plan(findings, l.Policy), l.Now())
	if len(allowed) > 0 && l.Intend != nil {
		l.Intend(ctx, intention(l.seen.Report.Cause, findings, allowed))
	}
	for _, action := range allowed {
		outcomes = append(outcomes, l.Account.Apply(ctx, action))
	}
	return outcomes
}

// intention is what people hear of corrections if nothing follows.
func intention(cause guard.Cause, findings []guard.Finding, actions []guard.Remediation) guard.Report {
	r := guard.Report{Cause: cause}
	for _, f := range findings {
		if f.Verdict == guard.NonCompliant {
			r.Findings = append(r.Findings, f)
		}
	}
	for _, a := range actions {
		r.Outcomes = append(r.Outcomes, guard.Outcome{
			Remediation: a, Result: guard.Unconfirmed, Detail: "The verifier was ended when it was about to make this call; whether it was made is not known.",
		})
	}
	return r
}

// settings looks at the account default, turns it on where it is off, and
// reads it back.
func (l *look) settings(ctx context.Context) {
	observed := l.observeSetting(ctx)
	l.before, l.found = accountDefault(observed), l.Now().UTC()
	l.after = l.before.Mode
	outcomes := l.correct(ctx, l.judge(observed...))
	if len(outcomes) > 0 {
		after := accountDefault(l.observeSetting(ctx))
		l.after = after.Mode
		for i, o := range outcomes {
			outcomes[i] = guard.Confirm(o, after)
			if _, ok := o.Remediation.Call.(guard.PutAccountSettingDefault); ok && outcomes[i].Result == guard.Done {
				l.repaired = o.At
			}
		}
	}
	l.seen.Report.Outcomes = append(l.seen.Report.Outcomes, outcomes...)
}

func (l *look) observeSetting(ctx context.Context) []guard.State {
	observed, err := l.Account.ObserveSetting(ctx, l.location.Account, l.location.Region)
	l.failed(err)
	return observed
}

// accountDefault is the first state of ObserveSetting.
func accountDefault(observed []guard.State) guard.Setting {
	s, _ := observed[0].(guard.Setting)
	return s
}

// clusters finds the clusters that were asked for, or all.
func (l *look) clusters(ctx context.Context) error {
	all, err := l.Account.Clusters(ctx)
	if err != nil {
		l.failed(err)
		l.judge(guard.Task{
			ARN: fmt.Sprintf("task/* of account %s in %s", l.location.Account, l.location.Region), LastStatus: "RUNNING",
			Unknown: "ECS did not answer ListClusters",
		})
		return nil
	}
	if len(l.ask.Clusters) == 0 {
		l.seen.Clusters, l.seen.All = all, true
		return nil
	}
	for _, wanted := range l.ask.Clusters {
		i := slices.IndexFunc(all, func(arn string) bool { return arn == wanted || strings.HasSuffix(arn, ":cluster/"+wanted) })
		if i < 0 {
			return fmt.Errorf("there is no cluster %s in account %s, Region %s", wanted, l.location.Account, l.location.Region)
		}
		l.seen.Clusters = append(l.seen.Clusters, all[i])
	}
	return nil
}

// workloads judges and corrects services, tasks and the definitions they use.
func (l *look) workloads(ctx context.Context) {
	services, tasks, err := l.Account.Workloads(ctx, l.seen.Clusters, l.progress("inventory"))
	l.failed(err)
	definitions, err := l.Account.Definitions(ctx, services, tasks)
	l.failed(err)
	l.tasks = tasks
	var findings []guard.Finding
	for _, d := range definitions {
		findings = append(findings, l.judge(d)...)
	}
	for _, s := range services {
		if l.Policy.Modes[guard.ServicePlatform] != guard.Off && guard.Worst(guard.Check(s)) == guard.NonCompliant {
			s, err = l.Account.ObserveRemedy(ctx, s, l.Policy.ServiceRemedy)
			l.failed(err)
		}
		findings = append(findings, l.judge(s)...)
	}
	for _, t := range tasks {
		findings = append(findings, l.judge(t)...)
	}
	l.seen.Report.Outcomes = append(l.seen.Report.Outcomes, l.correct(ctx, findings)...)
}

// parts looks at the guard itself.
func (l *look) parts(ctx context.Context) {
	if l.Parts != nil {
		for _, part := range l.Parts.Observe(ctx) {
			l.judge(part)
		}
	}
	if len(l.PolicyFaults) > 0 {
		l.judge(guard.PolicyDocument{Account: l.location.Account, Region: l.location.Region, Faults: l.PolicyFaults})
	}
}

// kernels judges the running tasks that FIPS mode covers: by what their kernels
// say, and by what the settings were when they were launched. Tasks that are
// not as they should be are replaced only once FIPS mode is known to be on:
// before that the new ones would be no better.
func (l *look) kernels(ctx context.Context) {
	covered := slices.DeleteFunc(slices.Clone(l.tasks), func(t guard.Task) bool {
		return t.LastStatus != "RUNNING" || guard.Worst(guard.Check(t)) != guard.Compliant
	})
	proofs := l.prove(ctx, covered)
	var findings []guard.Finding
	for i, t := range covered {
		if l.seen.Exec {
			findings = append(findings, l.judge(proofs[i])...)
		}
		findings = append(findings, l.judge(guard.ExposureOf(t, l.seen.Report.Timelines, proofs[i].Proven()))...)
	}
	if l.after == guard.ModeOn {
		l.seen.Report.Outcomes = append(l.seen.Report.Outcomes, l.correct(ctx, findings)...)
	}
}
