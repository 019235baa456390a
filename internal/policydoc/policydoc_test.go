package policydoc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

var start = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// versions is a store: the document's texts, the oldest first. "!" cannot be
// read.
type versions struct {
	texts []string
	down  bool
	reads []int64
	late  bool // a read had more time than all reads may take
}

func (v *versions) Read(ctx context.Context, version int64) (Document, error) {
	v.reads = append(v.reads, version)
	if end, limited := ctx.Deadline(); !limited || time.Until(end) > readTime {
		v.late = true
	}
	if version == 0 {
		version = int64(len(v.texts))
	}
	switch {
	case v.down:
		return Document{}, errors.New("it does not answer")
	case version < 1:
		return Document{}, ErrNone
	case v.texts[version-1] == "!":
		return Document{}, errors.New("that one does not answer")
	}
	return Document{Text: v.texts[version-1], Version: version}, nil
}

const (
	audits  = `{"version":1,"rules":{"task-definition-platform":"audit"}}`
	enforce = `{"version":1,"rules":{"task-running-platform":"enforce"}}`
	broken  = `{"version":1,"rules":{"task-running-platform":"on"}}`
)

// TestWhatHolds: the newest version, or the last good one, or nothing for
// workloads; what could not be read is told from what is not there. The account
// setting is enforced whatever the document is.
func TestWhatHolds(t *testing.T) {
	many := func(n int, text string) []string { return strings.Split(strings.Repeat(text+"\n", n), "\n")[:n] }
	for name, c := range map[string]struct {
		texts       []string
		down        bool
		mode        guard.PolicyMode // of the deployment
		version     int64
		definition  guard.PolicyMode // of task-definition-platform
		running     guard.PolicyMode // of task-running-platform
		reads       int
		faults      int
		says        string // in the last of them
		settingMode guard.PolicyMode
		basis       guard.Basis
	}{
		"the newest":                     {texts: []string{audits, enforce}, version: 2, definition: guard.Enforce, running: guard.Enforce, reads: 1},
		"the newest, and audit":          {texts: []string{audits, enforce}, mode: guard.Audit, version: 2, definition: guard.Audit, running: guard.Audit, reads: 1, settingMode: guard.Audit},
		"the newest is broken":           {texts: []string{audits, broken}, version: 1, definition: guard.Audit, running: guard.Audit, reads: 2, faults: 1, says: `version 2, line 1, column 47: task-running-platform is "on"`},
		"three are broken":               {texts: []string{enforce, broken, "{", ""}, version: 1, definition: guard.Enforce, running: guard.Enforce, reads: 4, faults: 1, says: "version 4, line 1, column 1: the text ends"},
		"ten are broken":                 {texts: append([]string{audits}, many(furthestBack, broken)...), version: 1, definition: guard.Audit, running: guard.Audit, reads: furthestBack + 1, faults: 1, says: "version 11, line"},
		"more are broken":                {texts: append([]string{enforce}, many(furthestBack+1, broken)...), definition: guard.Audit, running: guard.Audit, reads: furthestBack + 1, faults: 2, says: "no version from 2 on is good", basis: guard.WithoutDocument},
		"all are broken":                 {texts: many(3, broken), definition: guard.Audit, running: guard.Audit, reads: 3, faults: 2, says: "no version from 1 on is good", basis: guard.WithoutDocument},
		"the one before does not answer": {texts: []string{enforce, "!", broken}, definition: guard.Audit, running: guard.Audit, reads: 2, faults: 2, says: "version 2 could not be read: that one does not answer", basis: guard.DocumentUnread},
		"deleted":                        {definition: guard.Audit, running: guard.Audit, reads: 1, faults: 1, says: "it could not be read: there is no such parameter", basis: guard.WithoutDocument},
		"down":                           {texts: []string{enforce}, down: true, definition: guard.Audit, running: guard.Audit, reads: 1, faults: 1, says: "it could not be read: it does not answer", basis: guard.DocumentUnread},
		"down, and audit":                {texts: []string{enforce}, down: true, mode: guard.Audit, definition: guard.Audit, running: guard.Audit, reads: 1, faults: 1, says: "it does not answer", settingMode: guard.Audit},
	} {
		t.Run(name, func(t *testing.T) {
			store := &versions{texts: c.texts, down: c.down}
			if c.mode == "" {
				c.mode, c.settingMode = guard.Enforce, guard.Enforce
			}
			s := Source{Store: store, Mode: c.mode, Now: func() time.Time { return start }}
			held := s.Held(t.Context())
			modes := held.Policy.Modes
			if held.Version != c.version || modes[guard.TaskDefinitionPlatform] != c.definition || modes[guard.TaskRunningPlatform] != c.running || modes[guard.FIPSModeDefault] != c.settingMode {
				t.Errorf("version %d holds: %v", held.Version, modes)
			}
			if held.Policy.Basis != c.basis {
				t.Errorf("the policy rests on %d, want %d", held.Policy.Basis, c.basis)
			}
			if len(store.reads) != c.reads || store.late {
				t.Errorf("the versions %v were read, want %d, in bounded time", store.reads, c.reads)
			}
			if len(held.Faults) != c.faults || c.faults > 0 && !strings.Contains(held.Faults[len(held.Faults)-1], c.says) {
				t.Errorf("people are told %q", held.Faults)
			}
		})
	}
}

// TestAChangeHoldsWithinAMinute, whatever it is: changed, broken, deleted, back.
// Within it nothing is read twice.
func TestAChangeHoldsWithinAMinute(t *testing.T) {
	store, now := &versions{texts: []string{audits}}, start
	s := Source{Store: store, Mode: guard.Enforce, Now: func() time.Time { return now }}
	var held []string
	note := func() {
		h := s.Held(t.Context())
		held = append(held, fmt.Sprintf("version %d: %s, %d faults", h.Version, h.Policy.Modes[guard.TaskDefinitionPlatform], len(h.Faults)))
	}
	note()
	for _, change := range []func(){
		func() { store.texts = append(store.texts, enforce) },
		func() { store.texts = append(store.texts, broken) },
		func() { store.texts = nil },
		func() { store.texts = []string{audits} },
		func() { store.down = true },
		func() { store.down = false },
	} {
		change()
		now = now.Add(time.Minute)
		note()
	}
	want := []string{
		"version 1: audit, 0 faults", "version 2: enforce, 0 faults", "version 2: enforce, 1 faults", "version 0: audit, 1 faults",
		"version 1: audit, 0 faults", "version 0: audit, 1 faults", "version 1: audit, 0 faults",
	}
	if diff := cmp.Diff(want, held); diff != "" {
		t.Errorf("what held (-want +got):\n%s", diff)
	}
	store.reads = nil
	for range 60 {
		s.Held(t.Context())
		now = now.Add(time.Second)
	}
	if len(store.reads) > 2 {
		t.Errorf("in a minute it was read %d times", len(store.reads))
	}
}

// TestAFreezeEndsByItself, and an exemption: nothing is read, and nothing needs
// to be done.
func TestAFreezeEndsByItself(t *testing.T) {
	store, now := &versions{texts: []string{`{"version":1,"freezes":[{"rules":["task-definition-platform"],"reason":"release","approver":"jane.doe","expires":"2026-11-26T09:00:30Z"}]}`}}, start
	s := Source{Store: store, Mode: guard.Enforce, Now: func() time.Time { return now }}
	deregister := guard.Remediation{Rule: guard.TaskDefinitionPlatform, Subject: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:1"}
	stop := guard.Remediation{Rule: guard.TaskLaunchPlatform, Subject: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/default/1"}
	for _, c := range []struct {
		at      time.Duration
		allowed int
		says    string
	}{
		{0, 1, "Change freeze until 2026-11-26: release (approved by jane.doe)."},
		{29 * time.Second, 1, "Change freeze until 2026-11-26: release (approved by jane.doe)."},
		{30 * time.Second, 2, ""},
		{24 * time.Hour, 2, ""},
	} {
		now = start.Add(c.at)
		allowed, refused := s.Held(t.Context()).Policy.Allow([]guard.Remediation{deregister, stop}, now)
		says := ""
		for _, o := range refused {
			says += o.Detail
		}
		if len(allowed) != c.allowed || says != c.says {
			t.Errorf("after %s, %d fixes are allowed, and %q", c.at, len(allowed), says)
		}
	}
}

// TestTheSettingIsNeverFrozen: a freeze of all rules leaves it out.
func TestTheSettingIsNeverFrozen(t *testing.T) {
	store := &versions{texts: []string{`{"version":1,"freezes":[{"reason":"release","approver":"jane.doe","expires":"2026-12-31"}]}`}}
	s := Source{Store: store, Mode: guard.Enforce, Now: func() time.Time { return start }}
	setting := guard.Remediation{Rule: guard.FIPSModeOverride, Subject: guard.SettingName + "@111122223333/us-gov-west-1"}
	stop := guard.Remediation{Rule: guard.TaskLaunchPlatform, Subject: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/default/1"}
	allowed, refused := s.Held(t.Context()).Policy.Allow([]guard.Remediation{setting, stop}, start)
	if len(allowed) != 1 || allowed[0].Rule != guard.FIPSModeOverride || len(refused) != 1 {
		t.Errorf("allowed are %v, refused %v", allowed, refused)
	}
}
