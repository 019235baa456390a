package chaos

import (
	"slices"
	"testing"
)

// shrink finds a shortest story that breaks the same promise: no step can be
// left out of it (delta debugging: first halves, then quarters, …, then single
// steps).
func shrink(t *testing.T, s story, promise string) story {
	parts := 2
	for len(s.steps) > 1 {
		shorter, found := without(t, s, promise, parts)
		switch {
		case found:
			s, parts = shorter, max(parts-1, 2)
		case parts >= len(s.steps):
			return s
		default:
			parts = min(2*parts, len(s.steps))
		}
	}
	return s
}

// without leaves one of so many parts out of a story, if that breaks the
// promise, too.
func without(t *testing.T, s story, promise string, parts int) (story, bool) {
	for part := range parts {
		from, to := part*len(s.steps)/parts, (part+1)*len(s.steps)/parts
		shorter := s
		shorter.steps = slices.Concat(s.steps[:from], s.steps[to:])
		if breaks(t, shorter, promise) {
			return shorter, true
		}
	}
	return s, false
}

func breaks(t *testing.T, s story, promise string) bool {
	broken, err := run(t, s)
	return err == nil && slices.ContainsFunc(broken, func(v verdict) bool { return v.promise == promise })
}
