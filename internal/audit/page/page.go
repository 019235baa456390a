package page

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"fipsguard/internal/audit"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// The most rows of tables; the JSON and CSV forms have all.
const (
	maxIntervals  = 400
	maxOverrides  = 20
	maxOfOverride = 20 // intervals
	maxOthers     = 200
)

// view is what the page shows.
type view struct {
	Style               template.CSS
	StyleHash           string
	Mode                string // on, off or unknown: the worst
	Range, Words, Build string
	Read, Skipped       int
	Places              []placeView
	Faulty, ShownFaulty []audit.Faulty
	MoreFaulty          string
}

type placeView struct {
	audit.Place
	Words                      string
	Lines                      []line
	Launched                   []audit.Launched
	Attempts                   []audit.Attempt
	MoreLaunched, MoreAttempts string
}

// line is the timeline of the default or an override.
type line struct {
	Principal string
	Strip     *strip
	Rows      []row
	More      string
}

type row struct {
	Mode, Duration, Why string
	From, Until         audit.Time
}

// Write writes an answer as a page. build says which program made it.
func Write(w io.Writer, a *audit.Answer, build string) error {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	sum := sha256.Sum256([]byte(pageCSS))
	v := view{
		Style: template.CSS(pageCSS), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		Mode: []string{"on", "off", "unknown"}[a.Status()], Words: audit.Words(a.Places), Build: build,
		Read: a.Files.Read, Skipped: a.Files.Skipped, Faulty: a.Files.Faulty,
	}
	if a.From != nil && a.Until != nil {
		v.Range = a.From.String() + " – " + a.Until.String()
	}
	v.ShownFaulty, v.MoreFaulty = some(a.Files.Faulty, maxOthers, "faulty files")
	for _, p := range a.Places {
		v.Places = append(v.Places, placeOf(p))
	}
	if err := page.Execute(w, v); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

func placeOf(p audit.Place) placeView {
	v := placeView{Place: p, Words: audit.Words([]audit.Place{p})}
	v.Lines = []line{lineOf("", p.Intervals, p, maxIntervals)}
	sorted := slices.Clone(p.Overrides)
	slices.SortStableFunc(sorted, func(a, b audit.Override) int { return cmp.Compare(worst(b), worst(a)) })
	overrides, more := some(sorted, maxOverrides, "overrides")
	for _, o := range overrides {
		v.Lines = append(v.Lines, lineOf(o.Principal, o.Intervals, p, maxOfOverride))
	}
	v.Lines[len(v.Lines)-1].More = strings.TrimSpace(v.Lines[len(v.Lines)-1].More + " " + more)
	v.Launched, v.MoreLaunched = some(p.Launched, maxOthers, "kinds of tasks")
	v.Attempts, v.MoreAttempts = some(p.Attempts, maxOthers, "calls")
	return v
}

// worst ranks an override by the worst that it ever was.
func worst(o audit.Override) int {
	found := 0
	for _, i := range o.Intervals {
		found = max(found, rank(i.Mode))
	}
	return found
}

func lineOf(principal string, intervals []audit.Interval, p audit.Place, most int) line {
	l := line{Principal: principal, Strip: stripOf(intervals, p.From, p.Until)}
	shown, more := some(intervals, most, "intervals")
	l.More = more
	for _, i := range shown {
		why := i.Reason.Words()
		if i.Event != nil {
			why = fmt.Sprintf("%s by %s (event %s)", i.Event.EventName, i.Event.Actor, i.Event.EventID)
			if i.Mode == "unknown" {
				why = i.Reason.Words() + ": " + why
			}
		}
		l.Rows = append(l.Rows, row{i.Mode, i.Duration(), why, i.From, i.Until})
	}
	return l
}

// some are the first of many, and a sentence about the rest.
func some[T any](all []T, most int, what string) ([]T, string) {
	if len(all) <= most {
		return all, ""
	}
	return all[:most], fmt.Sprintf("… and %d more %s, which the JSON form lists.", len(all)-most, what)
}
