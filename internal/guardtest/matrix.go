package guardtest

import (
	"testing"
	"testing/synctest"
)

// Matrix plays cells, by name, in simulated time each: a cell returns what is
// not as it has to be. known are those whose fault is known, with what it is.
// One that passes has to be removed from them, and none may be added.
func Matrix(t *testing.T, known map[string]string, cells map[string]func(*testing.T) []string) {
	t.Helper()
	for name := range known {
		if cells[name] == nil {
			t.Errorf("there is no cell %q; remove it from the list", name)
		}
	}
	for name, play := range cells {
		t.Run(name, func(t *testing.T) {
			var wrong []string
			synctest.Test(t, func(t *testing.T) { wrong = play(t) })
			switch fault, listed := known[name]; {
			case listed && len(wrong) == 0:
				t.Errorf("the known fault is mended (%s): remove the cell from the list", fault)
			case !listed:
				for _, w := range wrong {
					t.Error(w)
				}
			}
		})
	}
}
