// Package guardtest is an account for tests: what AWS keeps of one account and
// Region, in memory, with the calls that were made of it. Decisions are tested
// against it, the wire against the simulated account of localaws.
package guardtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/guard"
)

// AccountID and Region are the account's and its Region.
const (
	AccountID = "111122223333"
	Region    = "us-gov-west-1"
)

// Account is one account in one Region. A test sets its fields before it is
// used, and may read and change them while no call is under way.
type Account struct {
	Clock             time.Time
	Default           guard.Mode
	Overrides         map[string]guard.Mode  // by the principal's ARN
	Revisions         []guard.TaskDefinition // the oldest first
	Services          []guard.Service
	Tasks             []guard.Task
	CapacityProviders []guard.CapacityProvider
	Cluster           string             // the only one
	Kernels           map[string]string  // what containers print, by task ARN and name: "1\r\n" if nothing else is said
	Sessions          map[string][]error // how the next sessions in a container fail
	SessionTime       time.Duration      // how long a session takes by the account's clock
	Faults            map[string]Fault   // by call, as IAM writes it, or EveryRead or EveryWrite

	mu       sync.Mutex
	calls    []Call
	sessions []string
}

// Call is one call that was made.
type Call struct{ API, Subject string }

// New is an account whose FIPS mode is on, with nothing in it.
func New(now time.Time) *Account {
	return &Account{
		Clock: now, Default: guard.ModeOn, Overrides: map[string]guard.Mode{},
		Kernels: map[string]string{}, Sessions: map[string][]error{}, Faults: map[string]Fault{},
	}
}

// Now returns the time by the account's clock.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Clock
}

// Calls returns the calls that were made, in order.
func (a *Account) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// APIs returns the names of the calls that were made, in order.
func (a *Account) APIs() []string {
	var names []string
	for _, c := range a.Calls() {
		names = append(names, c.API)
	}
	return names
}

// Writes returns the calls that were made to change something, in order.
func (a *Account) Writes() []Call {
	return slices.DeleteFunc(a.Calls(), func(c Call) bool { return !changes(c.API) })
}

// Asked returns the containers in which a session was opened, in order.
func (a *Account) Asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sessions)
}

// State is everything that calls can change, in one order.
func (a *Account) State() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var lines []string
	for _, d := range a.Revisions {
		lines = append(lines, fmt.Sprintln(d.ARN, "inactive", d.Inactive))
	}
	for _, t := range a.Tasks {
		lines = append(lines, fmt.Sprintln(t.ARN, t.LastStatus, t.DesiredStatus))
	}
	for _, s := range a.Services {
		lines = append(lines, fmt.Sprintln(s.ARN, s.Definition.ARN, s.DesiredCount))
	}
	slices.Sort(lines)
	return fmt.Sprintln("default", a.Default, "overrides", a.Overrides) + strings.Join(lines, "")
}

// Apply makes a remediation's call.
func (a *Account) Apply(ctx context.Context, action guard.Remediation) guard.Outcome {
	outcome := guard.Outcome{Remediation: action, Result: guard.Answered, Detail: "AWS answered"}
	if _, ok := action.Call.(guard.PutAccountSettingDefault); ok {
		outcome.Result = guard.Unconfirmed
	}
	if err := a.begin(ctx, action.Call.API(), action.Subject); err != nil {
		outcome.Result, outcome.Detail = resultOf(err), err.Error()
		outcome.At = a.Now()
		return outcome
	}
	garbage := a.fault(action.Call.API()) == Garbage
	a.mu.Lock()
	defer a.mu.Unlock()
	outcome.At = a.Clock
	if garbage {
		outcome.Result = guard.Unconfirmed
		return outcome
	}
	a.change(action.Call)
	return outcome
}

func (a *Account) change(call guard.Call) {
	switch call := call.(type) {
	case guard.PutAccountSettingDefault:
		a.Default = guard.ParseMode(call.Value)
	case guard.PutAccountSetting:
		a.Overrides[call.PrincipalARN] = guard.ParseMode(call.Value)
	case guard.DeregisterTaskDefinition:
		if d := a.definition(call.TaskDefinition); d != nil {
			d.Inactive = true
		}
	case guard.StopTask:
		if t := find(a.Tasks, func(t guard.Task) bool { return t.ARN == call.Task }); t != nil {
			t.DesiredStatus = "STOPPED"
		}
	case guard.RollBackService:
		if s, d := a.service(call.Service), a.definition(call.TaskDefinition); s != nil && d != nil {
			s.Definition = *d
		}
	case guard.ScaleServiceToZero:
		if s := a.service(call.Service); s != nil {
			s.DesiredCount = 0
		}
	}
}

// find returns the first of a list that fits, or nil.
func find[T any](list []T, fits func(T) bool) *T {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return &list[i]
	}
	return nil
}

func (a *Account) definition(arn string) *guard.TaskDefinition {
	return find(a.Revisions, func(d guard.TaskDefinition) bool { return d.ARN == arn })
}

func (a *Account) service(arn string) *guard.Service {
	return find(a.Services, func(s guard.Service) bool { return s.ARN == arn })
}
