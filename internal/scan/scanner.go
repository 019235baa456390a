package scan

import (
	"context"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// Account is AWS as a scan needs it, in one account and Region.
type Account interface {
	remediate.Account
	ObserveRemedy(context.Context, guard.Service, guard.ServiceRemedy) (guard.Service, error)
	Clusters(context.Context) ([]string, error)
	Workloads(ctx context.Context, clusters []string, progress func(done, total int)) ([]guard.Service, []guard.Task, error)
	Providers(ctx context.Context, clusters []string) ([]guard.CapacityProvider, error)
	Definitions(context.Context, []guard.Service, []guard.Task) ([]guard.TaskDefinition, error)
}

// Exec runs one command in one container of a task. Its errors are
// SessionErrors.
type Exec interface {
	Run(ctx context.Context, t guard.Task, c guard.Container, command string) (string, error)
}

// History is CloudTrail's record of who changed the setting.
type History interface {
	Changes(ctx context.Context, account, region string, since time.Time) (events []guard.Event, from time.Time, err error)
}

// Components reads what the guard itself is made of.
type Components interface {
	Observe(context.Context) []guard.Component
}

// Canary tries whether the enforcer receives events.
type Canary interface {
	// SendCanary makes the harmless call.
	SendCanary(context.Context) error
	// Received are the canaries that the enforcer received since a time, or why
	// that is unknown, as the end of a sentence.
	Received(ctx context.Context, since time.Time) (received []guard.Canary, unknown string)
}

// Witness launches a task that reads the kernel under it. What went wrong is in
// what it returns.
type Witness interface {
	Start(ctx context.Context, location guard.Location, by string) guard.Witness
	Wait(context.Context, guard.Witness) guard.Witness
}

// Scanner scans one account and Region. It keeps nothing between scans and is
// safe for concurrent use, though two scans at once share their containers' few
// sessions.
type Scanner struct {
	Account    Account
	Exec       Exec // nil: no kernel is read
	History    History
	Components Components                       // nil: the guard itself is not checked
	Canary     Canary                           // nil: none is sent
	Witness    Witness                          // nil: none is launched
	Policy     guard.Policy                     // of the account setting: nothing is read before that is fixed
	Workloads  func(context.Context) guard.Held // the policy that holds for all else, when a scan begins
	Class      guard.Class                      // by whose cycle kernel checks are renewed
	Now        func() time.Time
	Progress   func(stage string, done, total int) // may be nil
}

// Request is how far one scan goes.
type Request struct {
	Why      string   // what people read as the cause
	Clusters []string // names or ARNs; none means all
	Sample   int      // how many tasks' kernels are read, those read longest ago first; 0 means all
	// KernelsEnd is when the last kernel is read, which leaves time for what
	// follows. Zero means that there is no hurry.
	KernelsEnd time.Time
	Known      Known // from earlier scans
	// Canary is sent by the hourly scan only: a scan that was asked for because of
	// a call must not make one.
	Canary bool
	// Intend is told what was done about the setting, once it is fixed, and what
	// is about to be fixed of the workloads, before it is: a scan that ends in
	// between cannot tell any more. It may be nil.
	Intend func(context.Context, guard.Report)
}

// Known is what one scan knows that the next one can use.
type Known struct {
	Kernels   map[string]guard.KernelCheck // by the task's ARN; each holds as long as its task runs
	Timelines []guard.Timeline
	Canaries  []time.Time   // that were sent in the last day, the oldest first
	Witness   guard.Witness // the last one that answered; zero when none did
}

// Result is what a scan found and did.
type Result struct {
	Report guard.Report
	Known  Known
	// Failures are reads that AWS did not answer. What they would have shown is
	// in the report as INSUFFICIENT_DATA.
	Failures []error
}

// Complete reports whether everything that was asked for was read: what was not
// found there is no more.
func (r Result) Complete() bool { return len(r.Failures) == 0 }

// Unrepaired returns an error that names the fixes that another scan may make
// and that are not known to hold, or nil if there are none.
func (r Result) Unrepaired() error {
	return remediate.Unrepaired(remediate.WorthRepeating(r.Report.Unrepaired()))
}
