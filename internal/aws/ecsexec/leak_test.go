package ecsexec

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// No goroutine outlives a call, however it ends: after each there are as many
// as before it. The fake gateway's own, on the other side of the sockets, need
// a moment to end, hence the wait.
func TestNoGoroutineOutlivesACall(t *testing.T) {
	type call struct {
		play    func(*agent) error
		upgrade http.HandlerFunc
		limit   time.Duration
	}
	calls := map[string]call{
		"answer":      {play: answerOne},
		"silence":     {play: (*agent).gone, limit: 100 * time.Millisecond},
		"early close": {play: func(a *agent) error { return a.conn.Close(websocket.StatusNormalClosure, "") }},
		"early end":   {play: func(a *agent) error { return a.conn.CloseNow() }},
		"error close": {play: func(a *agent) error { return errors.Join(a.bye("no"), a.gone()) }},
		"bad frame": {play: func(a *agent) error {
			bad := a.out(payloadOutput, []byte("1")).encode()
			bad[offsetDigest] ^= 1
			return errors.Join(a.raw(bad), a.gone())
		}},
		"encryption":  {play: func(a *agent) error { return errors.Join(a.request(), a.gone()) }},
		"refused":     {upgrade: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }},
		"silent dial": {upgrade: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, limit: 100 * time.Millisecond},
		"expired":     {play: answerOne, limit: time.Nanosecond},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, call.play)
			g.upgrade = call.upgrade
			g.played = make(chan error, 100)
			client := g.client()
			run := func() {
				ctx := t.Context()
				if call.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, call.limit)
					defer cancel()
				}
				_, _ = client.Run(ctx, testTarget, testCommand)
			}
			run() // whatever starts once has started now
			time.Sleep(50 * time.Millisecond)
			before := runtime.NumGoroutine()
			for range 5 {
				run()
			}
			deadline := time.Now().Add(5 * time.Second)
			for runtime.NumGoroutine() > before {
				if time.Now().After(deadline) {
					t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks())
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
}

func stacks() string {
	b := make([]byte, 1<<20)
	return strings.TrimSpace(string(b[:runtime.Stack(b, true)]))
}
