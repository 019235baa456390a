package chaos

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// function is a Lambda function: processes that each work on one invocation at
// a time and keep their memory between invocations, until they are killed.
type function struct {
	name    string
	timeout time.Duration
	start   func(wiring.Process) (wiring.Function, error)
	world   *world

	mu      sync.Mutex
	idle    []*process
	started int
	epoch   int // of the deployment; processes of an earlier one are not used again
	kills   []*kill
	deaths  int
}

// kill ends a process at one of its calls.
type kill struct {
	operation string // of AWS; empty is any
	skip      int    // so many such calls go well before it
	after     bool   // AWS has done what it was asked for
}

// process is one execution environment.
type process struct {
	of      *function
	name    string
	epoch   int
	handler wiring.Function
	killed  chan struct{}
	once    sync.Once

	mu        sync.Mutex
	random    *rand.Rand
	unsettled []string // what it published and has not noted as published
}

var (
	errKilled  = errors.New("the process was killed")
	errTimeout = errors.New("the function timed out")
)

// invoke is what Lambda does with an event.
func (f *function) invoke(ctx context.Context, event []byte) ([]byte, error) {
	p, err := f.take()
	if err != nil {
		return nil, err
	}
	f.world.isAnswered(event, p.name)
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		answer, err := p.handler.Invoke(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{InvokedFunctionArn: functionARN(f.name)}), event)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		p.settle()
		f.giveBack(p)
		return r.answer, r.err
	case <-p.killed:
		return nil, errKilled
	case <-ctx.Done():
		p.kill()
		return nil, errTimeout
	}
}

func (f *function) take() (*process, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.idle); n > 0 {
		p := f.idle[n-1]
		f.idle = f.idle[:n-1]
		return p, nil
	}
	f.started++
	p := &process{of: f, name: fmt.Sprintf("%s#%d", f.name, f.started), epoch: f.epoch, killed: make(chan struct{})}
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.name))
	p.random = rand.New(rand.NewPCG(f.world.seed, h.Sum64()))
	var err error
	p.handler, err = f.start(wiring.Process{
		Getenv: func(name string) string { return f.world.environment[name] },
		Out:    f.world.log(p.name), Client: p, Sessions: &http.Transport{DialContext: f.world.aws.Dial},
	})
	return p, err
}

func (f *function) giveBack(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.epoch == f.epoch {
		f.idle = append(f.idle, p)
	}
}

// deploy ends what is idle, and what works once it is done.
func (f *function) deploy() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
	f.idle = nil
}

func (f *function) plan(k kill) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kills = append(f.kills, &k)
}

func (f *function) calmDown() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kills = nil
}

// fatal takes the kill that a call meets.
func (f *function) fatal(operation string) *kill {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, k := range f.kills {
		if k.operation != "" && k.operation != operation {
			continue
		}
		if k.skip > 0 {
			k.skip--
			continue
		}
		f.kills = append(f.kills[:i], f.kills[i+1:]...)
		return k
	}
	return nil
}

// kill ends a process. What it published and did not note is excused when it is
// published again.
func (p *process) kill() {
	p.once.Do(func() {
		close(p.killed)
		p.of.mu.Lock()
		p.of.deaths++
		p.of.mu.Unlock()
		p.of.world.wasHard()
		p.of.world.wasMute()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.of.world.excuse(p.unsettled)
	})
}

// killed is how many processes of a function were.
func (f *function) killed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.deaths
}

func (p *process) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unsettled = nil
}

// Do carries a call of the process to AWS: it takes a while, and the process
// may be killed on the way there or back.
func (p *process) Do(r *http.Request) (*http.Response, error) {
	operation := operationOf(r)
	ctx := r.Context()
	select {
	case <-p.killed:
		return nil, errKilled
	default:
	}
	fatal := p.of.fatal(operation)
	if fatal != nil && !fatal.after {
		p.kill()
		return nil, errKilled
	}
	p.mu.Lock()
	there, back := p.latency(), p.latency()
	p.mu.Unlock()
	if !sleep(ctx, there) {
		return nil, ctx.Err()
	}
	published, sent := p.of.world.published(), time.Now()
	response, err := localaws.InProcess{Kernel: p.of.world.aws.Kernel}.Do(r)
	p.note(operation, published, response)
	response = p.of.world.emptied(operation, response)
	if operation == "ExecuteCommand" && (err != nil || isGarbage(response)) {
		p.of.world.lostSession()
	}
	if operation == "Publish" && (err != nil || response.StatusCode != http.StatusOK || isGarbage(response)) {
		p.of.world.wasMute()
		p.of.world.excuse(p.of.world.publishedSince(published)) // SNS may have it, and nobody can know
	}
	if strings.HasSuffix(operation, "AccountSettings") || strings.HasPrefix(operation, "PutAccountSetting") {
		if err != nil || response.StatusCode != http.StatusOK || isGarbage(response) || time.Since(sent) > 0 {
			p.of.world.wasHard()
		}
	}
	if fatal != nil {
		p.kill()
		return nil, errKilled
	}
	if err != nil {
		return nil, err
	}
	if !sleep(ctx, back) {
		return nil, ctx.Err()
	}
	return response, nil
}

func isGarbage(response *http.Response) bool {
	return response.Header.Get("Content-Type") == "text/html"
}

// note keeps what was published until it is noted where that counts: the
// verifier's notes are in S3, the enforcer's in its memory.
func (p *process) note(operation string, before int, response *http.Response) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case operation == "Publish":
		p.unsettled = append(p.unsettled, p.of.world.publishedSince(before)...)
	case operation == "PutObject" && response != nil && response.StatusCode == http.StatusOK:
		p.unsettled = nil
	}
}

func (p *process) latency() time.Duration {
	return 3*time.Millisecond + time.Duration(p.random.Int64N(int64(30*time.Millisecond)))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
