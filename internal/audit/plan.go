package audit

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
)

// StandardInput is the path of the standard input.
const StandardInput = "-"

// File is a file that was found and is not open.
type File struct {
	Path string // with slashes
	Size int64
	Tag  string // changes when its bytes do: an ETag, or size and time; empty when that is not known
	From Source
}

// Source is where files lie.
type Source interface {
	Open(ctx context.Context, path string) (Object, error)
}

// Object is an open file.
type Object struct {
	Body      io.ReadCloser
	Signature string // a digest's, where the source has it
}

// Scope is what is asked about.
type Scope struct {
	Since, Until *Time
	Accounts     []string // empty: all
	Regions      []string
}

func (s Scope) since() int64 {
	if s.Since == nil {
		return -forever
	}
	return int64(*s.Since)
}

func (s Scope) until() int64 {
	if s.Until == nil {
		return forever
	}
	return int64(*s.Until)
}

func (s Scope) has(p place) bool {
	return (len(s.Accounts) == 0 || slices.Contains(s.Accounts, p.account)) && (len(s.Regions) == 0 || slices.Contains(s.Regions, p.region))
}

// Plan is which files will be opened.
type Plan struct {
	Logs    []File
	Digests []File
	Skipped int   // neither, or nothing in them can matter
	Bytes   int64 // of the files that will be opened, as they lie there

	unopened []File // of the files that are skipped, those whose delivery matters
	trails   trails
}

// IsSmall reports whether there is so little to read that every byte of it can
// be read as JSON. Beyond that a search is much faster; what it does not notice
// is text that is no JSON although its checksum is right.
func (p Plan) IsSmall() bool { return p.Bytes < 64<<20 }

// lateness is how late an event may be delivered at the most: what was
// delivered later cannot be about an earlier time. CloudTrail takes minutes.
const lateness = 24 * hour

// NewPlan decides by their names which files to open. A log file or digest is
// left out if its account is not asked about; if its Region is not, and no
// trail has its home there, whose calls would be recorded there; or if it was
// delivered long behind the time that is asked about.
func NewPlan(files []File, scope Scope) Plan {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	files = slices.CompactFunc(files, func(a, b File) bool { return a.Path == b.Path })
	p := Plan{trails: newTrails()}
	homes := map[string]map[string]bool{}
	for _, f := range files {
		if n := nameOf(f.Path); n.kind == digestKind {
			p.trails.add(n, f.Path)
			if homes[n.place.account] == nil {
				homes[n.place.account] = map[string]bool{}
			}
			homes[n.place.account][n.home] = true
		}
	}
	for _, f := range files {
		n := nameOf(f.Path)
		home := homes[n.place.account]
		switch {
		case n.kind == skip:
			p.Skipped++
			continue
		case n.at == 0: // no name of CloudTrail's
		case len(scope.Accounts) > 0 && !slices.Contains(scope.Accounts, n.place.account),
			!scope.has(n.place) && len(home) > 0 && !home[n.place.region]:
			p.Skipped++
			continue
		case n.at-hour-lateness > scope.until():
			p.Skipped++
			p.unopened = append(p.unopened, f)
			continue
		}
		if n.kind == digestKind {
			p.Digests = append(p.Digests, f)
		} else {
			p.Logs = append(p.Logs, f)
		}
		p.Bytes += f.Size
	}
	return p
}

// Times is when something began and ended.
type Times struct{ From, Until time.Time }

// Digested are the Regions of which there are digests, and their times.
func (p Plan) Digested() map[string]Times {
	regions := map[string]Times{}
	for _, f := range p.Digests {
		n := nameOf(f.Path)
		end := time.Unix(n.at, 0).UTC()
		t, known := regions[n.place.region]
		if !known || end.Add(-time.Hour).Before(t.From) {
			t.From = end.Add(-time.Hour)
		}
		if end.After(t.Until) {
			t.Until = end
		}
		regions[n.place.region] = t
	}
	return regions
}
