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

// place is where a bar begins and how wide it is, widened so that it is seen.
func (a Axis) place(b Bar) (x, wide float64) {
	x = a.x(b.From)
	wide = a.x(b.Until) - x
	if wide < leastWidth {
		x = max(0, min(x-(leastWidth-wide)/2, width-leastWidth))
		wide = leastWidth
	}
	return x, wide
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
	for _, b := range given {
		x, wide := a.place(b)
		at := place{b.Class, int(x), int(wide)}
		if !drawnAt[at] {
			drawnAt[at] = true
			bars = append(bars, a.bar(b, top))
		}
	}
	slices.SortStableFunc(bars, func(a, b bar) int { return cmp.Compare(a.weight, b.weight) })
	return bars
}

func (a Axis) bar(b Bar, top int) bar {
	x, wide := a.place(b)
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
	noted := slices.DeleteFunc(slices.Clone(given), func(b Bar) bool { return b.Note == "" })
	slices.SortStableFunc(noted, func(a, b Bar) int { return cmp.Compare(b.Weight, a.Weight) })
	var notes []note
	var rows [noteRows][]stretch
	for _, b := range noted {
		n, at := a.note(b)
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
func (a Axis) note(b Bar) (note, stretch) {
	x, wide := a.place(b)
	long := float64(letterWidth * utf8.RuneCountInString(b.Note))
	middle := x + wide/2
	left := max(0, min(middle-long/2, width-long))
	return note{Class: b.Class, X: unit(left + long/2), PinX: unit(middle), Text: b.Note}, stretch{left, left + long}
}
