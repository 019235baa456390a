package ecsexec

// windowSize is how many frames may wait for an earlier one. With maxMessage it
// bounds what a session can make the client hold.
const windowSize = 64

// window puts the frames of the output stream in order. The zero value expects
// sequence number 0.
type window struct {
	next  int64
	ahead map[int64]frame // arrived, not yet taken; all within windowSize of next
}

// admit says whether to acknowledge a frame: yes when it was kept now or
// before, no when it lies beyond the window, so that the agent sends it again.
// A repeat never replaces what was kept.
func (w *window) admit(f frame) bool {
	if f.Sequence < w.next {
		return true
	}
	if f.Sequence-w.next >= windowSize {
		return false
	}
	if _, repeated := w.ahead[f.Sequence]; repeated {
		return true
	}
	if w.ahead == nil {
		w.ahead = make(map[int64]frame)
	}
	w.ahead[f.Sequence] = f
	return true
}

// take is the next frame in order, if it has arrived.
func (w *window) take() (frame, bool) {
	f, ok := w.ahead[w.next]
	if ok {
		delete(w.ahead, w.next)
		w.next++
	}
	return f, ok
}

// gap says whether frames wait for one that has not arrived.
func (w *window) gap() bool { return len(w.ahead) > 0 }
