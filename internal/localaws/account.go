package localaws

import (
	"encoding/json"
	"maps"
	"time"

	"fipsguard/internal/localaws/autoscaling"
	"fipsguard/internal/localaws/cloudtrail"
	"fipsguard/internal/localaws/eventbridge"
	"fipsguard/internal/localaws/kernel"
	"fipsguard/internal/localaws/s3"
	"fipsguard/internal/localaws/securityhub"
	"fipsguard/internal/localaws/sns"
	"fipsguard/internal/localaws/sqs"
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
	// Observe is told what happens, in order, as it happens. It is called one
	// at a time, must return soon and must not use the account.
	Observe func(Happening)
}

// Account is the account. It is safe for concurrent use.
type Account struct {
	*kernel.Kernel
	*autoscaling.Targets
	*cloudtrail.CloudTrail
	*eventbridge.Bus
	*s3.Buckets
	*securityhub.Hub
	*sns.Topics
	*sqs.Queues
	execTime time.Duration

	// The kernel's lock guards everything below.
	regions map[kernel.Region]*region

	sessions map[string]*execSession // those under way, by ID
	execUses map[string]*ExecUse     // by container
}

// region is what the account keeps apart by Region.
type region struct {
	kernel.Region
	account *settings
	own     map[string]*settings // by the principal's ARN

	clusters map[string]*cluster          // by name
	families map[string][]*taskDefinition // by name, in order of revision
	tasks    []*task                      // in order of launch
	byARN    map[string]*task
	launched map[string][]*task // by the client token of RunTask
	services []*service         // in order of creation

}

// New makes an account with nothing in it but its principals and, in each
// Region, a cluster named default.
func New(o Options) *Account {
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
		o.Observe = func(Happening) {}
	}
	all := Everyone()
	a := &Account{
		Kernel: kernel.New(kernel.Options{
			Now: o.Now, Throttling: o.Throttling,
			Principals: []Principal{all.Admin, all.Application, all.Root, all.Terraform, all.Guard},
		}),
		execTime: o.ExecTime,
		regions:  map[kernel.Region]*region{},

		sessions: map[string]*execSession{},
		execUses: map[string]*ExecUse{},
	}
	a.Targets = autoscaling.New(a.Kernel)
	a.Buckets = s3.New(a.Kernel)
	a.Hub = securityhub.New(a.Kernel)
	a.Topics = sns.New(a.Kernel, func(m Message) { o.Observe(Happening{Time: m.Time, Message: &m}) })
	a.Queues = sqs.New(a.Kernel)
	a.Bus = eventbridge.New(a.Kernel, eventbridge.Options{
		Concurrency: o.Concurrency, RetryDelays: o.RetryDelays, Function: guard,
		Published: func(t time.Time, event json.RawMessage) { o.Observe(Happening{Time: t, Event: event}) },
		Delivered: func(d Delivery) { o.Observe(Happening{Time: d.Time, Delivery: &d}) },
	})
	a.CloudTrail = cloudtrail.New(a.Kernel, a.Publish, a.putLogFiles)
	a.Hooks = kernel.Hooks{
		Called: func(c Call) { o.Observe(Happening{Time: c.Time, Call: &c}) },
		Record: a.Record, Flush: a.Flush, Drain: a.Drain, Stop: a.Stop,
	}
	for _, s := range a.services() {
		a.Serve(s)
	}
	a.ServePath(channelPath, a.serveChannel)
	for _, name := range kernel.Regions() {
		a.regions[name] = newRegion(name)
	}
	return a
}

// Regions are those that the account is in: the two of GovCloud.
func Regions() []string { return []string{"us-gov-east-1", "us-gov-west-1"} }

func newRegion(name kernel.Region) *region {
	r := &region{
		Region:   name,
		account:  newSettings(),
		own:      map[string]*settings{},
		clusters: map[string]*cluster{},
		families: map[string][]*taskDefinition{},
		launched: map[string][]*task{},
		byARN:    map[string]*task{},
	}
	// As the console makes it: with Fargate, but without a default strategy.
	r.addCluster("default", createClusterInput{CapacityProviders: []string{"FARGATE", "FARGATE_SPOT"}})
	return r
}

// putLogFiles puts CloudTrail's log files into a bucket.
func (a *Account) putLogFiles(bucket string, files []cloudtrail.LogFile) error {
	var objects []Object
	for _, f := range files {
		objects = append(objects, Object{Key: f.Key, Body: f.Gzipped, ContentType: "application/json", ContentEncoding: "gzip"})
	}
	return a.Put(bucket, objects)
}

// services are the account's.
func (a *Account) services() []kernel.Service {
	return []kernel.Service{
		{Name: "ecs", Recorded: true, Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AmazonEC2ContainerServiceV20141113"}, Operations: merged(
			a.settingOperations(), a.definitionOperations(), a.clusterOperations(), a.taskOperations(),
			a.serviceOperations(), a.taskSetOperations(), a.execOperations(),
		)},
		{Name: "ssm", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AmazonSSM"}, Operations: a.sessionOperations()},
		identity(),
	}
}

func merged(parts ...map[string]kernel.Operation) map[string]kernel.Operation {
	all := map[string]kernel.Operation{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// call is a request with what the account keeps of its Region.
type call struct {
	*kernel.Request
	region *region
}

// input makes an operation of a function that takes a call's parameters in a
// struct.
func input[In, Out any](a *Account, f func(*call, In) (Out, error)) func(*kernel.Request) (any, error) {
	return kernel.With(func(r *kernel.Request, in In) (Out, error) { return f(a.call(r), in) })
}

func (a *Account) call(r *kernel.Request) *call { return &call{r, a.regions[kernel.Region(r.Region)]} }
