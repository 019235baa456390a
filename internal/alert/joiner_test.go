package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// topic takes what is published.
type topic struct {
	mu        sync.Mutex
	published []*sns.PublishInput
	broken    bool
	before    func() // called while a message is on its way
}

func (p *topic) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	if p.before != nil {
		p.before()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return nil, errors.New("no answer")
	}
	p.published = append(p.published, in)
	return &sns.PublishOutput{}, nil
}

func (p *topic) texts() []string {
	var list []string
	for _, in := range p.published {
		list = append(list, variant(in, "email"))
	}
	return list
}

func variant(in *sns.PublishInput, protocol string) string {
	var variants map[string]string
	if err := json.Unmarshal([]byte(aws.ToString(in.Message)), &variants); err != nil {
		return err.Error()
	}
	return variants[protocol]
}

// told is how many alerts the published messages tell of.
func (p *topic) told(t *testing.T) int {
	t.Helper()
	n := 0
	for _, in := range p.published {
		counts := struct {
			Joined, JoinedOthers struct{ Count int }
		}{}
		if err := json.Unmarshal([]byte(variant(in, "sqs")), &counts); err != nil {
			t.Fatal(err)
		}
		n += 1 + counts.Joined.Count + counts.JoinedOthers.Count
	}
	return n
}

func notify(t *testing.T, n *Notifier, r guard.Report, now time.Time) bool {
	t.Helper()
	sent, err := n.Notify(context.Background(), r, now)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func TestFlappingIsJoined(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	flap := kinds()["default-repaired"]
	var sent []bool
	for _, e := range []struct {
		minute int
		actor  string
	}{{0, "user terraform"}, {1, "user terraform"}, {5, "role Admin, session joe"}, {14, "user terraform"}, {16, "user terraform"}, {17, "user terraform"}, {40, "user terraform"}, {60, "user terraform"}} {
		flap.Cause.Actor.Name, flap.Cause.Time = e.actor, at.Add(time.Duration(e.minute)*time.Minute)
		sent = append(sent, notify(t, n, flap, flap.Cause.Time))
	}
	if want := []bool{true, false, false, false, true, false, true, true}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	texts := p.texts()
	for i, wants := range map[int][]string{
		1: {"3 more like it, from 2026-11-02T10:16:30Z to 2026-11-02T10:29:30Z", "- 2 by user terraform", "- 1 by role Admin, session joe", "- 3 about fargateFIPSMode@"},
		2: {"1 more like it, at 2026-11-02T10:32:30Z"},
	} {
		for _, want := range wants {
			if !strings.Contains(texts[i], want) {
				t.Errorf("no %q in:\n%s", want, texts[i])
			}
		}
	}
	for _, i := range []int{0, 3} {
		if strings.Contains(texts[i], "more like it") {
			t.Errorf("alert %d tells of others where none were counted:\n%s", i, texts[i])
		}
	}
	if !strings.Contains(*p.published[1].Subject, " +3 joined") {
		t.Errorf("the summary's subject does not count: %s", *p.published[1].Subject)
	}
}

// TestWhatLooksOtherwiseGoesOutAtOnce: another outcome, another severity,
// another setting, another rule, another principal.
func TestWhatLooksOtherwiseGoesOutAtOnce(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	all := kinds()
	other := override
	other.Principal += "-2"
	all["other-override"] = report("PutAccountSetting", other, guard.Done, "")
	alike := all["override-and-default"]
	alike.Outcomes = slices.Clone(alike.Outcomes)
	alike.Outcomes[1].Result = guard.Failed
	all["override-and-failed-default"] = alike
	order := []string{
		"default-repaired", "default-failed", "default-unconfirmed", "default-audited", "default-refused", "default-unknown", "deleted-repaired",
		"override-repaired", "other-override", "override-human-needed", "override-and-default", "override-and-failed-default",
		"definition-deregistered", "definition-exempt", "task-stopped", "service-reported", "policy-document-refused",
	}
	for _, want := range []bool{true, false} {
		for _, kind := range order {
			if got := notify(t, n, all[kind], at); got != want {
				t.Errorf("%s: sent %t, want %t", kind, got, want)
			}
		}
	}
}

func TestAStormIsAFewAlerts(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	for i := range 500 {
		notify(t, n, report("RegisterTaskDefinition", definitionNumber(i), guard.Done, ""), at.Add(time.Duration(i)*2*time.Second))
	}
	if got := len(p.published); got != 2 {
		t.Errorf("500 violations in 1000 seconds make %d alerts, want 2", got)
	}
	for _, want := range []string{"449 more like it", "- 439 about others"} {
		if last := p.texts()[1]; !strings.Contains(last, want) {
			t.Errorf("no %q in the summary:\n%s", want, last)
		}
	}
}

func TestOnlyTheNoteworthyIsSent(t *testing.T) {
	p := &topic{}
	on := account
	on.Mode = guard.ModeOn
	r := report("PutAccountSettingDefault", on, guard.Done, "")
	r.Expiring = []guard.Exemption{exemption}
	if notify(t, NewNotifier(p, "topic"), r, at) || len(p.published) > 0 {
		t.Error("an alert without news was sent")
	}
}

func TestWhatCouldNotBeSentIsToldNextTime(t *testing.T) {
	p := &topic{broken: true}
	n := NewNotifier(p, "topic")
	r := kinds()["default-repaired"]
	fails := func(now time.Time) {
		t.Helper()
		if sent, err := n.Notify(context.Background(), r, now); err == nil || sent {
			t.Fatalf("a broken topic takes alerts: sent %t", sent)
		}
	}
	fails(at)
	if len(n.joiner.streaks) != 0 {
		t.Error("an alert that was never sent is remembered as sent")
	}
	p.broken = false
	if !notify(t, n, r, at.Add(time.Second)) {
		t.Error("the second attempt is not sent")
	}
	notify(t, n, r, at.Add(time.Minute))
	n.joiner.others = stormTally()
	p.broken = true
	fails(at.Add(time.Hour))
	fails(at.Add(2 * time.Hour))
	p.broken = false
	if !notify(t, n, r, at.Add(3*time.Hour)) {
		t.Error("the summary is not sent")
	}
	for _, want := range []string{"1 more like it", "12 alerts of other kinds", "- 2 by others"} {
		if last := p.texts()[1]; !strings.Contains(last, want) {
			t.Errorf("the summary that failed lost %q:\n%s", want, last)
		}
	}
}

// TestOneOnItsWayIsEnough: what comes while the first alert is being published
// is counted, and told of even when that one fails.
func TestOneOnItsWayIsEnough(t *testing.T) {
	for _, broken := range []bool{false, true} {
		p := &topic{broken: broken}
		n := NewNotifier(p, "topic")
		r := kinds()["default-repaired"]
		p.before = func() {
			p.before = nil
			if notify(t, n, r, at.Add(time.Second)) {
				t.Error("a second one is sent while the first is on its way")
			}
		}
		if sent, err := n.Notify(context.Background(), r, at); sent == broken || (err != nil) != broken {
			t.Errorf("sent %t, error %v", sent, err)
		}
		p.broken = false
		if got := notify(t, n, r, at.Add(2*time.Second)); got != broken {
			t.Errorf("after a first alert that failed (%t) the next is sent: %t", broken, got)
		}
		if want := map[bool]int{false: 1, true: 2}[broken]; p.told(t) != want {
			t.Errorf("%d alerts are told of, want %d", p.told(t), want)
		}
	}
}

func TestAClockThatStepsBackDoesNotSilence(t *testing.T) {
	n := NewNotifier(&topic{}, "topic")
	r := kinds()["default-repaired"]
	if !notify(t, n, r, at) || notify(t, n, r, at.Add(-time.Minute)) || !notify(t, n, r, at.Add(-time.Hour)) {
		t.Error("a clock that stepped back an hour silences alerts for an hour")
	}
}

// overrideNumber makes a kind of its own.
func overrideNumber(i int) guard.Report {
	s := override
	s.Principal = fmt.Sprintf("%s-%d", s.Principal, i)
	return report("PutAccountSetting", s, guard.Done, "")
}

func TestKindsBeyondTheBoundAreCountedTogether(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	notified := 0
	tell := func(i int, now time.Time) {
		notify(t, n, overrideNumber(i), now)
		notified++
	}
	tell(0, at.Add(2*time.Second)) // the newest, but with nothing counted
	for i := 1; i < maxKeys; i++ {
		tell(i, at.Add(time.Second))
		tell(i, at.Add(time.Second)) // counted
	}
	tell(maxKeys, at.Add(2*time.Second)) // takes the place of number 0
	if texts := p.texts(); strings.Contains(texts[len(texts)-1], "of other kinds") {
		t.Error("a kind with a count had to go while one without could")
	}
	for i := range 5 {
		tell(maxKeys, at.Add(2*time.Second)) // every kind has a count now
		tell(maxKeys+1+i, at.Add(3*time.Second))
		tell(maxKeys+1+i, at.Add(3*time.Second))
	}
	if got := len(n.joiner.streaks); got != maxKeys {
		t.Errorf("%d kinds are kept, want %d", got, maxKeys)
	}
	counted := n.joiner.others.count
	for _, s := range n.joiner.streaks {
		counted += s.counted.count
	}
	if told := p.told(t); told+counted != notified {
		t.Errorf("%d are told of and %d counted, of %d", told, counted, notified)
	}
}

// TestOneOnItsWayStays: its place is not given away before it is settled.
func TestOneOnItsWayStays(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	p.before = func() {
		p.before = nil
		for i := range maxKeys + 5 {
			notify(t, n, overrideNumber(i), at.Add(time.Second))
		}
		if notify(t, n, kinds()["default-repaired"], at.Add(time.Second)) {
			t.Error("a second one is sent while the first is on its way")
		}
	}
	notify(t, n, kinds()["default-repaired"], at)
	if got := len(n.joiner.streaks); got != maxKeys {
		t.Errorf("%d kinds are kept, want %d", got, maxKeys)
	}
}

// TestNothingIsLostTogether hammers a notifier whose topic fails now and then.
func TestNothingIsLostTogether(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	var wait sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for worker := range 8 {
		wait.Go(func() {
			for i := range 400 {
				if i%50 == 0 {
					p.mu.Lock()
					p.broken = worker%2 == 0
					p.mu.Unlock()
				}
				_, err := n.Notify(context.Background(), overrideNumber((worker*37+i)%1500), at.Add(time.Duration(i)*10*time.Second))
				if err == nil {
					mu.Lock()
					accepted++
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	counted := n.joiner.others.count
	for _, s := range n.joiner.streaks {
		counted += s.counted.count
		if s.sending {
			t.Error("an alert is on its way for ever")
		}
	}
	if told := p.told(t); told+counted != accepted {
		t.Errorf("%d are told of and %d counted, of %d", told, counted, accepted)
	}
	if got := len(n.joiner.streaks); got > maxKeys+8 {
		t.Errorf("%d kinds are kept", got)
	}
}
