package chart

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Strip is what something was over the time.
type Strip struct {
	Title string
	Bars  []Bar // in the order of time
}

// Bar is a stretch of time.
type Bar struct {
	From, Until time.Time
	Class       string // for the style sheet
	Weight      Weight
	Title       string
	Inside      string // a word on the bar, if it fits
	Note        string // a text under the bar, if there is room
}

// Weight is how much a bar matters. A heavier one is higher, so that not only
// its colour tells it, and is drawn over a lighter one.
type Weight int

// The weights.
const (
	Light Weight = iota
	Middle
	Heavy
)

const (
	barTop      = 30 // from a strip's top to its bars
	barHeight   = 26 // of a heavy one
	stripHeight = 74 // without notes
	noteHeight  = 16
	noteRows    = 2
	leastWidth  = 5  // of a bar: an hour in a year has to be seen
	insideWidth = 70 // of a bar that has room for a word
)

// strip is a Strip in its place.
type strip struct {
	Title string
	Y     int
	Bars  []bar // the light ones first, so that the others are drawn over them
	Notes []note
}

// bar is a Bar in its place.
type bar struct {
	Class         string
	X, Y          string
	Width, Height string
	Title         string
	Inside        string
	TextX, TextY  string
	weight        Weight
}

// note is what is written under a bar.
type note struct {
	Class   string
	X, PinX string
	Y, PinY int
	Text    string
}

func (a Axis) strip(s Strip, y int) strip {
	return strip{Title: s.Title, Y: y, Bars: a.bars(s.Bars, y+barTop), Notes: a.notes(s.Bars, y+barTop)}
}

// end is where the next strip begins.
func (s strip) end() int {
	y := s.Y + stripHeight
	for _, n := range s.Notes {
		y = max(y, n.Y+noteHeight)
	}
	return y
}

// place is where the i-th of some bars begins and how wide it is, widened so
// that it is seen. The last one is what is now: the others leave it its place.
func (a Axis) place(given []Bar, i int) (x, wide float64) {
	x = a.x(given[i].From)
	wide = a.x(given[i].Until) - x
	right := float64(width)
	if last := len(given) - 1; i < last && a.x(given[last].Until)-a.x(given[last].From) < leastWidth {
		right -= leastWidth
	}
	if wide < leastWidth {
		x, wide = x-(leastWidth-wide)/2, leastWidth
		if i == len(given)-1 {
			x = right - wide
		}
	}
	x = max(0, min(x, right-leastWidth))
	return x, min(wide, right-x)
}

// bars are the ones given, but for those that would be drawn over one of the
// same class at the same place: what flaps for weeks has thousands.
func (a Axis) bars(given []Bar, top int) []bar {
	type place struct {
		class   string
		x, wide int
	}
	drawnAt := map[place]bool{}
	var bars []bar
	for i, b := range given {
		x, wide := a.place(given, i)
		at := place{b.Class, int(x), int(wide)}
		if !drawnAt[at] {
			drawnAt[at] = true
			bars = append(bars, barAt(b, x, wide, top))
		}
	}
	slices.SortStableFunc(bars, func(a, b bar) int { return cmp.Compare(a.weight, b.weight) })
	return bars
}

func barAt(b Bar, x, wide float64, top int) bar {
	inset := 3 * int(Heavy-b.Weight)
	placed := bar{
		Class: b.Class, X: unit(x), Y: fmt.Sprint(top + inset), Width: unit(wide), Height: fmt.Sprint(barHeight - 2*inset),
		Title: b.Title, TextX: unit(x + wide/2), TextY: fmt.Sprint(top + 18), weight: b.Weight,
	}
	if wide > insideWidth {
		placed.Inside = b.Inside
	}
	return placed
}

// notes are written in rows, those of the heavy bars first; one that finds no
// room is left to the bar's title.
func (a Axis) notes(given []Bar, top int) []note {
	var noted []int
	for i, b := range given {
		if b.Note != "" {
			noted = append(noted, i)
		}
	}
	slices.SortStableFunc(noted, func(i, j int) int { return cmp.Compare(given[j].Weight, given[i].Weight) })
	var notes []note
	var rows [noteRows][]stretch
	for _, i := range noted {
		n, at := a.note(given, i)
		for i, row := range rows {
			if slices.ContainsFunc(row, at.meets) {
				continue
			}
			rows[i] = append(row, at)
			n.Y, n.PinY = top+41+noteHeight*i, top+30+noteHeight*i
			notes = append(notes, n)
			break
		}
	}
	return notes
}

// stretch is the room that a note takes.
type stretch struct{ left, right float64 }

func (s stretch) meets(other stretch) bool {
	return s.left < other.right+letterWidth && other.left < s.right+letterWidth
}

// note is placed in the middle under its bar, or as near as the chart's sides
// allow.
func (a Axis) note(given []Bar, i int) (note, stretch) {
	b := given[i]
	x, wide := a.place(given, i)
	long := float64(letterWidth * utf8.RuneCountInString(b.Note))
	middle := x + wide/2
	left := max(0, min(middle-long/2, width-long))
	return note{Class: b.Class, X: unit(left + long/2), PinX: unit(middle), Text: b.Note}, stretch{left, left + long}
}
