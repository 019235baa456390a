package ecsexec

import (
	"math/rand/v2"
	"testing"
)

// Whatever the order and however often they come, frames leave the window in
// order and once, as long as the agent sends again what was not acknowledged.
func TestWindowOrders(t *testing.T) {
	const frames = 300
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		var w window
		unacknowledged := random.Perm(frames)
		var taken int64
		for len(unacknowledged) > 0 {
			var again []int
			for _, n := range unacknowledged {
				if random.IntN(4) == 0 || !w.admit(frame{Sequence: int64(n)}) { // a quarter is lost
					again = append(again, n)
				}
				if random.IntN(8) == 0 { // a few come twice
					w.admit(frame{Sequence: int64(n)})
				}
				if len(w.ahead) > windowSize {
					t.Fatalf("seed %d: %d frames wait", seed, len(w.ahead))
				}
				for f, ok := w.take(); ok; f, ok = w.take() {
					if f.Sequence != taken {
						t.Fatalf("seed %d: took %d, want %d", seed, f.Sequence, taken)
					}
					taken++
				}
			}
			unacknowledged = again
		}
		if taken != frames || w.gap() {
			t.Fatalf("seed %d: took %d of %d, gap %v", seed, taken, frames, w.gap())
		}
	}
}

func TestWindowKeepsTheFirst(t *testing.T) {
	var w window
	w.admit(frame{Sequence: 1, Payload: []byte("first")})
	if !w.admit(frame{Sequence: 1, Payload: []byte("second")}) {
		t.Error("a repeat was not acknowledged")
	}
	if _, ok := w.take(); ok || !w.gap() {
		t.Error("a frame was taken before its turn")
	}
	w.admit(frame{Sequence: 0})
	w.take()
	if f, _ := w.take(); string(f.Payload) != "first" {
		t.Errorf("took %q", f.Payload)
	}
}

func TestWindowEnds(t *testing.T) {
	var w window
	for sequence, want := range map[int64]bool{windowSize - 1: true, windowSize: false, 1<<63 - 1: false} {
		if got := w.admit(frame{Sequence: sequence}); got != want {
			t.Errorf("sequence %d: admitted %v, want %v", sequence, got, want)
		}
	}
}
