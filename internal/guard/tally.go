package guard

import "time"

// Tally counts reports that were not sent by themselves. It is of bounded size,
// whatever it counts.
type Tally struct {
	Count         int
	First, Last   time.Time // of their events
	Actors        []Counted
	OtherActors   int // how many of them were by actors that are not listed
	Subjects      []Counted
	OtherSubjects int // how often they were about subjects that are not listed
}

// Counted is a name and how often it was counted; the most frequent come first.
type Counted struct {
	Name  string
	Count int
}
