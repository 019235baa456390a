package simulation

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
	"fipsguard/internal/verifier"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Region is where simulations run.
const Region = "us-gov-west-1"

// location is the account and Region of every simulation.
func location() guard.Location { return guard.Location{Account: localaws.AccountID, Region: Region} }

// Activity is one thing that happened in the account.
type Activity = localaws.Activity

// Principal is someone who calls AWS.
type Principal = localaws.Principal

// people are who can do something in a scenario.
func people() map[string]Principal {
	all := localaws.Everyone()
	return map[string]Principal{
		"administrator": all.Admin, "application": all.Application, "guard": all.Guard, "pipeline": all.Terraform, "root": all.Root,
	}
}

// effect is what goes wrong with a call or an event.
type effect = localaws.Effect

func callEffects() map[string]effect {
	return map[string]effect{
		"throttles": localaws.Throttle, "denies": localaws.DenyAccess, "fails": localaws.ServerError, "drops": localaws.DropConnection,
	}
}

func eventEffects() map[string]effect {
	return map[string]effect{
		"loses": localaws.LoseEvent, "duplicates": localaws.DuplicateEvent, "reorders": localaws.ReorderEvent,
	}
}

// Account is a simulated AWS account with the guard attached, as the stack
// attaches it to a real one.
type Account struct {
	AWS    *localaws.Account
	People localaws.Principals
	// SigningKey is the ARN of a KMS key with which the administrator may sign; empty
	// until DeployDrill.
	SigningKey string

	policy guard.Policy
	sleep  func(context.Context, time.Duration) error
	tool   evidence.Tool // as which the verifier reports
	failed string        // URL of the queue of failed events

	scanning sync.Mutex // one scan at a time
	verifier *verifier.Verifier

	mu         sync.Mutex
	reports    []evidence.Document // of the verifier's scans
	activities []Activity
	watches    []func(Activity) // called as it happens
	keeps      bool             // remembers activities, as a story needs and an account that goes on must not
	hidden     bool             // what happens now is not part of the scenario
}

// Front answers what is no call of AWS, before an account.
type Front func(a *Account, aws http.Handler) http.Handler

// lead is how long an account has been there when it is up. FIPS mode is on for
// the first half of it: what is launched in the same second would be unknown.
// In the second half, tasks start.
const lead = 4 * time.Minute

// Serve starts a simulated account at an address, in real time, with the guard
// attached, its setting checked every minute, FIPS mode on, and a service that
// runs two tasks.
func Serve(ctx context.Context, address string, policy guard.Policy, tool evidence.Tool, front Front) (*Account, error) {
	var a *Account
	a = newAccount(policy, localaws.Options{
		Now:  func() time.Time { return time.Now().Add(-lead) },
		Seed: uint64(time.Now().UnixNano()), Lifelike: localaws.Waiting,
		Front: func(aws http.Handler) http.Handler { return front(a, aws) },
	})
	a.sleep, a.tool, a.keeps = sleepInRealTime, tool, false
	a.hide(true) // until someone can see it
	defer a.hide(false)
	if err := a.start(ctx, address); err != nil {
		return a, err
	}
	err := errors.Join(a.DeployDrill(ctx), a.AWS.Sleep(ctx, lead/2), a.Do(ctx,
		"The pipeline registers the task definition web.",
		"The pipeline creates the service web with two tasks and ECS Exec.",
	), a.AWS.Advance(ctx, lead/2))
	if err != nil {
		return a, errors.Join(err, a.AWS.Close())
	}
	return a, nil
}

// Start starts a simulated account on loopback, in simulated time, in which
// the guard's waits end at once, with the guard attached and FIPS mode on.
func Start(ctx context.Context, policy guard.Policy, o Options) (*Account, error) {
	return start(ctx, policy, o, localaws.Options{Forgets: o.Forgets})
}

// start starts an account of which nobody waits for anything.
func start(ctx context.Context, policy guard.Policy, o Options, how localaws.Options) (*Account, error) {
	how.Now, how.Concurrency = o.Now, 1
	a := newAccount(policy, how)
	a.sleep, a.tool, a.keeps = a.AWS.Sleep, o.Tool, !o.Forgets
	return a, a.start(ctx, "127.0.0.1:0")
}

func newAccount(policy guard.Policy, options localaws.Options) *Account {
	a := &Account{People: localaws.Everyone(), policy: policy, keeps: true}
	options.Observe = a.add
	a.AWS = localaws.New(options)
	return a
}

func (a *Account) start(ctx context.Context, address string) error {
	if err := a.AWS.Start(address); err != nil {
		return err
	}
	if err := a.attach(ctx); err != nil {
		return errors.Join(err, a.AWS.Close())
	}
	a.forget()
	return nil
}

// configFor lets the AWS SDK call the account as a principal.
func (a *Account) configFor(p localaws.Principal) aws.Config { return a.AWS.Config(p, Region) }

// marked is configFor the guard's own calls, which carry its name, as those of
// the deployed functions do.
func (a *Account) marked(p localaws.Principal) aws.Config {
	config := a.configFor(p)
	config.AppID = product.Name
	return config
}

// as is ECS in the hands of a principal.
func (a *Account) as(p localaws.Principal) *ecs.Client { return ecs.NewFromConfig(a.configFor(p)) }

// Watch calls a function with each activity from now on, as it happens. It must
// return soon and must not use the account.
func (a *Account) Watch(watch func(Activity)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watches = append(a.watches, watch)
}

func (a *Account) add(activity Activity) {
	a.mu.Lock()
	if a.hidden {
		a.mu.Unlock()
		return
	}
	if a.keeps {
		a.activities = append(a.activities, activity)
	}
	watches := a.watches
	a.mu.Unlock()
	for _, watch := range watches {
		watch(activity)
	}
}

// report keeps a scan's report.
func (a *Account) report(d evidence.Document) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.keeps {
		a.reports = nil
	}
	a.reports = append(a.reports, d)
}

// Shown is what is in the account's Region.
func (a *Account) Shown() localaws.Shown { return a.AWS.Show(Region) }

// LastReport is the report of the last scan, if there was one.
func (a *Account) LastReport() (evidence.Document, bool) {
	report, err := a.lastReport()
	return report, err == nil
}

// scanned are the reports of all scans, in order.
func (a *Account) scanned() []evidence.Document {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.reports)
}

// seen is what happened since the last forget.
func (a *Account) seen() []Activity {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.activities)
}

func (a *Account) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.activities = nil
}

// unseen lets someone read the account without a trace in the scenario.
func (a *Account) unseen(read func() error) error {
	a.hide(true)
	defer a.hide(false)
	return read()
}

func (a *Account) hide(hidden bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hidden = hidden
}

// inject lets something go wrong with the next calls or events of someone.
func (a *Account) inject(said phrase) {
	a.AWS.Inject(localaws.Fault{
		Operation: said.call, Caller: said.who.AccessKeyID, Times: max(said.number, 1), Effect: said.effect,
	})
}

// setTrail lets the account's trail log or not.
func (a *Account) setTrail(logging bool) error {
	return a.AWS.SetTrail(Region, localaws.Trail{
		Name: "organization", Bucket: "organization-trail", Logging: logging, ReadWriteType: "All", Management: true,
	})
}

// removeCat lets the containers of a task answer as those without cat do.
func (a *Account) removeCat(task string) error {
	return a.AWS.SetExec(task, localaws.Exec{Failure: `exec: "cat": executable file not found in $PATH`})
}

// deadLetters are the attempts after which each event was given up.
func (a *Account) deadLetters() []int {
	var attempts []int
	for _, letter := range a.AWS.DeadLetters() {
		attempts = append(attempts, letter.Attempts)
	}
	for _, letter := range a.AWS.Letters(a.failed) {
		attempts = append(attempts, letter.Receives)
	}
	return attempts
}

// Alerts are those that the on-call got.
func (r Result) Alerts() []localaws.Message { return alerts(r.Activities) }

// alerts are the messages among the activities.
func alerts(activities []Activity) []localaws.Message {
	var messages []localaws.Message
	for _, activity := range activities {
		if activity.Message != nil {
			messages = append(messages, *activity.Message)
		}
	}
	return messages
}
