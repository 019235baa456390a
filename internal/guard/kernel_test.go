package guard

import (
	"strings"
	"testing"
	"time"
)

var (
	kernelStart = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	running     = Task{ARN: taskARN, Cluster: "main", Group: "service:web", Fargate: Yes, LastStatus: "RUNNING", Created: kernelStart, Redeployable: serviceARN}
)

func TestCheckProof(t *testing.T) {
	answered := func(answer string) KernelCheck {
		return KernelCheck{Task: running, Container: "main", Answer: answer, At: kernelStart}
	}
	for _, c := range []struct {
		name    string
		proof   KernelCheck
		verdict Verdict
		reason  string
	}{
		{"1 as a terminal ends it", answered("1\r\n"), Compliant, "read fips_enabled 1"},
		{"1", answered("1"), Compliant, "read fips_enabled 1"},
		{"0", answered("0\r\n"), NonCompliant, "not in FIPS mode"},
		{"two lines", answered("1\r\n0\r\n"), InsufficientData, "neither 1 nor 0"},
		{"11 is not 1", answered("11"), InsufficientData, "neither 1 nor 0"},
		{"the file's name", answered("cat: /proc/sys/crypto/fips_enabled: No such file or directory\r\n"), InsufficientData, "neither 1 nor 0"},
		{"white space is no answer", answered("\r\n"), InsufficientData, "neither 1 nor 0"},
		{"a reason", KernelCheck{Task: running, At: kernelStart, Unknown: "ECS Exec is off for the task"}, InsufficientData, "because ECS Exec is off for the task"},
		{"never asked", KernelCheck{Task: running}, InsufficientData, "Not checked yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Check(c.proof)[0]
			if f.Rule != TaskKernelProof || f.Verdict != c.verdict || !strings.Contains(f.Reason, c.reason) || f.Subject != taskARN {
				t.Errorf("got %s %s of %s: %s; want %s: %s", f.Rule, f.Verdict, f.Subject, f.Reason, c.verdict, c.reason)
			}
			if c.verdict == NonCompliant && f.Severity != Critical {
				t.Errorf("a refuted kernel is %s", f.Severity)
			}
		})
	}
}

func TestCheckExposure(t *testing.T) {
	span := func(m Mode, from, until time.Duration) Span {
		return Span{From: kernelStart.Add(from), Until: kernelStart.Add(until), Mode: m}
	}
	timeline := func(spans ...Span) []Timeline { return []Timeline{{Spans: spans}} }
	off := timeline(span(ModeOn, -time.Hour, -time.Minute), span(ModeOff, -time.Minute, time.Minute), span(ModeOn, time.Minute, time.Hour))
	overridden := append(timeline(span(ModeOn, -time.Hour, time.Hour)), Timeline{Principal: role, Spans: []Span{span(ModeOff, -time.Minute, time.Minute)}})
	for _, c := range []struct {
		name    string
		lines   []Timeline
		proven  bool
		verdict Verdict
	}{
		{"launched while on", timeline(span(ModeOn, -time.Hour, time.Hour)), false, Compliant},
		{"launched while off", off, false, NonCompliant},
		{"launched while off, and yet the kernel says 1", off, true, InsufficientData},
		{"launched in the second in which it was turned on, and the kernel says 1", timeline(span(ModeOff, -time.Hour, 0), span(ModeOn, 0, time.Hour)), true, Compliant},
		{"launched in the second in which it was turned off, and the kernel says 1", timeline(span(ModeOn, -time.Hour, 0), span(ModeOff, 0, time.Hour)), true, Compliant},
		{"launched in the second after it was turned off, and the kernel says 1", timeline(span(ModeOn, -time.Hour, -time.Second), span(ModeOff, -time.Second, time.Hour)), true, InsufficientData},
		{"launched in the second in which it was turned on", timeline(span(ModeOff, -time.Hour, 0), span(ModeOn, 0, time.Hour)), false, NonCompliant},
		{"launched in the second in which it was turned off", timeline(span(ModeOn, -time.Hour, 0), span(ModeOff, 0, time.Hour)), false, NonCompliant},
		{"launched in the second after", timeline(span(ModeOff, -time.Hour, -time.Second), span(ModeOn, -time.Second, time.Hour)), false, Compliant},
		{"launched when nobody knows", timeline(span(ModeUnknown, -time.Hour, time.Hour)), false, InsufficientData},
		{"launched when nobody knows, and the kernel says 1", timeline(span(ModeUnknown, -time.Hour, time.Hour)), true, Compliant},
		{"launched before history began", timeline(span(ModeOn, time.Minute, time.Hour)), false, InsufficientData},
		{"history was not read", nil, false, InsufficientData},
		{"an override was off", overridden, false, InsufficientData},
		{"an override was off, and the kernel says 1", overridden, true, Compliant},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := Check(ExposureOf(running, c.lines, c.proven))[0]; f.Rule != TaskExposed || f.Verdict != c.verdict {
				t.Errorf("got %s %s (%s), want %s", f.Rule, f.Verdict, f.Reason, c.verdict)
			}
		})
	}
	unknown := running
	unknown.Created = time.Time{}
	if f := Check(ExposureOf(unknown, off, false))[0]; f.Verdict != InsufficientData {
		t.Errorf("a task of unknown age is %s", f.Verdict)
	}
}

func TestCheckPart(t *testing.T) {
	for want, part := range map[Verdict]Component{
		Compliant:        {Rule: GuardTrail, Name: "trail", Seen: "It logs."},
		NonCompliant:     {Rule: GuardTrail, Name: "trail", Seen: "It logs.", Faults: []string{"it does not log"}, Unknown: "AWS did not answer"},
		InsufficientData: {Rule: GuardTrail, Name: "trail", Seen: "It logs.", Unknown: "AWS did not answer"},
	} {
		if f := Check(part)[0]; f.Verdict != want || f.Rule != GuardTrail || f.Reason == "" {
			t.Errorf("%+v is %s (%s), want %s", part, f.Verdict, f.Reason, want)
		}
	}
}

// TestKernelRemedies: a running task of a service is never stopped, one that is
// being replaced is left alone.
func TestKernelRemedies(t *testing.T) {
	alone, replaced, stopping := running, running, running
	alone.Group, alone.Redeployable = "family:web", ""
	replaced.Redeployable = ""
	stopping.DesiredStatus = "STOPPED"
	redeploy := ForceNewDeployment{Cluster: "main", Service: serviceARN, ForceNewDeployment: true}
	stop := StopTask{Cluster: "main", Task: taskARN, Reason: "fipsguard: rejected by rule task-kernel-proof"}
	for _, c := range []struct {
		name   string
		task   Task
		remedy ExposureRemedy
		want   Call
	}{
		{"report", running, ReportOnly, nil},
		{"recycle", running, Recycle, redeploy},
		{"recycle and stop", running, RecycleAndStop, redeploy},
		{"a standalone task is only reported", alone, Recycle, nil},
		{"a standalone task is stopped", alone, RecycleAndStop, stop},
		{"a task that is being replaced", replaced, RecycleAndStop, nil},
		{"a task that is going", stopping, RecycleAndStop, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			actions := Plan(Check(KernelCheck{Task: c.task, Answer: "0", At: kernelStart}), Policy{ExposureRemedy: c.remedy})
			if c.want == nil && len(actions) == 0 {
				return
			}
			if len(actions) != 1 || actions[0].Call != c.want {
				t.Errorf("planned %+v, want %+v", actions, c.want)
			}
		})
	}
	if got, want := (Remediation{Call: redeploy}).Command("us-gov-west-1"), "aws ecs update-service --cluster main --service "+serviceARN+" --force-new-deployment --region us-gov-west-1"; got != want {
		t.Errorf("command %q, want %q", got, want)
	}
}

// TestAServicesExemptionCoversItsTasks: recycling touches the service.
func TestAServicesExemptionCoversItsTasks(t *testing.T) {
	policy := Policy{
		Modes: map[RuleID]PolicyMode{TaskKernelProof: Enforce}, ExposureRemedy: Recycle,
		Exemptions: []Exemption{{Resource: serviceARN, Reason: "maintenance", Approver: "ISSO", Expires: kernelStart.Add(time.Hour)}},
	}
	actions := Plan(Check(KernelCheck{Task: running, Answer: "0", At: kernelStart}), policy)
	allowed, refused := policy.Allow(actions, kernelStart)
	if len(allowed) != 0 || len(refused) != 1 || !strings.Contains(refused[0].Detail, "Exempt until") {
		t.Errorf("allowed %v, refused %v; want the exempt service left alone", allowed, refused)
	}
}

func TestNamesAreReadBack(t *testing.T) {
	for v := InsufficientData; v <= NonCompliant; v++ {
		var got Verdict
		if err := got.UnmarshalText([]byte(v.String())); err != nil || got != v {
			t.Errorf("%s is read as %s, error %v", v, got, err)
		}
	}
	for s := Info; s <= Critical; s++ {
		var got Severity
		if err := got.UnmarshalText([]byte(s.String())); err != nil || got != s {
			t.Errorf("%s is read as %s, error %v", s, got, err)
		}
	}
	for r := Failed; r <= Done; r++ {
		var got Result
		if err := got.UnmarshalText([]byte(r.String())); err != nil || got != r {
			t.Errorf("%s is read as %s, error %v", r, got, err)
		}
	}
	verdict := Compliant
	if err := verdict.UnmarshalText([]byte("compliant")); err == nil || verdict != Compliant {
		t.Errorf("an unknown word is read as %s", verdict)
	}
}
