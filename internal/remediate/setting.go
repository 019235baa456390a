package remediate

import (
	"context"
	"time"

	"fipsguard/internal/guard"
)

const (
	// firstRead is what a reading before the repair may take. One that does not
	// answer is no reason not to write.
	firstRead = 2 * time.Second
	// readBack is what a reading after it may take: one attempt that hangs, and
	// another one.
	readBack = 10 * time.Second
)

// Occasion is what a repair of the setting begins with: what an event recorded,
// or nothing but the wish to know.
type Occasion struct {
	Location guard.Location
	Recorded []guard.Finding // by an event; none without one
	// Fresh: the event has just happened and was not answered yet. It is
	// believed, so that the repair does not wait for a reading.
	Fresh bool
	// Careful makes no call that nothing shows to be needed, also when the
	// setting cannot be read.
	Careful bool
}

// Setting is what became of the account setting.
type Setting struct {
	Before   []guard.Finding // what was read before anything was done; none where an event was believed
	Outcomes []guard.Outcome // confirmed by what was read last
	Read     []guard.Finding // what the first reading after the fix showed, the account default first; without a fix it is Before
	Default  guard.Setting   // the account default as it was read last
	Err      error           // why it could not be read
	At       time.Time       // when the first reading was over
}

// First is what the first reading showed, the account default first.
func (s Setting) First() []guard.Finding {
	if s.Before != nil {
		return s.Before
	}
	return s.Read
}

// FixSetting is the one way in which the setting is fixed, whatever the reason:
// an event, the minute, a scan, a deployment. It decides from a fresh event or
// from one reading, fixes what is off, and reads back. Callers do everything
// else after it.
func (l Loop) FixSetting(ctx context.Context, o Occasion) Setting {
	planned := guard.Plan(o.Recorded, l.Policy)
	if o.Fresh && len(planned) > 0 {
		return l.write(ctx, o.Location, nil, planned, Setting{})
	}
	s := l.read(ctx, o.Location, firstRead)
	s.Before = s.Read
	return l.write(ctx, o.Location, s.Before, l.needed(planned, s, o.Careful), s)
}

// needed is what a reading leaves of what an event asks for, and what it adds.
// A value that could not be read is written all the same, to be safe.
func (l Loop) needed(planned []guard.Remediation, s Setting, careful bool) []guard.Remediation {
	needed := guard.Plan(s.Before, l.Policy)
	for _, r := range planned {
		if _, def := r.Call.(guard.PutAccountSettingDefault); !def {
			needed = append(needed, others([]guard.Remediation{r}, needed)...) // no reading shows an override
		}
	}
	if s.Before[0].Verdict == guard.InsufficientData && !careful {
		// What policy does not allow is not worth a word: nothing is known to be wrong.
		allowed, _ := l.Policy.Allow([]guard.Remediation{{
			Rule: s.Before[0].Rule, Subject: s.Before[0].Subject, Unseen: true,
			Call: guard.PutAccountSettingDefault{Name: guard.SettingName, Value: "enabled"},
		}}, l.Now())
		needed = append(needed, allowed...)
	}
	return needed
}

// write makes calls, and reads back if any was made. A reading that shows more
// than was known before, such as a default that was off all along behind a
// deleted override, is fixed and read back once more.
func (l Loop) write(ctx context.Context, at guard.Location, before []guard.Finding, planned []guard.Remediation, s Setting) Setting {
	allowed, outcomes := l.Policy.Allow(planned, l.Now())
	if len(allowed) == 0 && s.Read != nil {
		s.Outcomes = outcomes
		return s
	}
	outcomes = append(outcomes, l.apply(ctx, allowed)...)
	first := s.At
	s = l.read(ctx, at, readBack)
	if s.Before = before; before != nil {
		s.At = first
	}
	if further := others(guard.Plan(s.Read, l.Policy), planned); s.Err == nil && len(further) > 0 {
		more, refused := l.Policy.Allow(further, l.Now())
		outcomes = append(append(outcomes, refused...), l.apply(ctx, more)...)
		again := l.read(ctx, at, readBack)
		s.Default, s.Err = again.Default, again.Err
	}
	for _, o := range outcomes {
		s.Outcomes = append(s.Outcomes, guard.Confirm(o, s.Default))
	}
	return s
}

// ReadSetting reads the account default once more.
func (l Loop) ReadSetting(ctx context.Context, at guard.Location) (guard.Setting, error) {
	s := l.read(ctx, at, readBack)
	return s.Default, s.Err
}

// read reads the setting within a time.
func (l Loop) read(ctx context.Context, at guard.Location, within time.Duration) Setting {
	ctx, cancel := Within(ctx, within)
	defer cancel()
	seen := guard.Seen{How: guard.Configured, At: l.Now().UTC()}
	observed, err := l.Account.ObserveSetting(ctx, at.Account, at.Region)
	s, _ := observed[0].(guard.Setting)
	return Setting{Read: guard.SeenAt(l.Policy.Evaluate(guard.CheckAll(observed)), seen), Default: s, Err: err, At: l.Now()}
}

// Within bounds what is done by a time, and by half of what is left: there is
// always time for what follows.
func Within(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		most = min(most, time.Until(deadline)/2)
	}
	return context.WithTimeout(ctx, most)
}

// others are the remediations that were not planned before.
func others(remediations, before []guard.Remediation) []guard.Remediation {
	made := map[guard.Call]bool{}
	for _, r := range before {
		made[r.Call] = true
	}
	var rest []guard.Remediation
	for _, r := range remediations {
		if !made[r.Call] {
			rest = append(rest, r)
		}
	}
	return rest
}
