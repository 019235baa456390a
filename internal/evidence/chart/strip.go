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
	Thin  bool  // its bars are many, and not widened so much that they would hide each other
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
	thinWidth   = 2  // of one of many, which would hide each other
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
	return strip{Title: s.Title, Y: y, Bars: a.bars(s, y+barTop), Notes: a.notes(s, y+barTop)}
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
// that it is seen. The last one, where it is what is now, keeps its place: the others
// leave it.
func (a Axis) place(s Strip, i int) (x, wide float64) {
	given, leastWidth := s.Bars, float64(leastWidth)
	if s.Thin {
		leastWidth = thinWidth
	}
	x = a.x(given[i].From)
	wide = a.x(given[i].Until) - x
	right := float64(width)
	last := len(given) - 1
	isNow := !given[last].Until.Before(a.Until)
	if i < last && isNow && a.x(given[last].Until)-a.x(given[last].From) < leastWidth {
		right -= leastWidth
	}
	if wide < leastWidth {
		x, wide = x-(leastWidth-wide)/2, leastWidth
		if i == last && isNow {
			x = right - wide
		}
	}
	x = max(0, min(x, right-leastWidth))
	return x, min(wide, right-x)
}

// bars are those of a strip, but for those that would be drawn over one of the
// same class at the same place: what flaps for weeks has thousands.
func (a Axis) bars(s Strip, top int) []bar {
	type place struct {
		class   string
		x, wide int
	}
	drawnAt := map[place]bool{}
	var bars []bar
	for i, b := range s.Bars {
		x, wide := a.place(s, i)
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
func (a Axis) notes(s Strip, top int) []note {
	var noted []int
	for i, b := range s.Bars {
		if b.Note != "" {
			noted = append(noted, i)
		}
	}
	slices.SortStableFunc(noted, func(i, j int) int { return cmp.Compare(s.Bars[j].Weight, s.Bars[i].Weight) })
	var notes []note
	var rows [noteRows][]stretch
	for _, i := range noted {
		n, at := a.note(s, i)
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
func (a Axis) note(s Strip, i int) (note, stretch) {
	b := s.Bars[i]
	x, wide := a.place(s, i)
	long := float64(letterWidth * utf8.RuneCountInString(b.Note))
	middle := x + wide/2
	left := max(0, min(middle-long/2, width-long))
	return note{Class: b.Class, X: unit(left + long/2), PinX: unit(middle), Text: b.Note}, stretch{left, left + long}
}
