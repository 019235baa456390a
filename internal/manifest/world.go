package manifest

import "fipsguard/internal/guard"

// world is one way in which a deployment can go. Where a file leaves something
// open (a parameter with several allowed values, a condition, the Region), the
// world has made a choice, and makes the same one wherever it is asked again.
// Whoever reads a resource reads it once in each world.
type world struct {
	steps   []step
	made    int // how many of the steps this world has come to
	chosen  map[string]int
	decided map[string]guard.Answer // conditions of a template

	deciding map[string]bool // those that are being read
}

// step is one choice among several.
type step struct{ taken, of int }

// maxWorlds bounds the worlds in which a resource is read.
const maxWorlds = 512

// choose is which of several alternatives holds.
func (w *world) choose(what string, of int) int {
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
func (w *world) next() bool {
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
func (w *world) each(read func()) (all bool) {
	for n := 0; n < maxWorlds; n++ {
		read()
		if !w.next() {
			return true
		}
	}
	*w = world{}
	return false
}
