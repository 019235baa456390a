package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// ruleGroup is what one rule says: its requirement and remedy once, however
// many things it is about.
type ruleGroup struct {
	mark
	Rule        string
	Requirement string
	Controls    string
	Remedy      string
	Count       string
	Seen        string // how and when
	Commands    []command
	More        int // commands that are left out
	Did         []outcomeRow
	Long        bool // fills its frame, so that it need not be laid out before it comes into view
	Tables      []subjectTable
}

// subjectTable is subjects of one application, or of none, that have the
// beginning of their ARNs in common.
type subjectTable struct {
	App    string
	Prefix string // empty when there is nothing to share
	Rows   []subjectRow
}

type subjectRow struct{ Subject, app, Reason string }

// grouping groups a document's claims.
type grouping struct {
	doc     evidence.Document
	apps    map[string]string // of tasks, by ARN
	actions actions
}

func newGrouping(d evidence.Document) grouping {
	g := grouping{d, map[string]string{}, actionsOf(d)}
	for _, t := range d.Tasks {
		g.apps[t.ARN] = application(t)
	}
	return g
}

// application is what people call what runs in a task: its service, and the
// family of its definition where that has another name.
func application(t evidence.Task) string {
	switch {
	case t.Service == "":
		return short(t.Family)
	case t.Family == "" || t.Family == t.Service:
		return short(t.Service)
	}
	return short(t.Service) + " (" + short(t.Family) + ")"
}

// groups groups the claims that are asked for by rule, result, severity and
// remedy, in the order in which they come: the most severe first.
func (g grouping) groups(is func(evidence.Claim) bool) []ruleGroup {
	type kind struct {
		rule     guard.RuleID
		result   evidence.Result
		severity guard.Severity
		remedy   string
	}
	var order []kind
	members := map[kind][]evidence.Claim{}
	for _, c := range g.doc.Claims {
		if !is(c) {
			continue
		}
		key := kind{c.Rule, c.Result, c.Severity, c.Remedy}
		if _, ok := members[key]; !ok {
			order = append(order, key)
		}
		members[key] = append(members[key], c)
	}
	var groups []ruleGroup
	for _, key := range order {
		groups = append(groups, g.group(members[key]))
	}
	return groups
}

func (g grouping) group(claims []evidence.Claim) ruleGroup {
	first := claims[0]
	rule := g.doc.Rule(first.Rule)
	group := ruleGroup{
		mark: claimMark(first), Rule: evidence.Name(string(first.Rule)), Requirement: evidence.Name(rule.Requirement), Controls: controls(rule),
		Count: count(claims), Seen: seen(claims), Long: len(claims) > rowsPerTable, Did: g.actions.about(claims),
	}
	group.Commands, group.More = commandsOf(claims)
	if !first.Fixed {
		group.Remedy = remedyText(first.Remedy, group.Commands)
	}
	var rows []subjectRow
	for _, c := range claims {
		rows = append(rows, subjectRow{c.Subject, g.apps[c.Subject], c.Reason})
	}
	group.Tables = subjectTables(rows)
	return group
}

// remedyText is a remedy without the command that stands under it.
func remedyText(remedy string, commands []command) string {
	for _, c := range commands {
		if before, ok := strings.CutSuffix(remedy, c.Text); ok {
			return evidence.Name(strings.TrimSpace(before))
		}
	}
	return evidence.Name(remedy)
}

func claimMark(c evidence.Claim) mark {
	switch c.Result {
	case evidence.Compliant:
		return good("as required")
	case evidence.NonCompliant:
		if c.Fixed {
			return good("fixed")
		}
		return bad(c.Severity.String())
	case evidence.NotExamined:
		return absent("not examined")
	case evidence.Starting:
		return absent("starting")
	case evidence.InsufficientData:
	}
	return doubt(c.Severity.String())
}

func count(claims []evidence.Claim) string {
	n := len(claims)
	switch claims[0].Result {
	case evidence.NonCompliant:
		return grammar.Count(n, "violation")
	case evidence.InsufficientData:
		return grammar.Count(n, "unknown result")
	case evidence.Compliant, evidence.Starting, evidence.NotExamined:
	}
	return grammar.Count(n, "subject")
}

func controls(r evidence.Rule) string {
	var titles []string
	for _, c := range r.Controls {
		titles = append(titles, c.Title+" ("+c.Objective+")")
	}
	return evidence.Name(strings.Join(titles, ", "))
}

// seen is how claims were observed, from when to when.
func seen(claims []evidence.Claim) string {
	var how guard.How
	var from, until time.Time
	for _, c := range claims {
		if c.At == nil {
			continue
		}
		how = c.Seen
		if from.IsZero() || c.At.Before(from) {
			from = *c.At
		}
		if c.At.After(until) {
			until = *c.At
		}
	}
	words := map[guard.How]string{guard.Configured: "AWS answered it", guard.Recorded: "CloudTrail recorded it", guard.Vouched: "CloudTrail recorded it, and its signatures vouch for the log files", guard.Asked: "containers answered it",
		guard.Witnessed: "a witness answered it by its exit code", guard.Received: "the enforcer received it"}
	switch {
	case from.IsZero():
		return "not observed"
	case from.Equal(until):
		return fmt.Sprintf("%s at %s UTC", cmp.Or(words[how], "observed"), moment(from))
	}
	return fmt.Sprintf("%s from %s", cmp.Or(words[how], "observed"), between(from, until))
}

// subjectTables says once what several rows share.
func subjectTables(rows []subjectRow) []subjectTable {
	type common struct{ app, prefix string }
	shared := map[common]int{}
	for _, r := range rows {
		shared[common{r.app, beforeARNName(r.Subject)}]++
	}
	var tables []subjectTable
	at := map[common]int{}
	for _, r := range rows {
		key := common{r.app, beforeARNName(r.Subject)}
		if shared[key] < 2 {
			key.prefix = ""
		}
		i, ok := at[key]
		if !ok {
			i = len(tables)
			at[key] = i
			tables = append(tables, subjectTable{App: r.app, Prefix: evidence.Name(key.prefix)})
		}
		tables[i].Rows = append(tables[i].Rows, subjectRow{Subject: evidence.Name(strings.TrimPrefix(r.Subject, key.prefix)), Reason: evidence.Name(r.Reason)})
	}
	return tables
}

func beforeARNName(subject string) string {
	if !strings.HasPrefix(subject, "arn:") {
		return ""
	}
	return beforeName(subject)
}
