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
	Looked  []string
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
			{"Looked", between(d.Started, d.Finished), false},
			{"Because of", cmp.Or(evidence.Name(d.Why), "–"), false},
			{"Highest severity", d.Severity.String(), false},
		},
		Tiles:   tiles(d),
		Picture: picture,
		Rules:   findingGroups(d.Findings),
		Filters: filters,
		Groups:  groups,
		Passed:  passedGroups(d.Passed),
		About:   about(d),
	}
	for _, o := range d.Outcomes {
		p.Done = append(p.Done, newOutcomeRow(o))
	}
	for _, c := range d.Scope.Clusters {
		p.Looked = append(p.Looked, evidence.Name(c))
	}
	return p, err
}

// verdictOf says what was observed, no more: a look is not a certificate.
func verdictOf(v guard.Verdict) mark {
	switch v {
	case guard.Compliant:
		return good("No violation and no doubt was observed")
	case guard.NonCompliant:
		return bad("Violations were observed")
	case guard.NotApplicable:
		return absent("Nothing that the rules are about was observed")
	case guard.InsufficientData:
	}
	return doubt("Not everything could be verified")
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
		{bad(exposed), launchedOff, "tasks launched while off"},
		{doubt(evidence.CouldNotBeChecked), d.Kernels.CouldNotBeChecked, "tasks gave no usable answer"},
		{absent(evidence.NotCheckedYet), d.Kernels.NotCheckedYet, "tasks are still to be checked"},
		{good(evidence.KernelOn), d.Kernels.On, "confirmed by the kernel"},
		{bad("violations"), d.Verdicts.NonCompliant, "findings of a rule broken"},
		{doubt("doubts"), d.Verdicts.InsufficientData, "findings without enough data"},
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
		{"Status in AWS Config's words", d.Status.String(), true},
		{"Tool", evidence.Name(strings.TrimSpace(t.Name + " " + t.Version)), false},
		{"Commit", cmp.Or(evidence.Name(t.Commit), "–"), true},
		{"Built with", cmp.Or(evidence.Name(t.Go), "–"), true},
		{"Its Go Cryptographic Module", evidence.Name(module), false},
		{"Clusters", scope(d.Scope), false},
		{"Containers", asked(d.Scope.Exec), false},
	}
	if d.Predecessor == nil {
		return append(facts, fact{"Report before this one", "none: this is the first, or it was not kept", false})
	}
	return append(facts,
		fact{"Report before this one", evidence.Name(d.Predecessor.ID), true},
		fact{"Its SHA-256", evidence.Name(d.Predecessor.SHA256), true})
}

func scope(s evidence.Scope) string {
	if s.All {
		return evidence.Count(len(s.Clusters), "cluster") + " looked at: all of the account's in this Region"
	}
	return "Only " + evidence.Count(len(s.Clusters), "cluster") + " looked at"
}

func asked(exec bool) string {
	if exec {
		return "were asked for fips_enabled of the kernel under them"
	}
	return "were not asked"
}
