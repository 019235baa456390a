package localaws

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// AccountID is the account that every Account is.
const AccountID = "111122223333"

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
	observe    func(Happening)
	throttling bool
	execTime   time.Duration
	operations map[string]operation
	ids        idSource
	clock      clock
	bus        *bus

	mu      sync.Mutex // guards everything below, and the clock
	regions map[string]*region
	denied  map[string][]string // actions, by access key
	faults  []*Fault
	records []Record
	calls   []Call
	events  []json.RawMessage
	sent    []Message
	limited map[string]int // throttled calls, by operation

	sessions      map[string]*execSession  // those under way, by ID
	execUses      map[string]*ExecUse      // by container
	objectBuckets map[string]*objectBucket // of S3, by name
	logged        map[logDelivery]int      // how many of the records
	findings      []securityFinding

	server   *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	closing  chan struct{}
	close    sync.Once
}

// region is what the account keeps apart by Region.
type region struct {
	name    string
	account *settings
	own     map[string]*settings // by the principal's ARN
	buckets map[string]*bucket
	topics  map[string]bool // by ARN
	rules   []*Rule

	clusters map[string]*cluster          // by name
	families map[string][]*taskDefinition // by name, in order of revision
	tasks    []*task                      // in order of launch
	byARN    map[string]*task
	launched map[string][]*task // by the client token of RunTask
	services []*service         // in order of creation
	targets  []scalableTarget

	trails map[string]Trail  // by name
	queues map[string]*queue // by URL

	subscriptions map[string][]subscription // by the topic's ARN
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
	a := &Account{
		observe:    o.Observe,
		throttling: o.Throttling,
		execTime:   o.ExecTime,
		// A fixed seed: the same calls make the same identifiers, so that
		// simulations can be compared.
		ids:     idSource{random: rand.New(rand.NewPCG(1, 2))},
		clock:   clock{base: o.Now, changed: make(chan struct{}, 1)},
		regions: map[string]*region{},
		denied:  map[string][]string{},
		limited: map[string]int{},
		closing: make(chan struct{}),

		sessions:      map[string]*execSession{},
		execUses:      map[string]*ExecUse{},
		objectBuckets: map[string]*objectBucket{},
		logged:        map[logDelivery]int{},
	}
	a.bus = newBus(o.Concurrency, o.RetryDelays, a.delivered)
	a.operations = a.allOperations()
	for _, name := range Regions() {
		a.regions[name] = newRegion(name)
		a.regions[name].addOrganizationTrail(a.clock.now())
	}
	return a
}

// Regions are those that the account is in: the two of GovCloud.
func Regions() []string { return []string{"us-gov-east-1", "us-gov-west-1"} }

func newRegion(name string) *region {
	r := &region{
		name:     name,
		account:  newSettings(),
		own:      map[string]*settings{},
		buckets:  newBuckets(),
		topics:   map[string]bool{},
		clusters: map[string]*cluster{},
		families: map[string][]*taskDefinition{},
		launched: map[string][]*task{},
		byARN:    map[string]*task{},
		trails:   map[string]Trail{},
		queues:   map[string]*queue{},

		subscriptions: map[string][]subscription{},
	}
	// As the console makes it: with Fargate, but without a default strategy.
	r.addCluster("default", createClusterInput{CapacityProviders: []string{"FARGATE", "FARGATE_SPOT"}})
	return r
}

// Start listens on a TCP address and serves until Close. It may be called
// once. Whether the address is one that strangers can reach is the caller's to
// decide.
func (a *Account) Start(addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	a.listener = listener
	a.server = &http.Server{Handler: a, ConnState: a.track, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	a.serving.Add(1)
	go func() {
		defer a.serving.Done()
		// Serve returns http.ErrServerClosed after Close, and otherwise an
		// error that every client sees as a refused connection.
		_ = a.server.Serve(listener)
	}()
	return nil
}

// Endpoint is the URL for AWS_ENDPOINT_URL. It is empty before Start.
func (a *Account) Endpoint() string {
	if a.listener == nil {
		return ""
	}
	return "http://" + a.listener.Addr().String()
}

// Close stops serving, cancels invocations under way, drops those that wait,
// and returns when all have ended. What was recorded can still be read.
func (a *Account) Close() error {
	var err error
	a.close.Do(func() {
		close(a.closing)
		if a.server != nil {
			err = a.server.Close()
		}
		a.bus.stop()
		a.serving.Wait()
	})
	return err
}

// Drain waits until every event delivered so far has been answered, retries
// and dead letters included, and so have the events that those answers caused.
// It returns early with the context's error.
func (a *Account) Drain(ctx context.Context) error { return a.bus.drain(ctx) }
