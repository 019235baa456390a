package chart

import "time"

// Columns are how many there were of something over the time: all of them, and
// the marked ones in front. Points before the axis are left out.
type Columns struct {
	Title       string
	Class       string // for the style sheet
	MarkedClass string
	Points      []Point
	// Describe is a column's title.
	Describe func(all, marked int, from, until time.Time) string
}

// Point is one of them.
type Point struct {
	At     time.Time
	Marked bool
}

const (
	columnCount   = 100
	columnMost    = 44 // the height of the highest
	columnLeast   = 3  // one among thousands has to be seen
	columnsBase   = 28 + columnMost
	columnsHeight = 88
)

// columns are Columns in their places.
type columns struct {
	Title              string
	Class, MarkedClass string
	Base               int // where the columns stand
	Columns            []column
}

// column is what happened in one stretch of time.
type column struct {
	X, Width              string
	Y, Height             string
	MarkedY, MarkedHeight string // empty when none is marked
	Title                 string
}

func (a Axis) columns(given Columns) columns {
	var all, marked [columnCount]int
	highest := 0
	long := a.Until.Sub(a.From)
	for _, p := range given.Points {
		if p.At.Before(a.From) {
			continue
		}
		i := min(columnCount-1, int(columnCount*p.At.Sub(a.From).Seconds()/long.Seconds()))
		all[i]++
		highest = max(highest, all[i])
		if p.Marked {
			marked[i]++
		}
	}
	placed := columns{Title: given.Title, Class: given.Class, MarkedClass: given.MarkedClass, Base: columnsBase}
	for i, n := range all {
		if n == 0 {
			continue
		}
		from, until := a.From.Add(long/columnCount*time.Duration(i)), a.From.Add(long/columnCount*time.Duration(i+1))
		whole := columnHeight(n, highest)
		c := column{
			X: unit(float64(i)*width/columnCount + 1), Width: unit(width/columnCount - 2),
			Y: unit(columnsBase - whole), Height: unit(whole), Title: given.Describe(n, marked[i], from, until),
		}
		if marked[i] > 0 {
			part := columnHeight(marked[i], highest)
			c.MarkedY, c.MarkedHeight = unit(columnsBase-part), unit(part)
		}
		placed.Columns = append(placed.Columns, c)
	}
	return placed
}

func columnHeight(n, highest int) float64 {
	return max(columnLeast, columnMost*float64(n)/float64(highest))
}
