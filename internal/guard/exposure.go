package guard

import (
	"fmt"
	"time"
)

// Exposure is what the settings were when a running task was launched.
type Exposure struct {
	Task     Task
	Launched Span      // of the account default
	Override string    // a principal whose override was off then
	Proven   bool      // its kernel said since that it runs in FIPS mode
	Refuted  time.Time // when a witness was launched that got a kernel without FIPS mode though it was on; zero when none was
}

// ExposureOf looks a task's launch up in the timelines, of which the first is
// the account default's.
func ExposureOf(t Task, timelines []Timeline, proven bool) Exposure {
	e := Exposure{Task: t, Proven: proven, Launched: Span{Unknown: "CloudTrail's history was not read"}}
	if t.Created.IsZero() {
		e.Launched.Unknown = "ECS does not say when it was launched"
		return e
	}
	for i, line := range timelines {
		span := line.At(t.Created)
		switch {
		case i == 0:
			e.Launched = span
		case span.Mode == ModeOff && e.Override == "":
			e.Override = line.Principal
		}
	}
	return e
}

// Subject is the task's.
func (e Exposure) Subject() string { return e.Task.Subject() }

// TaskExposed is about the settings at the time of a launch, as CloudTrail recorded them.
const TaskExposed RuleID = "task-exposed"

func taskExposed() Rule {
	return Rule{
		ID:          TaskExposed,
		Group:       GroupKernel,
		Requirement: "No running Fargate task was launched while FIPS mode was off.",
		Why:         "A running task keeps the kernel it booted with. Turning FIPS mode back on does not change it.",
		Headlines:   headlines("Task launched while FIPS mode was off", "Task may have been launched without FIPS mode"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13, CA7},
		Method:      Examine,
		Evidence:    AuditRecord,
		Remedy:      always("With FIPS mode on, replace the task: force a new deployment of its service, or stop it and run it again."),
		Doubt:       "Have its kernel checked, which settles it, or replace the task while FIPS mode is on.",
	}
}

func checkExposure(e Exposure) Finding {
	at := e.Task.Created.UTC().Format(time.RFC3339)
	off := e.Launched.Mode == ModeOff
	switch {
	case e.Proven && off && e.Launched.surely(e.Task.Created):
		return finding(TaskExposed, e, InsufficientData, fmt.Sprintf("It was launched at %s, while FIPS mode was off%s, but its kernel reports FIPS mode. The two contradict each other.", at, turnedOffBy(e.Launched.Cause)))
	case e.Proven && (off || e.Override != "" || e.Launched.Mode == ModeUnknown):
		return finding(TaskExposed, e, Compliant, "Its kernel runs in FIPS mode, whatever the setting was when it was launched.")
	case off:
		return finding(TaskExposed, e, NonCompliant, fmt.Sprintf("It was launched at %s, while FIPS mode was off%s.", at, turnedOffBy(e.Launched.Cause)))
	case e.Launched.Mode == ModeUnknown:
		return finding(TaskExposed, e, InsufficientData, fmt.Sprintf("It is unknown whether FIPS mode was on when it was launched%s.", because(e.Launched.Unknown)))
	case e.Override != "":
		return finding(TaskExposed, e, InsufficientData, fmt.Sprintf("It was launched at %s, while the override of %s was off. AWS does not document whether an override affects the tasks that its principal launches.", at, e.Override))
	}
	if !e.Refuted.IsZero() && !e.Proven {
		return finding(TaskExposed, e, InsufficientData, fmt.Sprintf("It was launched at %s, while FIPS mode was on, but a witness launched at %s got a kernel without FIPS mode all the same.", at, e.Refuted.UTC().Format(time.RFC3339)))
	}
	return finding(TaskExposed, e, Compliant, fmt.Sprintf("It was launched at %s, while FIPS mode was on.", at))
}

func turnedOffBy(c Cause) string {
	if c.EventID == "" {
		return ""
	}
	return fmt.Sprintf(" (since %s, by %s)", c.Time.UTC().Format(time.RFC3339), c.Actor.whole())
}
