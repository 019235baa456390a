package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// page is a document as the page's markup reads it: words, no decisions left.
type page struct {
	Policy  string
	Style   template.HTML
	Script  template.HTML
	Title   string
	Doc     evidence.Document
	Report  string
	Verdict mark
	Summary string
	When    string
	Facts   []fact
	Tiles   []tile
	Picture picture
	Now     []standing
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
		Title:   "FIPS mode on Fargate and Managed Instances: account " + evidence.Name(d.Of()) + ", " + evidence.Name(d.Region) + ", " + moment(d.Finished) + " UTC",
		Doc:     d,
		Report:  evidence.Name(d.ID),
		Verdict: verdictOf(d),
		Summary: evidence.Summary(d),
		When:    between(d.Started, d.Finished),
		Facts: []fact{
			{"Account", evidence.Name(d.Of()), true},
			{"Region", evidence.Name(d.Region), true},
			{"Scanned", between(d.Started, d.Finished), false},
			{"Period of the history", period(d), false},
			{"Collected by", cmp.Or(evidence.Name(d.Collector), "unknown"), true},
			{"Triggered by", cmp.Or(evidence.Name(d.Why), "–"), false},
			{"Highest severity", d.Severity.String(), false},
		},
		Tiles:   tiles(d),
		Picture: picture,
		Now:     now(d),
		Filters: filters,
		Groups:  groups,
		Passed:  passed(d),
		Done:    others(d),
		About:   about(d),
	}
	for _, c := range d.Scope.Clusters {
		p.Scanned = append(p.Scanned, evidence.Name(c))
	}
	return p, err
}

// verdictOf says what was observed, no more: a scan is not a certificate.
func verdictOf(d evidence.Document) mark {
	switch d.Status {
	case guard.Compliant:
		if d.Results.NotExamined > 0 {
			return good("No violations found, and nothing is unknown in what was examined")
		}
		return good("No violations found, and nothing is unknown")
	case guard.NonCompliant:
		if d.Results.Fixed > 0 && d.Results.Fixed == d.Results.NonCompliant {
			return bad("Violations found, all fixed in this scan")
		}
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
		{bad("open"), d.Results.NonCompliant - d.Results.Fixed, "violations that stand"},
		{doubt("unknown"), d.Results.InsufficientData, "results without enough data"},
		{good("fixed"), d.Results.Fixed, "violations fixed in this scan"},
		{absent("starting"), d.Results.Starting, "tasks that could not be asked yet"},
		{absent("not examined"), d.Results.NotExamined, "rules that the scan left out"},
		{bad(evidence.KernelOff), d.Kernels.Off, "confirmed by the kernel"},
		{bad(exposed), launchedOff, "launched without FIPS mode"},
		{doubt(evidence.CouldNotBeChecked), d.Kernels.CouldNotBeChecked, "no usable answer from the task"},
		{absent(evidence.NotCheckedYet), d.Kernels.NotCheckedYet, "still to be checked"},
		{good(evidence.KernelOn), d.Kernels.On, "confirmed by the kernel"},
	}
	list = slices.DeleteFunc(list, func(t tile) bool { return t.Count == 0 && t.Class == "absent" })
	return lit(list)
}

// lit takes the colour of tiles that count nothing.
func lit(list []tile) []tile {
	for i := range list {
		if list[i].Count == 0 {
			list[i].Class = "absent"
		}
	}
	return list
}

// tool is the program that made a report.
func tool(t evidence.Tool) []fact {
	module := "version " + t.Module
	if t.Module == "latest" || t.Module == "" {
		module = "not a frozen version"
	}
	if t.FIPS {
		module += ", running in FIPS mode"
	} else {
		module += ", not running in FIPS mode"
	}
	return []fact{
		{"Program", evidence.Name(strings.TrimSpace(t.Name + " " + t.Version)), false},
		{"Sources", cmp.Or(evidence.Name(t.Source), "–"), true},
		{"Built with", cmp.Or(evidence.Name(t.Go), "–"), true},
		{"Its Go Cryptographic Module", evidence.Name(module), false},
	}
}

func about(d evidence.Document) []fact {
	facts := []fact{
		{"Report", evidence.Name(d.ID), true},
		{"Schema", evidence.Name(d.Schema), true},
		{"Original", evidence.Name(d.Original()), true},
		{"Status, as AWS Config names it", d.Status.String(), true},
		{"Collected by", cmp.Or(evidence.Name(d.Collector), "unknown"), true},
		{"Renewal", evidence.Name(d.Cycle.Keeps), false},
	}
	facts = append(facts, tool(d.Tool)...)
	facts = append(facts, fact{"Clusters", scope(d.Scope), false}, fact{"Kernel checks", checked(d.Scope.Exec), false})
	if d.Predecessor == nil {
		return append(facts, fact{"Previous report", cmp.Or(evidence.Name(d.Chain.Begins), "none: this report stands by itself"), false})
	}
	return append(facts,
		fact{"Previous report", evidence.Name(d.Predecessor.ID), true},
		fact{"Its SHA-256", evidence.Name(d.Predecessor.SHA256), true})
}

// period is the time of which the report knows what the account default was.
func period(d evidence.Document) string {
	axis, ok := axisOf(d.Timelines)
	if !ok {
		return "none was read"
	}
	return between(axis.From, axis.Until)
}

// passed is what is as required, but for tasks, which have a table of their own.
func passed(d evidence.Document) []ruleGroup {
	tasks := map[string]bool{}
	for _, t := range d.Tasks {
		tasks[t.ARN] = true
	}
	return newGrouping(d).groups(func(c evidence.Claim) bool { return c.Result == evidence.Compliant && !tasks[c.Subject] })
}

func scope(s evidence.Scope) string {
	if s.All {
		return grammar.Count(len(s.Clusters), "cluster") + " scanned: all of the account in this Region"
	}
	return evidence.OnlySome(s)
}

func checked(exec bool) string {
	if exec {
		return "read fips_enabled in running tasks"
	}
	return "none were made"
}
