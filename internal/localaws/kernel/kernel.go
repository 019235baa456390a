// Package kernel is what the services of a simulated AWS account have in
// common: wire protocols, the clock, identifiers, principals, faults, throttles
// and the log of calls. It knows no service.
package kernel

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say how a kernel behaves.
type Options struct {
	Now        func() time.Time // the clock under the account's own
	Throttling bool             // switches on the token buckets
	Principals []Principal      // who can call
	Seed       uint64           // of identifiers: accounts with the same one make the same
	CallTime   time.Duration    // how long a call takes, by which the clock is set forward
	Forgets    bool             // keeps no list of what happened, which hooks heard
	Front      func(http.Handler) http.Handler
}

// Hooks are what the kernel leaves to others. All are set before Start, and
// all but Drain and Stop are called with the lock held.
type Hooks struct {
	Called func(Call)                  // a call was done
	Record func(*Request, any, *Error) // a call that is recorded, with its answer or failure
	Flush  func()                      // start what calls and timers have caused
	Drain  func(context.Context) error // wait until that is done
	Stop   func()                      // end what is under way
}

// Kernel is what the services of an account have in common. Its lock guards the state of all
// services, and everything here whose comment says so.
type Kernel struct {
	sync.Mutex
	Clock Clock
	IDs   IDs
	Hooks Hooks

	throttling bool
	forgets    bool
	callTime   time.Duration
	front      func(http.Handler) http.Handler
	principals []Principal
	services   []Service
	paths      map[string]http.HandlerFunc // by prefix

	denied  map[string][]string // actions, by access key
	faults  []*Fault
	calls   []Call
	buckets map[bucketKey]*bucket
	limited map[string]int // throttled calls, by operation

	server   *http.Server
	listener net.Listener
	memory   *memory // the listener, without a network
	serving  sync.WaitGroup
	closing  chan struct{}
	close    sync.Once
}

// New makes a kernel without services.
func New(o Options) *Kernel {
	return &Kernel{
		throttling: o.Throttling,
		forgets:    o.Forgets,
		principals: o.Principals,
		callTime:   o.CallTime,
		front:      o.Front,
		// The same calls make the same identifiers, so that simulations can be
		// compared.
		IDs:     IDs{random: rand.New(rand.NewPCG(1, 2+o.Seed))},
		Clock:   Clock{base: o.Now, changed: make(chan struct{}, 1)},
		paths:   map[string]http.HandlerFunc{},
		denied:  map[string][]string{},
		buckets: map[bucketKey]*bucket{},
		limited: map[string]int{},
		closing: make(chan struct{}),
	}
}

// Forgets is whether the account keeps no list of what happened.
func (k *Kernel) Forgets() bool { return k.forgets }

// Serve adds a service. All are added before Start.
func (k *Kernel) Serve(s Service) { k.services = append(k.services, s) }

// ServePath adds what answers the requests of paths with a prefix, which are
// no calls of an API. Close waits for it.
func (k *Kernel) ServePath(prefix string, handler http.HandlerFunc) { k.paths[prefix] = handler }

// Start listens on a TCP address and serves until Close. It may be called
// once. Whether the address is one that strangers can reach is the caller's to
// decide.
func (k *Kernel) Start(addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	k.serve(listener)
	return nil
}

func (k *Kernel) serve(listener net.Listener) {
	k.listener = listener
	var handler http.Handler = k
	if k.front != nil {
		handler = k.front(k)
	}
	k.server = &http.Server{Handler: handler, ConnState: k.track, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	k.serving.Add(1)
	go func() {
		defer k.serving.Done()
		// Serve returns http.ErrServerClosed after Close, and otherwise an
		// error that every client sees as a refused connection.
		_ = k.server.Serve(listener)
	}()
}

// Endpoint is the URL for AWS_ENDPOINT_URL. It is empty before Start.
func (k *Kernel) Endpoint() string {
	if k.listener == nil {
		return ""
	}
	return "http://" + k.listener.Addr().String()
}

// Close stops serving, cancels invocations under way, drops those that wait,
// and returns when all have ended. What was recorded can still be read.
func (k *Kernel) Close() error {
	var err error
	k.close.Do(func() {
		close(k.closing)
		if k.server != nil {
			err = k.server.Close()
		}
		k.Hooks.Stop()
		k.serving.Wait()
	})
	return err
}

// Closing is closed when Close is called.
func (k *Kernel) Closing() <-chan struct{} { return k.closing }

// track lets Close wait for connections. A new one is announced before its
// goroutine starts.
func (k *Kernel) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		k.serving.Add(1)
	case http.StateClosed, http.StateHijacked:
		k.serving.Done()
	case http.StateActive, http.StateIdle:
	}
}
