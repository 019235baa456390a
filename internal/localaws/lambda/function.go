// Package lambda runs a Lambda function as it is deployed: its built binary as a
// process of its own, behind Lambda's Runtime API on loopback.
package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Function is a Lambda function. One invocation runs at a time.
type Function struct {
	arn     string
	process *exec.Cmd
	server  *http.Server
	exited  chan struct{}
	pending chan invocation
	turn    sync.Mutex

	mu      sync.Mutex
	waiting map[string]invocation
	printed bytes.Buffer

	measured sync.Once
	peak     int64 // bytes
}

type invocation struct {
	id       string
	event    []byte
	deadline time.Time
	result   chan answer
}

type answer struct {
	payload []byte
	err     error
}

// Error is what a function returns when it fails.
type Error struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *Error) Error() string { return e.Type + ": " + e.Message }

// defaultTimeout is a function's time for one event when the caller sets no
// deadline.
const defaultTimeout = time.Minute

// Start starts a binary as a function with an environment, to which
// the address of the Runtime API is added. Close it after use.
func Start(binary, functionARN string, environment []string) (*Function, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the Runtime API: %w", err)
	}
	f := &Function{arn: functionARN, exited: make(chan struct{}), pending: make(chan invocation), waiting: map[string]invocation{}}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = f.server.Serve(listener) }()

	f.process = exec.Command(binary)
	f.process.Env = append(environment, "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	f.process.Stdout, f.process.Stderr = f, f
	if err := f.process.Start(); err != nil {
		_ = f.server.Close()
		return nil, fmt.Errorf("start function %s: %w", binary, err)
	}
	go func() {
		_ = f.process.Wait()
		close(f.exited)
	}()
	return f, nil
}

// Invoke gives the function one event and waits for what it returns: an
// Error when it fails, another error when it ends or takes too long.
func (f *Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	f.turn.Lock()
	defer f.turn.Unlock()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(defaultTimeout)
	}
	i := invocation{
		id: strconv.FormatInt(time.Now().UnixNano(), 16), event: event, deadline: deadline, result: make(chan answer, 1),
	}
	select {
	case f.pending <- i:
	case <-f.exited:
		return nil, fmt.Errorf("the function has ended: %s", f.Printed())
	case <-ctx.Done():
		return nil, fmt.Errorf("the function does not ask for events: %w", ctx.Err())
	}
	select {
	case a := <-i.result:
		return a.payload, a.err
	case <-f.exited:
		return nil, fmt.Errorf("the function ended during an event: %s", f.Printed())
	case <-ctx.Done():
		return nil, fmt.Errorf("the function did not answer: %w", ctx.Err())
	}
}

// ServeHTTP is the Runtime API.
func (f *Function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	if path == "invocation/next" {
		f.next(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	id, kind, _ := strings.Cut(strings.TrimPrefix(path, "invocation/"), "/")
	switch kind {
	case "response":
		f.finish(id, answer{payload: body})
	case "error":
		f.finish(id, answer{err: functionError(body)})
	default:
		http.NotFound(w, r)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (f *Function) next(w http.ResponseWriter, r *http.Request) {
	select {
	case i := <-f.pending:
		f.mu.Lock()
		f.waiting[i.id] = i
		f.mu.Unlock()
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", f.arn)
		_, _ = w.Write(i.event)
	case <-r.Context().Done():
	}
}

func (f *Function) finish(id string, a answer) {
	f.mu.Lock()
	i, ok := f.waiting[id]
	delete(f.waiting, id)
	f.mu.Unlock()
	if ok {
		i.result <- a
	}
}

func functionError(body []byte) error {
	var e Error
	if err := json.Unmarshal(body, &e); err != nil {
		return errors.New("the function failed and sent what is no error")
	}
	return &e
}

// Write keeps what the function prints, as CloudWatch Logs would.
func (f *Function) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.printed.Write(p)
}

// Printed is what the function has printed.
func (f *Function) Printed() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.printed.String()
}

// Close ends the process and waits for its end.
func (f *Function) Close() {
	f.measured.Do(func() { f.peak = residentAtMost(f.process.Process.Pid) })
	_ = f.process.Process.Kill()
	<-f.exited
	_ = f.server.Close()
}

// PeakMemory is the most memory that the process had resident, in bytes. It is
// known after Close, and 0 where the system does not tell.
func (f *Function) PeakMemory() int64 { return f.peak }

// residentAtMost reads it from Linux's /proc while the process is there. What
// the system says of an ended child (getrusage) counts the parent's memory at
// the time of the fork.
func residentAtMost(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 10, 64)
			return kib << 10
		}
	}
	return 0
}
