package enforcer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// functionTime is how long the stack lets the enforcer work.
const functionTime = 60 * time.Second

// entry is a way into the enforcer, with what it has to put right.
type entry struct {
	name  string
	enter func(context.Context, *Enforcer) error
	fixed func(*guardtest.Account) bool
	needs []string // without these it cannot be put right
}

func entries(t *testing.T) []entry {
	modeOn := func(a *guardtest.Account) bool { return a.Default == guard.ModeOn }
	respond := func(event string, age time.Duration) func(context.Context, *Enforcer) error {
		return func(ctx context.Context, e *Enforcer) error {
			return e.Respond(ctx, location, happened(recorded(t, event), time.Now().Add(-age)))
		}
	}
	look := func(why string) func(context.Context, *Enforcer) error {
		return func(ctx context.Context, e *Enforcer) error { return e.CheckSetting(ctx, location, why) }
	}
	return []entry{
		{"setting event", respond("setting-default-off", time.Second), modeOn, []string{put}},
		{"late setting event", respond("setting-default-off", 6*time.Hour), modeOn, []string{put}},
		{"minute", func(ctx context.Context, e *Enforcer) error { return e.EveryMinute(ctx, location) }, modeOn, []string{put}},
		{"workload event", respond("definition-arm64-response-omitted", time.Second), func(a *guardtest.Account) bool { return a.Revisions[1].Inactive }, []string{describe, deregister}},
		{"deployment", look("fipsguard deployed"), modeOn, []string{put}},
	}
}

// TestFaults is a dependency at fault, at each entry, with a policy that is
// valid or refused. Whatever is at fault, what does not need it is put right at
// once; somebody is told unless alerts cannot go out; and what was not put
// right or not told is an error, in time.
func TestFaults(t *testing.T) {
	const publish = "sns:Publish"
	cells := map[string]func(*testing.T) []string{}
	for _, en := range entries(t) {
		for _, dependency := range []string{publish, list, put, describe, deregister} {
			for _, fault := range guardtest.Faults() {
				for _, policy := range []string{"valid", "faulty"} {
					if dependency == publish && fault == guardtest.Garbage {
						continue // SNS's answer says nothing that is needed
					}
					name := fmt.Sprintf("%s, %s %s, policy %s", en.name, dependency, fault, policy)
					cells[name] = func(t *testing.T) []string { return playFault(t, en, dependency, fault, policy == "faulty") }
				}
			}
		}
	}
	guardtest.Matrix(t, nil, cells)
}

func playFault(t *testing.T, en entry, dependency string, fault guardtest.Fault, faulty bool) (wrong []string) {
	account := &watched{Account: workloads(arm), fixed: en.fixed, start: time.Now()}
	account.Default = guard.ModeOff
	account.Faults[dependency] = fault
	in := &slowInbox{fault: account.Faults["sns:Publish"]}
	e, _, _ := newGuard(account.Account)
	e.Account, e.Notifier, e.Now = account, in, time.Now
	if faulty {
		refuse(e)
	}
	ctx, cancel := context.WithTimeout(t.Context(), functionTime)
	defer cancel()
	err := en.enter(ctx, e)
	late := time.Since(account.start) >= functionTime && fault != guardtest.Hangs

	needed := slices.Contains(en.needs, dependency)
	stopped := fault != guardtest.Slow
	silenced := dependency == "sns:Publish" && stopped
	check := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	check(!late, "it works longer than it may")
	if !(needed && stopped) {
		check(en.fixed(account.Account), "it is not put right")
	}
	if !needed {
		check(account.after <= 3*time.Second, "it is put right only after %s", account.after)
	}
	check(silenced || in.told, "nobody is told")
	check(en.fixed(account.Account) || !in.fixed, "people are told that it is fixed, and it is not")
	if silenced || needed && stopped && fault != guardtest.Garbage {
		check(err != nil, "no error is returned, so that nobody tries again")
	}
	return wrong
}

// watched notes how long it takes until what is wrong is put right.
type watched struct {
	*guardtest.Account
	fixed func(*guardtest.Account) bool
	start time.Time
	after time.Duration
}

func (w *watched) Apply(ctx context.Context, action guard.Remediation) guard.Outcome {
	was := w.fixed(w.Account)
	outcome := w.Account.Apply(ctx, action)
	if !was && w.fixed(w.Account) {
		w.after = time.Since(w.start)
	}
	return outcome
}

// slowInbox is where alerts arrive, through a topic at fault.
type slowInbox struct {
	fault guardtest.Fault
	told  bool // of something else than the policy
	fixed bool // somebody was told that it is fixed
}

func (i *slowInbox) Publish(ctx context.Context, m alert.Message) error {
	if err := i.fault.Happen(ctx); err != nil {
		return errors.Join(errBroken, err)
	}
	i.fixed = i.fixed || strings.Contains(string(m.JSON), `"DONE"`)
	i.told = i.told || m.Attributes["rule"] != string(guard.GuardPolicy)
	return nil
}
