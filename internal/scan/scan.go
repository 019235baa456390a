package scan

import (
	"context"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// expiringSoon is how long before its end people hear of an exemption.
const expiringSoon = 7 * 24 * time.Hour

// Scan scans once, and fixes what policy allows, the account setting before all
// else. What could not be read is in the report as INSUFFICIENT_DATA. An error
// means that a cluster that was asked for does not exist.
func (s *Scanner) Scan(ctx context.Context, location guard.Location, request Request) (Result, error) {
	return s.Begin(ctx, location, request.Why).Finish(ctx, request)
}

// Begun is a scan that has fixed the account setting and done nothing else.
type Begun struct {
	run     run
	setting setting
}

// Begin fixes the account setting. It calls nothing but ECS, and needs nothing
// that an earlier scan left: what a scan is to continue from is read after it.
func (s *Scanner) Begin(ctx context.Context, location guard.Location, why string) Begun {
	r := run{
		Scanner: s, location: location, request: Request{Why: why}, started: s.Now().UTC(), held: guard.Held{Policy: s.Policy},
	}
	return Begun{r, r.fixSetting(ctx)}
}

// Finish scans all the rest.
func (b Begun) Finish(ctx context.Context, request Request) (Result, error) {
	r, setting := b.run, b.setting
	request.Why = r.request.Why
	r.request = request
	cause := r.cause()
	if r.request.Intend != nil && len(setting.outcomes) > 0 {
		r.request.Intend(ctx, guard.Report{Cause: cause, Findings: violations(setting.findings), Outcomes: setting.outcomes})
	}
	r.held = r.Workloads(ctx)
	r.exec = r.Exec != nil && r.held.Policy.Modes[guard.TaskKernelProof] != guard.Off
	sent := r.sendCanary(ctx, setting)
	clusters, err := r.findClusters(ctx)
	if err != nil {
		return r.result(ctx, cause, Known{Canaries: sent, Witness: request.Known.Witness}, clusters, setting.stage), err
	}
	workloads := r.checkWorkloads(ctx, cause, clusters.arns)
	components := r.checkComponents(ctx, sent)
	history := r.readHistory(ctx, cause, setting, workloads.tasks, sent)
	started := r.startWitness(ctx, history)
	checks, opened := r.readKernels(ctx, covered(workloads.tasks))
	witness := r.readWitness(ctx, history, started)
	kernels := r.checkKernels(ctx, history, workloads.tasks, checks, witness)
	return r.result(ctx, history.cause, Known{Kernels: known(checks), Timelines: history.lines, Canaries: sent, Witness: witness.known}, clusters,
		setting.stage, clusters.stage, workloads.stage, components, history.stage, witness.stage, kernels, r.checkSessions(opened)), nil
}

// run is one scan under way: who scans, where and how far. Nothing in it
// changes.
type run struct {
	*Scanner
	location guard.Location
	request  Request
	started  time.Time
	held     guard.Held // the policy: of the setting, then of all else
	exec     bool       // kernels are read
}

// cause is why the scan runs, until its history names a better one.
func (r run) cause() guard.Cause {
	return guard.Cause{
		EventName: r.request.Why, Time: r.started, Account: r.location.Account, Region: r.location.Region,
		Actor: guard.Actor{Name: "fipsguard"},
	}
}

// stage is what one stage of a scan found and did.
type stage struct {
	findings []guard.Finding
	outcomes []guard.Outcome
	failures []error // of reads
	facts    []guard.Fact
}

// failures drops what is no error.
func failures(errs ...error) []error {
	var failed []error
	for _, err := range errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// result puts a scan's stages together.
func (r run) result(ctx context.Context, cause guard.Cause, known Known, c clusters, stages ...stage) Result {
	result := Result{
		Report: guard.Report{Cause: cause, Timelines: known.Timelines, Expiring: r.held.Policy.Expiring(r.started, expiringSoon)},
		Known:  known,
	}
	for _, s := range stages {
		result.Report.Findings = append(result.Report.Findings, s.findings...)
		result.Report.Outcomes = append(result.Report.Outcomes, s.outcomes...)
		result.Failures = append(result.Failures, s.failures...)
		result.Report.Facts = append(result.Report.Facts, s.facts...)
	}
	result.Report.Coverage = r.coverage(ctx, c, result.Report.Findings)
	return result
}

// check returns what the rules say of states, and how these were observed.
func (r run) check(seen guard.Seen, states ...guard.State) []guard.Finding {
	return guard.SeenAt(r.held.Policy.Evaluate(guard.CheckAll(states)), seen)
}

// reading is how something is observed of which the reading begins now.
func (r run) reading(how guard.How) guard.Seen { return guard.Seen{How: how, At: r.Now().UTC()} }

// loop is how this scan fixes, and tells for what cause it does.
func (r run) loop(cause guard.Cause) remediate.Loop {
	l := remediate.Loop{Account: r.Account, Policy: r.held.Policy, Now: r.Now}
	if r.request.Intend != nil {
		l.Announce = func(ctx context.Context, findings []guard.Finding, remediations []guard.Remediation) {
			r.request.Intend(ctx, intention(cause, findings, remediations))
		}
	}
	return l
}

// intention is what people hear of fixes if nothing follows.
func intention(cause guard.Cause, findings []guard.Finding, remediations []guard.Remediation) guard.Report {
	report := guard.Report{Cause: cause, Findings: violations(findings)}
	for _, remediation := range remediations {
		report.Outcomes = append(report.Outcomes, guard.Outcome{
			Remediation: remediation, Result: guard.Unconfirmed, Detail: "The verifier was ended when it was about to make this call; whether it was made is not known.",
		})
	}
	return report
}

func violations(findings []guard.Finding) []guard.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f guard.Finding) bool { return f.Verdict != guard.NonCompliant })
}

func (r run) progress(stage string) func(done, total int) {
	return func(done, total int) {
		if r.Progress != nil {
			r.Progress(stage, done, total)
		}
	}
}
