package dedup

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

// sender sends what a Joiner admits, as the enforcer does.
type sender struct {
	Joiner
	mu     sync.Mutex
	sent   []guard.Report
	broken bool
	before func() // called while a report is on its way
}

// send reports whether a report went out, and whether it got lost on the way.
func (s *sender) send(r guard.Report, now time.Time) (sent, failed bool) {
	with, send := s.Admit(r, now)
	if !send {
		return false, false
	}
	if s.before != nil {
		s.before()
	}
	s.mu.Lock()
	sent = !s.broken
	if sent {
		s.sent = append(s.sent, with)
	}
	s.mu.Unlock()
	s.Settle(with, sent, now)
	return sent, !sent
}

func (s *sender) sends(t *testing.T, r guard.Report, now time.Time) bool {
	t.Helper()
	sent, failed := s.send(r, now)
	if failed {
		t.Fatal("the report got lost on the way")
	}
	return sent
}

// reported is how many reports those that went out account for.
func (s *sender) reported() int {
	n := 0
	for _, r := range s.sent {
		n += 1 + r.Joined.Count + r.JoinedOthers.Count
	}
	return n
}

// counted is how many reports wait to be accounted for.
func (s *sender) counted() int {
	n := s.others.count
	for _, kind := range s.streaks {
		n += kind.counted.count
	}
	return n
}

func TestFlappingIsJoined(t *testing.T) {
	var s sender
	flap := turnedOff()
	var sent []bool
	for _, minute := range []int{0, 1, 5, 14, 16, 17, 40, 60} {
		flap.Cause.Time = at.Add(time.Duration(minute) * time.Minute)
		sent = append(sent, s.sends(t, flap, flap.Cause.Time))
	}
	if want := []bool{true, false, false, false, true, false, true, true}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	one := func(n int) guard.Tally {
		return guard.Tally{
			Count:    n,
			Actors:   []guard.Counted{{Name: "role Admin, session jane.doe", Count: n}},
			Subjects: []guard.Counted{{Name: "fargateFIPSMode@111122223333/us-gov-west-1", Count: n}},
		}
	}
	three, last := one(3), one(1)
	three.First, three.Last = at.Add(time.Minute), at.Add(14*time.Minute)
	last.First, last.Last = at.Add(17*time.Minute), at.Add(17*time.Minute)
	for i, want := range []guard.Tally{{}, three, last, {}} {
		got := s.sent[i].Joined
		if want.Count == 0 && got.Count == 0 {
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("alert %d counts otherwise (-want +got):\n%s", i, diff)
		}
	}
}

// TestWhatNobodyIsKnownToHaveDoneIsNotJoined: the next one may be anyone's. What
// could not be read is.
func TestWhatNobodyIsKnownToHaveDoneIsNotJoined(t *testing.T) {
	for name, c := range map[string]struct {
		state guard.Setting
		want  bool
	}{"read as off": {account, true}, "not read": {guard.Setting{Account: account.Account, Region: account.Region, Scope: guard.ScopeAccount, Unknown: "no answer"}, false}} {
		var s sender
		for minute := range 3 {
			now := at.Add(time.Duration(minute) * time.Minute)
			r := guard.Report{Cause: guard.Cause{EventName: "checked every minute", Time: now, Actor: guard.Actor{Name: "fipsguard"}}, Findings: guard.Check(c.state)}
			if sent := s.sends(t, r, now); minute > 0 && sent != c.want {
				t.Errorf("%s: another one a minute later is sent: %t, want %t", name, sent, c.want)
			}
		}
	}
}

// TestEveryoneWhoTurnsItOffIsNamed: two people within 15 minutes are two
// alerts, each of which names one of them; the same one again is a count.
func TestEveryoneWhoTurnsItOffIsNamed(t *testing.T) {
	for name, off := range map[string]guard.Report{
		"the account default": turnedOff(),
		"an override":         overrideNumber(1),
		"it is deleted":       report("DeleteAccountSetting", deleted, guard.Done),
	} {
		t.Run(name, func(t *testing.T) {
			var s sender
			jane, joe, joesUser := off, off, off
			joe.Cause.Actor = guard.Actor{Name: "role Admin, session joe", ARN: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/joe"}
			joesUser.Cause.Actor = guard.Actor{Name: "role Admin, session joe", ARN: "arn:aws-us-gov:sts::999999999999:assumed-role/Admin/joe"}
			for i, r := range []guard.Report{jane, joe, jane, joe, joesUser} {
				r.Cause.Time = at.Add(time.Duration(i) * time.Minute)
				s.sends(t, r, r.Cause.Time)
			}
			var named []string
			for _, r := range s.sent {
				named = append(named, r.Cause.Actor.ARN)
			}
			if diff := cmp.Diff([]string{jane.Cause.Actor.ARN, joe.Cause.Actor.ARN, joesUser.Cause.Actor.ARN}, named); diff != "" {
				t.Errorf("alerts name others (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAStormOfWorkloadsIsJoinedWhoeverMakesIt: who registers hundreds of task
// definitions is counted, not alerted one by one.
func TestAStormOfWorkloadsIsJoinedWhoeverMakesIt(t *testing.T) {
	var s sender
	for i := range 12 {
		r := definitionNumber(i)
		r.Cause.Actor.Name = []string{"user a", "user b"}[i%2]
		s.sends(t, r, at.Add(time.Duration(i)*time.Second))
	}
	if len(s.sent) != 1 {
		t.Errorf("%d alerts", len(s.sent))
	}
}

// TestWhatLooksOtherwiseGoesOutAtOnce: another outcome, another severity,
// another setting, another rule, another principal.
func TestWhatLooksOtherwiseGoesOutAtOnce(t *testing.T) {
	const put, putOverride, register = "PutAccountSettingDefault", "PutAccountSetting", "RegisterTaskDefinition"
	other := override
	other.Principal += "-2"
	two := both(report(putOverride, override, guard.RefusedByAWS), report(putOverride, account, guard.Done))
	alike := two
	alike.Outcomes = slices.Clone(alike.Outcomes)
	alike.Outcomes[1].Result = guard.Failed
	var s sender
	for _, want := range []bool{true, false} {
		for i, r := range []guard.Report{
			report(put, account, guard.Done), report(put, account, guard.Failed), report(put, account, guard.Unconfirmed),
			report(put, account, guard.RefusedByPolicy), report(put, account, guard.RefusedByAWS), report(put, unknown, guard.Done),
			report("DeleteAccountSetting", deleted, guard.Done),
			report(putOverride, override, guard.Done), report(putOverride, other, guard.Done), report(putOverride, override, guard.RefusedByAWS),
			two, alike,
			report(register, definition, guard.Done), report(register, definition, guard.RefusedByPolicy),
			report("ECS Task State Change", task, guard.Done), report("UpdateService", service, guard.Done),
			report("policy document read", guard.PolicyDocument{Faults: []string{"no JSON"}}, guard.Done),
			report("policy document read", guard.PolicyDocument{Faults: []string{"there is no such parameter"}}, guard.Done),
		} {
			if got := s.sends(t, r, at); got != want {
				t.Errorf("number %d, %s: sent %t, want %t", i, r.Cause.EventName, got, want)
			}
		}
	}
}

func TestAStormIsAFewAlerts(t *testing.T) {
	var s sender
	for i := range 500 {
		s.sends(t, definitionNumber(i), at.Add(time.Duration(i)*2*time.Second))
	}
	if got := len(s.sent); got != 2 {
		t.Fatalf("500 violations in 1000 seconds make %d alerts, want 2", got)
	}
	if last := s.sent[1].Joined; last.Count != 449 || last.OtherSubjects != 439 {
		t.Errorf("the summary counts %d alerts, %d of them about others", last.Count, last.OtherSubjects)
	}
}

func TestWhatCouldNotBeSentIsReportedNextTime(t *testing.T) {
	s := sender{broken: true}
	r := turnedOff()
	fails := func(now time.Time) {
		t.Helper()
		if sent, failed := s.send(r, now); sent || !failed {
			t.Fatalf("a broken topic takes alerts: sent %t", sent)
		}
	}
	fails(at)
	if len(s.streaks) != 0 {
		t.Error("an alert that was never sent is remembered as sent")
	}
	s.broken = false
	if !s.sends(t, r, at.Add(time.Second)) {
		t.Error("the second attempt is not sent")
	}
	s.sends(t, r, at.Add(time.Minute))
	s.others = otherKinds()
	s.broken = true
	fails(at.Add(time.Hour))
	fails(at.Add(2 * time.Hour))
	s.broken = false
	if !s.sends(t, r, at.Add(3*time.Hour)) {
		t.Error("the summary is not sent")
	}
	if last := s.sent[1]; last.Joined.Count != 1 || last.JoinedOthers.Count != 12 || last.JoinedOthers.OtherActors != 2 {
		t.Errorf("the summary that failed lost something: %+v, %+v", last.Joined, last.JoinedOthers)
	}
}

// TestOneOnItsWayIsEnough: what comes while the first alert is being sent is
// counted, and reported even when that one fails.
func TestOneOnItsWayIsEnough(t *testing.T) {
	for _, broken := range []bool{false, true} {
		s := sender{broken: broken}
		r := turnedOff()
		s.before = func() {
			s.before = nil
			if s.sends(t, r, at.Add(time.Second)) {
				t.Error("a second one is sent while the first is on its way")
			}
		}
		if sent, failed := s.send(r, at); sent == broken || failed != broken {
			t.Errorf("sent %t, failed %t", sent, failed)
		}
		s.broken = false
		if got := s.sends(t, r, at.Add(2*time.Second)); got != broken {
			t.Errorf("after a first alert that failed (%t) the next is sent: %t", broken, got)
		}
		if want := map[bool]int{false: 1, true: 2}[broken]; s.reported() != want {
			t.Errorf("%d alerts are reported, want %d", s.reported(), want)
		}
	}
}

func TestAClockThatStepsBackDoesNotSilence(t *testing.T) {
	var s sender
	r := turnedOff()
	if !s.sends(t, r, at) || s.sends(t, r, at.Add(-time.Minute)) || !s.sends(t, r, at.Add(-time.Hour)) {
		t.Error("a clock that stepped back an hour silences alerts for an hour")
	}
}

func TestKindsBeyondTheBoundAreCountedTogether(t *testing.T) {
	var s sender
	happened := 0
	happens := func(i int, now time.Time) {
		s.sends(t, overrideNumber(i), now)
		happened++
	}
	happens(0, at.Add(2*time.Second)) // the newest, but with nothing counted
	for i := 1; i < maxKeys; i++ {
		happens(i, at.Add(time.Second))
		happens(i, at.Add(time.Second)) // counted
	}
	happens(maxKeys, at.Add(2*time.Second)) // takes the place of number 0
	if s.sent[len(s.sent)-1].JoinedOthers.Count > 0 {
		t.Error("a kind with a count had to go while one without could")
	}
	for i := range 5 {
		happens(maxKeys, at.Add(2*time.Second)) // every kind has a count now
		happens(maxKeys+1+i, at.Add(3*time.Second))
		happens(maxKeys+1+i, at.Add(3*time.Second))
	}
	if got := len(s.streaks); got != maxKeys {
		t.Errorf("%d kinds are kept, want %d", got, maxKeys)
	}
	if reported, counted := s.reported(), s.counted(); reported+counted != happened {
		t.Errorf("%d are reported and %d counted, of %d", reported, counted, happened)
	}
}

// TestOneOnItsWayStays: its place is not given away before it is settled.
func TestOneOnItsWayStays(t *testing.T) {
	var s sender
	s.before = func() {
		s.before = nil
		for i := range maxKeys + 5 {
			s.sends(t, overrideNumber(i), at.Add(time.Second))
		}
		if s.sends(t, turnedOff(), at.Add(time.Second)) {
			t.Error("a second one is sent while the first is on its way")
		}
	}
	s.sends(t, turnedOff(), at)
	if got := len(s.streaks); got != maxKeys {
		t.Errorf("%d kinds are kept, want %d", got, maxKeys)
	}
}

// TestNothingIsLostTogether hammers a joiner whose topic fails now and then.
func TestNothingIsLostTogether(t *testing.T) {
	var s sender
	var wait sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for worker := range 8 {
		wait.Go(func() {
			for i := range 400 {
				if i%50 == 0 {
					s.mu.Lock()
					s.broken = worker%2 == 0
					s.mu.Unlock()
				}
				if _, failed := s.send(overrideNumber((worker*37+i)%1500), at.Add(time.Duration(i)*10*time.Second)); !failed {
					mu.Lock()
					accepted++
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	for _, kind := range s.streaks {
		if kind.sending != nil {
			t.Error("an alert is on its way for ever")
		}
	}
	if reported, counted := s.reported(), s.counted(); reported+counted != accepted {
		t.Errorf("%d are reported and %d counted, of %d", reported, counted, accepted)
	}
	if got := len(s.streaks); got > maxKeys+8 {
		t.Errorf("%d kinds are kept", got)
	}
}

// TestATallyIsBounded whatever it counts, and keeps no name that could forge a
// line.
func TestATallyIsBounded(t *testing.T) {
	var counted tally
	for i := range 500 {
		r := definitionNumber(i)
		r.Cause.Actor.Name = strings.Repeat("\x1b", i) + strings.Repeat("x", 2000)
		counted.add(r, at)
	}
	sum := counted.sum()
	if sum.Count != 500 || len(sum.Actors) != maxCounted || len(sum.Subjects) != maxCounted {
		t.Errorf("%d alerts, %d actors, %d subjects", sum.Count, len(sum.Actors), len(sum.Subjects))
	}
	for _, a := range sum.Actors {
		if len([]rune(a.Name)) > maxCountedName+1 || strings.Contains(a.Name, "\x1b") {
			t.Errorf("an actor's name is kept as %.20q with %d bytes", a.Name, len(a.Name))
		}
	}
}
