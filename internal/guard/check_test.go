package guard

import (
	"fmt"
	"strings"
	"testing"
)

var setting = Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeAccount}

const role = "arn:aws-us-gov:iam::111122223333:role/app"

func TestCheckSetting(t *testing.T) {
	with := func(change func(*Setting)) Setting {
		s := setting
		change(&s)
		return s
	}
	cases := []struct {
		name     string
		setting  Setting
		rule     RuleID
		verdict  Verdict
		severity Severity
	}{
		{"default on", with(func(s *Setting) { s.Mode = ModeOn }), FIPSModeDefault, Compliant, Info},
		{"default off", with(func(s *Setting) { s.Mode = ModeOff }), FIPSModeDefault, NonCompliant, Critical},
		{"default unknown", setting, FIPSModeDefault, InsufficientData, Warning},
		{"default deleted", with(func(s *Setting) { s.Deleted = true }), FIPSModeDeleted, NonCompliant, Critical},
		{"override on", with(func(s *Setting) { s.Scope, s.Principal, s.Mode = ScopePrincipal, role, ModeOn }), FIPSModeOverride, Compliant, Info},
		{"override off", with(func(s *Setting) { s.Scope, s.Principal, s.Mode = ScopePrincipal, role, ModeOff }), FIPSModeOverride, NonCompliant, High},
		{"override deleted: the default decides", with(func(s *Setting) { s.Scope, s.Principal, s.Deleted = ScopePrincipal, role, true }), FIPSModeOverride, InsufficientData, Warning},
		{"off by somebody unknown may be the default", with(func(s *Setting) { s.Scope, s.Mode = ScopeUnknown, ModeOff }), FIPSModeDefault, InsufficientData, Warning},
		{"on by somebody unknown may be for one of them alone", with(func(s *Setting) { s.Scope, s.Mode = ScopeUnknown, ModeOn }), FIPSModeDefault, InsufficientData, Warning},
		{"deleted by somebody unknown may be the default", with(func(s *Setting) { s.Scope, s.Deleted = ScopeUnknown, true }), FIPSModeDeleted, InsufficientData, Warning},
		{"off where FIPS mode does not exist", with(func(s *Setting) { s.Region, s.Mode = "us-east-1", ModeOff }), FIPSModeDefault, NotApplicable, Info},
		{"the zero setting", Setting{}, FIPSModeDefault, InsufficientData, Warning},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := Check(c.setting)[0]
			if f.Rule != c.rule || f.Verdict != c.verdict || f.Severity != c.severity {
				t.Errorf("got %s %s %s (%s), want %s %s %s", f.Rule, f.Verdict, f.Severity, f.Reason, c.rule, c.verdict, c.severity)
			}
		})
	}
}

func TestParseMode(t *testing.T) {
	for value, want := range map[string]Mode{
		"enabled": ModeOn, "ENABLED": ModeOn, "on": ModeOn, "On": ModeOn,
		"disabled": ModeOff, "off": ModeOff, "enhanced": ModeOff, "yes": ModeOff, " enabled": ModeOff,
		"": ModeUnknown,
	} {
		if got := ParseMode(value); got != want {
			t.Errorf("value %q is mode %d, want %d", value, got, want)
		}
	}
}

var (
	systems       = []string{"LINUX", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_FULL", ""}
	architectures = []string{"X86_64", "ARM64", ""}
	answers       = []Answer{Yes, No, Unknown}
)

// TestEveryTaskDefinition goes through every combination, against the
// requirement said once more in other words.
func TestEveryTaskDefinition(t *testing.T) {
	for _, os := range systems {
		for _, arch := range architectures {
			for _, fargate := range answers {
				d := TaskDefinition{ARN: "arn", Platform: Platform{OS: os, Architecture: arch}, Fargate: fargate}
				want := NonCompliant
				covered := os == "LINUX" && arch == "X86_64"
				mayBeCovered := (os == "LINUX" || os == "") && (arch == "X86_64" || arch == "")
				switch {
				case fargate == No:
					want = NotApplicable
				case covered:
					want = Compliant
				case fargate == Unknown || mayBeCovered:
					want = InsufficientData
				}
				if got := Check(d)[0]; got.Verdict != want {
					t.Errorf("OS %q, architecture %q, on Fargate %s: %s (%s), want %s", os, arch, fargate, got.Verdict, got.Reason, want)
				}
			}
		}
	}
}

// TestEveryTaskAndService goes through every combination of platform and
// platform version.
func TestEveryTaskAndService(t *testing.T) {
	type known struct{ linux, windows, unclear Verdict } // by operating system
	versions := map[string]known{
		"1.4.0":     {Compliant, NonCompliant, InsufficientData},
		"1.4":       {Compliant, NonCompliant, InsufficientData},
		"1.10.0":    {Compliant, NonCompliant, InsufficientData},
		"2.0.0":     {Compliant, NonCompliant, InsufficientData},
		"1.3.0":     {NonCompliant, NonCompliant, NonCompliant},
		"1.0.0":     {NonCompliant, NonCompliant, NonCompliant},
		"0.9":       {NonCompliant, NonCompliant, NonCompliant},
		"1.4.0-rc1": {InsufficientData, NonCompliant, InsufficientData},
		"1.-4.0":    {InsufficientData, NonCompliant, InsufficientData},
		"1.4.0.1":   {InsufficientData, NonCompliant, InsufficientData},
	}
	unresolved := []string{"LATEST", "latest", ""}
	verdict := func(k known, os, arch string) Verdict {
		v := k.linux
		switch {
		case strings.HasPrefix(os, "WINDOWS"):
			v = k.windows
		case os == "":
			v = k.unclear
		}
		if v != NonCompliant && arch == "ARM64" {
			return NonCompliant
		}
		if v == Compliant && arch == "" {
			return InsufficientData
		}
		return v
	}
	for _, os := range systems {
		for _, arch := range architectures {
			for version, k := range versions {
				want := verdict(k, os, arch)
				task := Task{ARN: "arn", Fargate: Yes, Platform: Platform{os, arch}, PlatformVersion: version, LastStatus: "PENDING"}
				if got := Check(task)[0]; got.Verdict != want {
					t.Errorf("task on %q / %q / %q: %s (%s), want %s", os, arch, version, got.Verdict, got.Reason, want)
				}
				service := Service{ARN: "arn", Fargate: Yes, Definition: TaskDefinition{Platform: Platform{os, arch}}, PlatformVersion: version}
				if got := Check(service)[0]; got.Verdict != want {
					t.Errorf("service on %q / %q / %q: %s (%s), want %s", os, arch, version, got.Verdict, got.Reason, want)
				}
			}
			for _, version := range unresolved {
				// A service's LATEST is resolved at launch; a task's is not known.
				ofTask, ofService := known{InsufficientData, NonCompliant, InsufficientData}, known{Compliant, NonCompliant, InsufficientData}
				task := Task{ARN: "arn", Fargate: Yes, Platform: Platform{os, arch}, PlatformVersion: version}
				if got, want := Check(task)[0], verdict(ofTask, os, arch); got.Verdict != want {
					t.Errorf("task on %q / %q / %q: %s (%s), want %s", os, arch, version, got.Verdict, got.Reason, want)
				}
				service := Service{ARN: "arn", Fargate: Yes, Definition: TaskDefinition{Platform: Platform{os, arch}}, PlatformVersion: version}
				if got, want := Check(service)[0], verdict(ofService, os, arch); got.Verdict != want {
					t.Errorf("service on %q / %q / %q: %s (%s), want %s", os, arch, version, got.Verdict, got.Reason, want)
				}
			}
		}
	}
	for _, fargate := range []Answer{No, Unknown} {
		want := map[Answer]Verdict{No: NotApplicable, Unknown: InsufficientData}[fargate]
		bad := Platform{"WINDOWS_SERVER_2019_CORE", "ARM64"}
		if got := Check(Task{Fargate: fargate, Platform: bad, PlatformVersion: "1.3.0"})[0]; got.Verdict != want {
			t.Errorf("task on Fargate %s: %s, want %s", fargate, got.Verdict, want)
		}
		if got := Check(Service{Fargate: fargate, Definition: TaskDefinition{Platform: bad}})[0]; got.Verdict != want {
			t.Errorf("service on Fargate %s: %s, want %s", fargate, got.Verdict, want)
		}
	}
}

// TestTheUnknownNeverPassesNorIsRepaired is invariant 1 on the zero values.
func TestTheUnknownNeverPassesNorIsRepaired(t *testing.T) {
	everything := Policy{Modes: map[RuleID]PolicyMode{}, ServiceRemedy: ScaleToZero, ExposureRemedy: RecycleAndStop}
	for _, r := range Rules() {
		everything.Modes[r.ID] = Enforce
	}
	for _, s := range []State{Setting{}, TaskDefinition{}, Task{}, Service{}, KernelCheck{}, Exposure{}, Component{Rule: GuardTrail}} {
		findings := Check(s)
		if v := Worst(findings); v != InsufficientData {
			t.Errorf("the zero %T is %s", s, v)
		}
		if actions := Plan(findings, everything); len(actions) != 0 {
			t.Errorf("the zero %T is repaired with %v", s, actions)
		}
	}
}

func TestWorst(t *testing.T) {
	order := []Verdict{NotApplicable, Compliant, InsufficientData, NonCompliant}
	for i, bad := range order {
		for _, better := range order[:i+1] {
			if got := Worst([]Finding{{Verdict: better}, {Verdict: bad}, {Verdict: better}}); got != bad {
				t.Errorf("worst of %s and %s is %s", better, bad, got)
			}
		}
	}
	if got := Worst(nil); got != NotApplicable {
		t.Errorf("nothing found is %s", got)
	}
}

func ExampleCheck() {
	for _, f := range Check(Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeAccount, Mode: ModeOff}) {
		fmt.Println(f.Verdict, f.Rule, f.Subject)
	}
	// Output: NON_COMPLIANT fips-mode-default fargateFIPSMode@111122223333/us-gov-west-1
}
