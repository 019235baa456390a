package page

import (
	"cmp"
	"html/template"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// page is a document as the page's markup reads it: words, no decisions left.
type page struct {
	Policy  string
	Style   template.HTML
	Script  template.HTML
	Title   string
	Doc     evidence.Document
	Verdict mark
	Summary string
	When    string
	Facts   []fact
	Tiles   []tile
	Picture picture
	Rules   []ruleGroup
	Filters []filter
	Groups  []taskGroup
	Done    []outcomeRow
	Passed  []ruleGroup
	About   []fact
	Scanned []string
}

// fact is a name and what it is.
type fact struct {
	Name, Text string
	Code       bool // an identifier, to be shown as one
}

// tile is a number at a glance.
type tile struct {
	mark
	Count int
	Of    string // what the number counts
}

func newPage(d evidence.Document) (page, error) {
	picture, err := newPicture(d.Timelines, d.Tasks)
	filters, groups := taskGroups(d.Tasks)
	p := page{
		Policy:  pagePolicy(),
		Style:   element("style", pageStyle),
		Script:  element("script", pageScript),
		Title:   "FIPS mode on Fargate: account " + evidence.Name(d.Account) + ", " + evidence.Name(d.Region) + ", " + moment(d.Finished) + " UTC",
		Doc:     d,
		Verdict: verdictOf(d.Status),
		Summary: evidence.Summary(d),
		When:    between(d.Started, d.Finished),
		Facts: []fact{
			{"Account", evidence.Name(d.Account), true},
			{"Region", evidence.Name(d.Region), true},
			{"Scanned", between(d.Started, d.Finished), false},
			{"Triggered by", cmp.Or(evidence.Name(d.Why), "–"), false},
			{"Highest severity", d.Severity.String(), false},
		},
		Tiles:   tiles(d),
		Picture: picture,
		Rules:   findingGroups(d),
		Filters: filters,
		Groups:  groups,
		Passed:  passedGroups(d),
		About:   about(d),
	}
	for _, o := range d.Outcomes {
		p.Done = append(p.Done, newOutcomeRow(o))
	}
	for _, c := range d.Scope.Clusters {
		p.Scanned = append(p.Scanned, evidence.Name(c))
	}
	return p, err
}

// verdictOf says what was observed, no more: a scan is not a certificate.
func verdictOf(v guard.Verdict) mark {
	switch v {
	case guard.Compliant:
		return good("No violations found, and nothing is unknown")
	case guard.NonCompliant:
		return bad("Violations found")
	case guard.NotApplicable:
		return absent("Nothing that the rules apply to was found")
	case guard.InsufficientData:
	}
	return doubt("Some results are unknown")
}

func tiles(d evidence.Document) []tile {
	launchedOff := 0
	for _, t := range d.Tasks {
		if t.Exposed == guard.NonCompliant {
			launchedOff++
		}
	}
	list := []tile{
		{bad(evidence.KernelOff), d.Kernels.Off, "confirmed by the kernel"},
		{bad(exposed), launchedOff, "launched while FIPS mode was off"},
		{doubt(evidence.CouldNotBeChecked), d.Kernels.CouldNotBeChecked, "no usable answer from the task"},
		{absent(evidence.NotCheckedYet), d.Kernels.NotCheckedYet, "still to be checked"},
		{good(evidence.KernelOn), d.Kernels.On, "confirmed by the kernel"},
		{bad("violations"), d.Results.NonCompliant, "findings of a broken rule"},
		{doubt("unknown"), d.Results.InsufficientData, "findings without enough data"},
	}
	for i := range list {
		if list[i].Count == 0 {
			list[i].Class = "absent"
		}
	}
	return list
}

func about(d evidence.Document) []fact {
	t := d.Tool
	module := "version " + t.Module
	if t.Module == "latest" || t.Module == "" {
		module = "not a frozen version"
	}
	if t.FIPS {
		module += ", running in FIPS mode"
	} else {
		module += ", not running in FIPS mode"
	}
	facts := []fact{
		{"Report", evidence.Name(d.ID), true},
		{"Schema", evidence.Name(d.Schema), true},
		{"Status, as AWS Config names it", d.Status.String(), true},
		{"Tool", evidence.Name(strings.TrimSpace(t.Name + " " + t.Version)), false},
		{"Sources", cmp.Or(evidence.Name(t.Source), "–"), true},
		{"Built with", cmp.Or(evidence.Name(t.Go), "–"), true},
		{"Its Go Cryptographic Module", evidence.Name(module), false},
		{"Clusters", scope(d.Scope), false},
		{"Kernel checks", checked(d.Scope.Exec), false},
	}
	if d.Predecessor == nil {
		return append(facts, fact{"Previous report", "none: this is the first report, or the previous one could not be read", false})
	}
	return append(facts,
		fact{"Previous report", evidence.Name(d.Predecessor.ID), true},
		fact{"Its SHA-256", evidence.Name(d.Predecessor.SHA256), true})
}

func scope(s evidence.Scope) string {
	if s.All {
		return evidence.Count(len(s.Clusters), "cluster") + " scanned: all of the account in this Region"
	}
	return evidence.OnlySome(s)
}

func checked(exec bool) string {
	if exec {
		return "read fips_enabled in running tasks"
	}
	return "none were made"
}
