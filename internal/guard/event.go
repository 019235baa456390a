package guard

// Event is one thing that happened.
type Event struct {
	Cause Cause
	// States is what the record says things are in now; empty when nothing in
	// it is guarded.
	States []State
	// NotGuarded says, as a sentence, why there are no States.
	NotGuarded string
}
