package evidencetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Random is a document of random claims.
func Random(seed uint64) evidence.Document {
	r := rand.New(rand.NewPCG(seed, 0))
	well := r.IntN(4) == 0 // nothing is wrong and nothing unknown
	chance := func(n int) int {
		if well {
			return n - 1
		}
		return r.IntN(n)
	}
	modes := []guard.Mode{guard.ModeUnknown, guard.ModeOff, guard.ModeOn}
	moment := func() time.Time { return at.Add(-time.Duration(r.IntN(5*24*60)) * time.Minute) }
	lines := []guard.Timeline{{Spans: []guard.Span{
		{From: at.AddDate(0, 0, -9), Until: at.AddDate(0, 0, -4), Mode: modes[chance(3)], Cause: cause},
		{From: at.AddDate(0, 0, -4), Until: at, Mode: modes[chance(3)]},
	}}}
	setting := guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: modes[chance(3)]}
	states := []guard.State{setting}
	for i := range r.IntN(12) {
		t := running(fmt.Sprintf("task-%d", i))
		t.Created = moment()
		t.LastStatus = []string{"PROVISIONING", "PENDING", "STOPPING", "RUNNING", "RUNNING"}[chance(5)]
		t.Platform.Architecture = []string{"", "ARM64", "X86_64", "X86_64"}[chance(4)]
		states = append(states, t)
		check := guard.KernelCheck{Task: t}
		if t.LastStatus == "RUNNING" && chance(4) > 0 {
			check.At, check.Container, check.Answer = moment(), "main", []string{"?", "0\n", "", "1\n"}[chance(4)]
		}
		if chance(4) > 0 {
			states = append(states, check)
		}
		states = append(states, guard.ExposureOf(t, lines, check.Proven()))
	}
	for _, rule := range []guard.RuleID{guard.GuardTrail, guard.GuardEvents, guard.GuardAlerts, guard.GuardQueues, guard.GuardModule} {
		component := guard.Component{Rule: rule, Name: "component of " + string(rule), Seen: "It is as it should be."}
		switch chance(4) {
		case 0:
			component.Faults = []string{"it is not as it should be"}
		case 1:
			component.Unknown = "AWS did not answer"
		case 2:
			continue
		}
		states = append(states, component)
	}
	sent := moment()
	canaries := guard.Canaries{Account: Account, Region: Region, Sent: []time.Time{sent}, Received: []guard.Canary{{Sent: sent, Latency: 8 * time.Second}}, Now: sent.Add(2 * time.Hour)}
	if chance(4) == 0 {
		canaries.Received = nil
	}
	witness := guard.Witness{Account: Account, Region: Region, At: moment(), FIPS: guard.Yes, Read: "what it read", Unknown: "it did not end"}
	if chance(4) == 0 {
		witness.FIPS = guard.Answer(chance(3))
	}
	states = append(states, canaries, witness)
	report := guard.Report{
		Cause:     guard.Cause{Account: Account, Region: Region, EventName: "scheduled scan", Time: at},
		Timelines: lines,
		Coverage:  guard.Coverage{All: true, Exec: true, Class: []guard.Class{guard.ClassB, guard.ClassC, guard.ClassD}[r.IntN(3)]},
	}
	for _, s := range states {
		if chance(8) > 0 {
			report.Findings = append(report.Findings, guard.SeenAt(guard.Check(s), guard.Seen{How: guard.Configured, At: moment()})...)
		}
	}
	if chance(3) == 0 {
		report.Coverage.Interrupted = "The scan was interrupted before it was done."
	}
	report.Coverage.Examined = examined(report.Findings)
	for _, remediation := range guard.Plan(guard.Check(setting), guard.DefaultPolicy()) {
		report.Outcomes = append(report.Outcomes, guard.Outcome{Remediation: remediation, Result: guard.Result(r.IntN(6)), Detail: "detail", At: at})
	}
	return evidence.New(evidence.About{Why: "scheduled scan", Started: at, Finished: at.Add(time.Minute), Tool: evidence.Tool{Name: "fipsguard", Version: "1"}}, report)
}
