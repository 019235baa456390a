package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// The most of an audit that a page shows; the JSON reports have all.
const (
	maxOverrides    = 8
	maxOverrideRows = 20
	maxListed       = 100 // of each kind
)

// pastPage is an audit as the page's markup reads it.
type pastPage struct {
	Policy  string
	Style   template.HTML
	Title   string
	Verdict mark
	Summary string
	Facts   []fact
	Parts   []part
	Many    bool // there is more than one part
	Limits  []string
	Report  string
}

// part is an account and a Region of it.
type part struct {
	mark
	ID                                   string // begins the IDs of its sections
	Name                                 string
	Words                                string
	Tiles                                []tile
	Picture                              picture
	Found                                []standing
	Passed                               []ruleGroup
	Attempts                             []evidence.Attempt
	Faulty                               []evidence.Faulty
	MoreClaims, MoreAttempts, MoreFaulty string
	About                                []fact
}

func newPastPage(all []evidence.Document) (pastPage, error) {
	p := pastPage{
		Policy: pagePolicy(), Style: element("style", pageStyle), Title: "Audit of FIPS mode on Fargate",
		Verdict: doubt("Nothing is known"), Summary: "No account and Region was found in the files.", Many: len(all) > 1, Report: "of no place",
	}
	var names []string
	for i, d := range all {
		one, err := newPart(d, "p"+strconv.Itoa(i+1))
		if err != nil {
			return p, err
		}
		p.Parts = append(p.Parts, one)
		names = append(names, evidence.Name(d.ID))
	}
	if len(all) == 0 {
		return p, nil
	}
	first := all[0]
	p.Report, p.Limits = strings.Join(names, ", "), first.Limits
	p.Verdict, p.Summary = pastVerdict(all)
	p.Facts = []fact{
		{"Time", periodOf(all), false},
		{"Log files", filesOf(first.Past.Logs), false},
		{"Collected by", cmp.Or(evidence.Name(first.Collector), "unknown"), true},
		{"Audited", between(first.Started, first.Finished), false},
		{"Program", evidence.Name(strings.TrimSpace(first.Tool.Name + " " + first.Tool.Version)), false},
	}
	if len(all) == 1 {
		p.Title += ": account " + evidence.Name(first.Account) + ", " + evidence.Name(first.Region)
	}
	return p, nil
}

// pastVerdict says the worst of all places.
func pastVerdict(all []evidence.Document) (mark, string) {
	if len(all) == 1 {
		return pastMark(all[0]), evidence.Summary(all[0])
	}
	count := map[string]int{}
	worst := mark{}
	for _, class := range []string{"bad", "doubt", "good"} {
		for _, d := range all {
			m := pastMark(d)
			if m.Class == class {
				count[class]++
				worst = cmp.Or(worst, m)
			}
		}
	}
	return worst, fmt.Sprintf("Accounts and Regions: %d. With a violation: %d; else with something unknown: %d; with neither: %d.",
		len(all), count["bad"], count["doubt"], count["good"])
}

// pastMark says what one place comes to: first what the setting was.
func pastMark(d evidence.Document) mark {
	setting := evidence.InsufficientData
	for _, c := range d.Claims {
		if c.Rule == guard.FIPSModeDefault {
			setting = c.Result
		}
	}
	switch {
	case setting == evidence.NonCompliant:
		return bad("FIPS mode was off at times")
	case d.Status == guard.NonCompliant:
		return bad("Violations were found")
	case setting != evidence.Compliant:
		return doubt("It is unknown at times whether FIPS mode was on")
	case d.Status != guard.Compliant:
		return doubt("FIPS mode was on all the time, as far as the files show")
	}
	return good("FIPS mode was on all the time")
}

// periodOf is the time that the places answer for.
func periodOf(all []evidence.Document) string {
	var from, until time.Time
	for _, d := range all {
		if d.Past.From == nil || d.Past.Until == nil {
			continue
		}
		if from.IsZero() || d.Past.From.Before(from) {
			from = *d.Past.From
		}
		if d.Past.Until.After(until) {
			until = *d.Past.Until
		}
	}
	if from.IsZero() {
		return "none"
	}
	return between(from, until)
}

func filesOf(l evidence.Logs) string {
	return fmt.Sprintf("%d read, %d skipped", l.Read, l.Skipped)
}

func newPart(d evidence.Document, id string) (part, error) {
	picture, err := pastPicture(d)
	shown, more := bounded(d)
	g := newGrouping(shown)
	t := d.Past.Trust
	p := part{
		mark: pastMark(d), ID: id, Name: "Account " + evidence.Name(d.Account) + ", " + evidence.Name(d.Region), Words: evidence.Name(d.Past.Words), Picture: picture,
		Found: []standing{
			{bad("Found"), id + "-found", "No violation was found.", g.groups(evidence.Claim.Open)},
			{doubt("Unknown"), id + "-unknown", "Nothing is unknown.", g.groups(evidence.Claim.Unknown)},
		},
		Passed: g.groups(func(c evidence.Claim) bool { return c.Result == evidence.Compliant }),
		About:  append([]fact{{"Report", evidence.Name(d.ID), true}, {"Original", evidence.Name(d.Original()), true}, {"Status, as AWS Config names it", d.Status.String(), true}}, tool(d.Tool)...),
	}
	p.MoreClaims = more
	p.list(*d.Past)
	off := evidence.Sum{}
	if len(d.Timelines) > 0 {
		off = d.Timelines[0].Sum
	}
	p.Tiles = lit([]tile{
		{bad("off"), off.OffTimes, "periods in which the account's default was off"},
		{doubt("unvouched"), t.UnvouchedHours, "hours for which no signature vouches"},
		{good("vouched"), t.VouchedHours, "hours that CloudTrail's signatures vouch for"},
		{bad("altered"), t.AlteredFiles, "log files that are not as they were signed"},
		{doubt("missing"), t.MissingFiles, "log files that were signed and not found"},
		{doubt("faulty"), len(d.Past.Logs.Faulty), "files that could not be used as a whole"},
	})
	return p, err
}

// bounded is a document with the first claims of each rule and result, and a
// sentence about the others.
func bounded(d evidence.Document) (evidence.Document, string) {
	type kind struct {
		rule   guard.RuleID
		result evidence.Result
	}
	count, left := map[kind]int{}, 0
	var claims []evidence.Claim
	for _, c := range d.Claims {
		of := kind{c.Rule, c.Result}
		if count[of]++; count[of] > maxListed {
			left++
			continue
		}
		claims = append(claims, c)
	}
	d.Claims = claims
	if left == 0 {
		return d, ""
	}
	return d, "… and " + grammar.Count(left, "more claim") + " of these kinds in the JSON report."
}

// list lists the first failed calls and faulty files, with their texts made safe.
func (p *part) list(past evidence.Past) {
	attempts, more := some(past.Attempts)
	p.MoreAttempts = more
	for _, a := range attempts {
		a.API, a.By, a.EventID, a.Failure = evidence.Name(a.API), evidence.Name(a.By), evidence.Name(a.EventID), evidence.Name(a.Failure)
		p.Attempts = append(p.Attempts, a)
	}
	faulty, more := some(past.Logs.Faulty)
	p.MoreFaulty = more
	for _, f := range faulty {
		p.Faulty = append(p.Faulty, evidence.Faulty{Path: evidence.Name(f.Path), Fault: evidence.Name(f.Fault)})
	}
}

// some are the first of many, and a sentence about the rest.
func some[T any](all []T) ([]T, string) {
	if len(all) <= maxListed {
		return all, ""
	}
	return all[:maxListed], fmt.Sprintf("… and %d more in the JSON report.", len(all)-maxListed)
}

// pastPicture is the timelines of an audit: all of the time, and of overrides the
// worst ones.
func pastPicture(d evidence.Document) (picture, error) {
	var p picture
	shown := slices.Clone(d.Timelines)
	if len(shown) > 1 {
		slices.SortStableFunc(shown[1:], func(a, b evidence.Timeline) int {
			return cmp.Or(cmp.Compare(b.Sum.OffSeconds, a.Sum.OffSeconds), cmp.Compare(b.Sum.UnknownSeconds, a.Sum.UnknownSeconds))
		})
	}
	if more := len(shown) - 1 - maxOverrides; more > 0 {
		shown, p.More = shown[:1+maxOverrides], "… and "+grammar.Count(more, "more override")+" in the JSON report, off for a shorter time or never."
	}
	coarse := false
	for _, line := range shown {
		rows := maxSpanRows
		if line.Principal != "" {
			rows = maxOverrideRows
		}
		p.Lanes = append(p.Lanes, newLane(line, ofAudit(), rows))
		coarse = coarse || isCoarse(line)
	}
	if coarse {
		p.Coarse = "Where there are too many periods to draw, each stripe has the worst of its time."
	}
	axis, ok := axisOf(shown)
	if !ok {
		return p, nil
	}
	c := newChart(axis, shown, ofAudit())
	c.Label = fmt.Sprintf("FIPS mode of account %s in %s from %s to %s UTC, %s. The tables below say the same in words.",
		evidence.Name(d.Account), evidence.Name(d.Region), moment(axis.From), moment(axis.Until), grammar.Count(len(shown), "timeline"))
	var err error
	p.SVG, err = c.SVG()
	return p, err
}
