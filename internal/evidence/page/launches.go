package page

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// launches is when the running tasks were launched, over the same axis as the
// timelines: columns that stand above the times off that exposed them.
type launches struct {
	Title   string
	Base    int // where the columns stand
	Columns []column
	Outside string // tasks that the axis has no place for
}

// column is the tasks of one stretch of time: all of them, and the exposed
// ones in front.
type column struct {
	X, Width                string
	Y, Height               string
	ExposedY, ExposedHeight string // empty when none was exposed
	Title                   string
}

const (
	columnCount    = 100
	columnMost     = 44 // the height of the highest
	columnLeast    = 3  // one task among thousands has to be seen
	launchesHeight = 88
)

// launches counts tasks by the time of their launch.
func (a axis) launches(tasks []evidence.Task) launches {
	var all, bare [columnCount]int
	highest, before, unknown := 0, 0, 0
	long := a.until.Sub(a.from)
	for _, t := range tasks {
		switch {
		case t.Created == nil:
			unknown++
			continue
		case t.Created.Before(a.from):
			before++
			continue
		}
		i := min(columnCount-1, int(columnCount*t.Created.Sub(a.from).Seconds()/long.Seconds()))
		all[i]++
		highest = max(highest, all[i])
		if t.Exposed == guard.NonCompliant {
			bare[i]++
		}
	}
	l := launches{Title: "Running tasks by when they were launched, the exposed ones in front", Base: 28 + columnMost}
	for i, n := range all {
		if n == 0 {
			continue
		}
		from, until := a.from.Add(long/columnCount*time.Duration(i)), a.from.Add(long/columnCount*time.Duration(i+1))
		whole := columnHeight(n, highest)
		c := column{
			X: unit(float64(i)*pictureWidth/columnCount + 1), Width: unit(pictureWidth/columnCount - 2),
			Y: unit(float64(l.Base) - whole), Height: unit(whole),
			Title: fmt.Sprintf("%s launched from %s to %s UTC, %d of them exposed", evidence.Count(n, "running task"), moment(from), moment(until), bare[i]),
		}
		if bare[i] > 0 {
			part := columnHeight(bare[i], highest)
			c.ExposedY, c.ExposedHeight = unit(float64(l.Base)-part), unit(part)
		}
		l.Columns = append(l.Columns, c)
	}
	l.Outside = outside(before, unknown)
	return l
}

func columnHeight(n, highest int) float64 {
	return max(columnLeast, columnMost*float64(n)/float64(highest))
}

// outside says what the columns leave out.
func outside(before, unknown int) string {
	var said []string
	if before > 0 {
		said = append(said, evidence.Count(before, "running task")+" launched before the picture begins")
	}
	if unknown > 0 {
		said = append(said, evidence.Count(unknown, "running task")+" launched at an unknown time")
	}
	if len(said) == 0 {
		return ""
	}
	return "Not in the picture: " + strings.Join(said, ", ") + "."
}
