package ecsexec

import (
	"context"
	"path"
	"sync"
)

// turns let one command at a time into a container, whoever asks. The zero
// value is ready for use.
type turns struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when the container is free again
}

// take waits until a container is free and returns what frees it, or the
// context's error.
func (t *turns) take(ctx context.Context, target Target) (free func(), err error) {
	container := path.Base(target.Task) + "/" + target.Container // tasks' IDs are unique, names of clusters are not always given
	for {
		t.mu.Lock()
		taken, busy := t.busy[container]
		if !busy {
			if t.busy == nil {
				t.busy = map[string]chan struct{}{}
			}
			done := make(chan struct{})
			t.busy[container] = done
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.busy, container)
				t.mu.Unlock()
				close(done)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
