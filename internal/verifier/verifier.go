package verifier

import (
	"context"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Account is AWS as the verifier needs it: hands and eyes in one account and
// Region.
type Account interface {
	Apply(context.Context, guard.Remediation) guard.Outcome
	ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error)
	ObserveRemedy(context.Context, guard.Service, guard.ServiceRemedy) (guard.Service, error)
	Clusters(context.Context) ([]string, error)
	Workloads(ctx context.Context, clusters []string, progress func(done, total int)) ([]guard.Service, []guard.Task, error)
	Definitions(context.Context, []guard.Service, []guard.Task) ([]guard.TaskDefinition, error)
}

// Exec runs one command in one container; *ecsexec.Client does.
type Exec interface {
	Run(ctx context.Context, target ecsexec.Target, command string) (string, error)
}

// History is CloudTrail's memory of who changed the setting.
type History interface {
	Changes(ctx context.Context, account, region string, since time.Time) (events []guard.Event, from time.Time, err error)
}

// Parts looks at the guard itself.
type Parts interface {
	Observe(context.Context) []guard.Component
}

// Verifier looks. It keeps nothing between looks and is safe for concurrent
// use, though two looks at once share their containers' few sessions.
type Verifier struct {
	Account      Account
	Exec         Exec // nil: no container is asked
	History      History
	Parts        Parts // nil: the guard itself is not looked at
	Policy       guard.Policy
	PolicyFaults []string // why the policy document was refused, when Policy is not its
	Now          func() time.Time
	Progress     func(stage string, done, total int) // may be nil
	// Intend is told what is about to be corrected, before it is: a look that
	// ends in between cannot tell any more. It may be nil.
	Intend func(context.Context, guard.Report)
}

// Request is how far one look goes.
type Request struct {
	Why      string   // what people read as the cause
	Clusters []string // names or ARNs; none means all
	Sample   int      // how many tasks are asked, those whose proof is the oldest first; 0 means all
	// ProofsEnd is when the last container is asked, which leaves time for what
	// follows. Zero means that there is no hurry.
	ProofsEnd time.Time
	Known     Memory
}

// Memory is what an earlier look found out.
type Memory struct {
	Proofs    map[string]guard.KernelCheck // by the task's ARN
	Timelines []guard.Timeline
}

// Seen is what a look found and did.
type Seen struct {
	Report guard.Report
	evidence.Scope
	// Failures are reads that AWS did not answer. What they would have shown is
	// in the report as INSUFFICIENT_DATA.
	Failures []error
}

// complete reports whether everything that was looked for was seen: what was
// not found there is no more.
func (s Seen) complete() bool { return len(s.Failures) == 0 }

func (v *Verifier) progress(stage string) func(done, total int) {
	return func(done, total int) {
		if v.Progress != nil {
			v.Progress(stage, done, total)
		}
	}
}
