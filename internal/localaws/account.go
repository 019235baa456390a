package localaws

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"fipsguard/internal/localaws/autoscaling"
	"fipsguard/internal/localaws/cloudtrail"
	"fipsguard/internal/localaws/ecr"
	"fipsguard/internal/localaws/ecs"
	"fipsguard/internal/localaws/eventbridge"
	"fipsguard/internal/localaws/kernel"
	"fipsguard/internal/localaws/kms"
	"fipsguard/internal/localaws/logs"
	"fipsguard/internal/localaws/s3"
	"fipsguard/internal/localaws/securityhub"
	"fipsguard/internal/localaws/sns"
	"fipsguard/internal/localaws/sqs"
	"fipsguard/internal/localaws/ssm"
)

// AccountID is the account that every Account is.
const AccountID = kernel.AccountID

// Options say how an account behaves. The zero value is a plain account on the
// wall clock.
type Options struct {
	// Now is the clock under the account's own, which Advance sets forward.
	// A constant makes the account's time stand still between Advances.
	// Default time.Now.
	Now func() time.Time
	// Throttling switches on the token buckets of ECS and CloudTrail. They refill on the
	// account's clock: where that stands still, only by Advance and Sleep.
	Throttling bool
	// Concurrency is how many invocations run at the same time; 1 keeps them
	// in the order of their events. Default 10.
	Concurrency int
	// RetryDelays are the waits, in real time, before each further attempt of
	// a failed invocation. Lambda makes two, after one and two minutes.
	// Default 10 and 20 milliseconds.
	RetryDelays []time.Duration
	// ExecTime is how long a session of ECS Exec lasts at least, in real time.
	// In AWS it is a second. Default 0.
	ExecTime time.Duration
	// Seed is of identifiers: accounts with the same one make the same.
	Seed uint64
	// Forgets lets an account of tens of thousands of calls fit into memory: Calls,
	// Events and Published are empty, and Observe alone hears what happens. What
	// AWS keeps, it keeps.
	Forgets bool
	// Lifelike lets calls and events take about the time that they take in AWS,
	// which promises none.
	Lifelike Lifelike
	// Front stands before the account and answers what is no call of AWS. May be
	// nil.
	Front func(account http.Handler) http.Handler
	// Observe receives what happens, in order, as it happens. It is called one
	// at a time, must return soon and must not use the account.
	Observe func(Activity)
}

// Account is the account: the kernel and the services on it. It is safe for
// concurrent use.
type Account struct {
	*kernel.Kernel
	*autoscaling.Targets
	*cloudtrail.CloudTrail
	*ecr.Registry
	*ecs.ECS
	*eventbridge.Bus
	*kms.Keys
	*logs.Groups
	*s3.Buckets
	*ssm.Parameters
	*securityhub.Hub
	*sns.Topics
	*sqs.Queues
}

// New makes an account with nothing in it but its principals and, in each
// Region, a cluster named default and a trail.
func New(o Options) *Account {
	o = o.withDefaults()
	k := kernel.New(kernel.Options{
		Now: o.Now, Throttling: o.Throttling, Principals: Everyone().all(), Seed: o.Seed, CallTime: o.Lifelike.callTime(), Front: o.Front, Forgets: o.Forgets,
	})
	bus := eventbridge.New(k, eventbridge.Options{
		Concurrency: o.Concurrency, RetryDelays: o.RetryDelays, Function: guard, Travel: o.travel(),
		Published: func(t time.Time, event json.RawMessage) { o.Observe(Activity{Time: t, Event: event}) },
		Delivered: func(d Delivery) { o.Observe(Activity{Time: d.Time, Delivery: &d}) },
	})
	buckets := s3.New(k)
	trail := cloudtrail.New(k, bus.Publish, func(bucket string, files []cloudtrail.LogFile) error {
		return buckets.Put(bucket, objects(files))
	})
	k.Hooks = kernel.Hooks{
		Called: func(c Call) { o.Observe(Activity{Time: c.Time, Call: &c}) },
		Record: trail.Record, Flush: bus.Flush, Drain: bus.Drain, Stop: bus.Stop,
	}
	k.Serve(identity(k))
	queues := sqs.New(k, sqs.Options{
		Go:        bus.Go,
		Delivered: func(d Received) { o.Observe(Activity{Time: k.Clock.Now(), Received: &d}) },
	})
	tasks := ecs.New(k, ecs.Options{Publish: bus.Publish, Command: command, Exits: exits, ExecTime: o.ExecTime})
	return &Account{
		Kernel:     k,
		Targets:    autoscaling.New(k),
		CloudTrail: trail,
		ECS:        tasks,
		Registry:   ecr.New(k),
		Bus:        bus,
		Keys:       kms.New(k),
		Groups:     logs.New(k),
		Buckets:    buckets,
		Parameters: ssm.New(k, tasks.SessionOperations()),
		Hub:        securityhub.New(k),
		Topics:     sns.New(k, func(m Message) { o.Observe(Activity{Time: m.Time, Message: &m}) }, queues.Deliver),
		Queues:     queues,
	}
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Concurrency < 1 {
		o.Concurrency = 10
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{10 * time.Millisecond, 20 * time.Millisecond}
	}
	if o.Observe == nil {
		o.Observe = func(Activity) {}
	}
	return o
}

// objects are log files as a trail puts them into a bucket.
func objects(files []cloudtrail.LogFile) []Object {
	var all []Object
	for _, f := range files {
		all = append(all, Object{Key: f.Key, Body: f.Gzipped, ContentType: "application/json", ContentEncoding: "gzip"})
	}
	return all
}

// command is what the containers of an account print: they have a cat and
// their kernel's files.
func command(command string, fips bool) (output string, ok bool) {
	switch {
	case command != "cat /proc/sys/crypto/fips_enabled":
		return "", false
	case fips:
		return "1\r\n", true
	}
	return "0\r\n", true
}

// exits is the exit code of the one image of an account whose program ends by
// itself: it says what its kernel is.
func exits(image string, fips bool) (code int32, ends bool) {
	switch {
	case !strings.Contains(image, "/fipsguard-witness@sha256:"):
		return 0, false
	case fips:
		return 0, true
	}
	return 10, true
}
