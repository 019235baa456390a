package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/grammar"
)

// Fold makes a story short: what the guard read becomes one line, and so does
// what was done again and again.
func Fold(lines []Line) []Line { return foldRepeats(foldReads(lines)) }

const (
	mostReads = 1                // so many readings in a row keep a line each
	newTurn   = 10 * time.Second // what is read so long after the last is another reading
)

// foldReads puts the readings between two other lines into one. Those of kernels
// have a line of their own: they are why a scan is believed.
func foldReads(lines []Line) []Line {
	var short []Line
	for start := 0; start < len(lines); {
		end, kernels := start, 0
		for end < len(lines) && lines[end].Kind == Read && (end == start || lines[end].Time.Sub(lines[end-1].Time) < newTurn) {
			if lines[end].What == "ExecuteCommand" {
				kernels++
			}
			end++
		}
		reads := lines[start:end]
		switch {
		case len(reads) == 0:
			short = append(short, lines[start])
			end++
		case len(reads) <= mostReads:
			short = append(short, reads...)
		default:
			short = append(short, readLines(reads, kernels)...)
		}
		start = end
	}
	return short
}

func readLines(reads []Line, kernels int) []Line {
	read := reads[0]
	seen := map[string]bool{}
	var names []string
	for _, r := range reads {
		_, name, ok := strings.Cut(r.What, ":")
		if !ok {
			name = r.What
		}
		if !seen[name] && name != "ExecuteCommand" && name != "TerminateSession" {
			seen[name] = true
			names = append(names, name)
		}
	}
	slices.Sort(names)
	read.What, read.Detail, read.All = grammar.Count(len(reads)-kernels, "read"), strings.Join(names, ", "), ""
	if kernels == 0 {
		return []Line{read}
	}
	for _, r := range reads {
		if r.What == "ExecuteCommand" {
			_, command, _ := strings.Cut(r.Detail, " ") // behind the task
			r.What, r.Detail, r.All = fmt.Sprintf("ExecuteCommand ×%d", kernels), command, ""
			return []Line{read, r}
		}
	}
	return []Line{read}
}

// The longest run of lines that is looked for again, and how often it has to
// come to be folded.
const (
	longestCycle = 4
	leastRepeats = 3
)

// foldRepeats keeps the first of cycles of lines that say the same.
func foldRepeats(lines []Line) []Line {
	var short []Line
	for i := 0; i < len(lines); {
		length, times := cycle(lines[i:])
		if times < leastRepeats {
			short = append(short, lines[i])
			i++
			continue
		}
		short = append(short, lines[i:i+length]...)
		i += length * times
		more := fmt.Sprintf("and so %d times more", times-1)
		short = append(short, Line{Time: lines[i-1].Time, Kind: Again, What: more})
	}
	return short
}

// cycle is how many of the first lines are repeated, and how often they stand
// there.
func cycle(lines []Line) (length, times int) {
	for n := 1; n <= longestCycle && n*leastRepeats <= len(lines); n++ {
		repeats := 1
		for (repeats+1)*n <= len(lines) && sameAs(lines[:n], lines[repeats*n:(repeats+1)*n]) {
			repeats++
		}
		if repeats >= leastRepeats {
			return n, repeats
		}
	}
	return 1, 1
}

func sameAs(one, other []Line) bool {
	for i := range one {
		a, b := one[i], other[i]
		if a.Kind == Sent || a.Kind != b.Kind || a.Who != b.Who || a.What != b.What || a.Error != b.Error {
			return false
		}
	}
	return true
}
