package launch

import "fipsguard/internal/guard"

// World is one way in which a deployment can go. Where a file leaves something
// open (a parameter with several allowed values, a condition, the Region), the
// world has made a choice, and makes the same one wherever it is asked again.
// Whoever reads a resource reads it once in each world.
type World struct {
	steps   []step
	spent   int // worlds in which the file's resources have been read
	made    int // how many of the steps this world has come to
	chosen  map[string]int
	decided map[string]guard.Answer
	pending map[string]bool // what is being decided
}

// step is one choice among several.
type step struct{ taken, of int }

// The bounds on worlds: in which a resource is read, those of a file after which
// its other resources are read in few, and these few.
const (
	maxWorlds  = 512
	manyWorlds = 100_000
	fewWorlds  = 8
)

// Choose is which of several alternatives holds.
func (w *World) Choose(what string, of int) int {
	if taken, ok := w.chosen[what]; ok {
		return taken
	}
	if w.made == len(w.steps) {
		w.steps = append(w.steps, step{of: of})
	}
	taken := w.steps[w.made].taken
	w.made++
	if w.chosen == nil {
		w.chosen = map[string]int{}
	}
	w.chosen[what] = taken
	return taken
}

// next turns the world into one that was not there yet: it takes the last choice
// again, with the next alternative. It reports false after the last world.
func (w *World) next() bool {
	w.steps = w.steps[:w.made]
	w.made = 0
	clear(w.chosen)
	clear(w.decided)
	for len(w.steps) > 0 {
		last := &w.steps[len(w.steps)-1]
		if last.taken++; last.taken < last.of {
			return true
		}
		w.steps = w.steps[:len(w.steps)-1]
	}
	return false
}

// each runs a function once in each world. It reports false if there are more
// of them than are read.
func (w *World) each(read func()) (all bool) {
	limit := maxWorlds
	if w.spent > manyWorlds {
		limit = fewWorlds
	}
	for range limit {
		read()
		w.spent++
		if !w.next() {
			return true
		}
	}
	*w = World{spent: w.spent}
	return false
}

// Decide is what a question is decided to, once in each world. One that is not
// decided by what it rests on, or rests on itself, is yes in one world and no in
// another.
func (w *World) Decide(what string, evaluate func() guard.Answer) guard.Answer {
	if answer, ok := w.decided[what]; ok {
		return answer
	}
	open := func() guard.Answer { return answerOf(w.Choose(what, 2) == 0) }
	if w.pending[what] {
		return open()
	}
	if w.decided == nil {
		w.decided, w.pending = map[string]guard.Answer{}, map[string]bool{}
	}
	w.pending[what] = true
	answer := evaluate()
	delete(w.pending, what)
	if answer == guard.Unknown {
		answer = open()
	}
	w.decided[what] = answer
	return answer
}

func answerOf(yes bool) guard.Answer {
	if yes {
		return guard.Yes
	}
	return guard.No
}
