package page

import (
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// ruleGroup is what one rule says: its requirement and remedy once, however
// many things it is about.
type ruleGroup struct {
	mark
	Rule        string
	Requirement string
	Remedy      string
	Count       string
	Long        bool // fills its frame, so that it need not be laid out before it comes into view
	Tables      []subjectTable
}

// subjectTable is subjects that have the beginning of their ARNs in common.
type subjectTable struct {
	Prefix string // empty when there is nothing to share
	Rows   []subjectRow
}

type subjectRow struct{ Subject, Reason string }

// findingGroups groups findings by rule, verdict, severity and remedy, in the
// order in which they come: the most severe first.
func findingGroups(d evidence.Document) []ruleGroup {
	type kind struct {
		rule     guard.RuleID
		result   evidence.Result
		severity guard.Severity
		remedy   string
	}
	var order []kind
	members := map[kind][]evidence.Claim{}
	for _, f := range d.Claims {
		if f.Result == evidence.Compliant {
			continue
		}
		key := kind{f.Rule, f.Result, f.Severity, f.Remedy}
		if _, ok := members[key]; !ok {
			order = append(order, key)
		}
		members[key] = append(members[key], f)
	}
	var groups []ruleGroup
	for _, key := range order {
		list := members[key]
		g := ruleGroup{
			mark: doubt(key.severity.String()), Rule: evidence.Name(string(key.rule)),
			Requirement: evidence.Name(d.Rule(key.rule).Requirement), Remedy: evidence.Name(list[0].Remedy), Count: evidence.Count(len(list), "unknown result"),
		}
		if key.result == evidence.NonCompliant {
			g.mark, g.Count = bad(key.severity.String()), evidence.Count(len(list), "violation")
		}
		var rows []subjectRow
		for _, f := range list {
			rows = append(rows, subjectRow{f.Subject, f.Reason})
		}
		g.Tables, g.Long = subjectTables(rows), len(rows) > rowsPerTable
		groups = append(groups, g)
	}
	return groups
}

func passedGroups(d evidence.Document) []ruleGroup {
	var order []guard.RuleID
	members := map[guard.RuleID][]subjectRow{}
	tasks := map[string]bool{}
	for _, t := range d.Tasks {
		tasks[t.ARN] = true
	}
	for _, p := range d.Claims {
		if p.Result != evidence.Compliant || tasks[p.Subject] {
			continue
		}
		if _, ok := members[p.Rule]; !ok {
			order = append(order, p.Rule)
		}
		members[p.Rule] = append(members[p.Rule], subjectRow{p.Subject, p.Reason})
	}
	var groups []ruleGroup
	for _, id := range order {
		rows := members[id]
		groups = append(groups, ruleGroup{
			mark: good("as required"), Rule: evidence.Name(string(id)), Requirement: evidence.Name(d.Rule(id).Requirement),
			Count: evidence.Count(len(rows), "subject"), Long: len(rows) > rowsPerTable, Tables: subjectTables(rows),
		})
	}
	return groups
}

// subjectTables takes the beginning out of ARNs that several rows share.
func subjectTables(rows []subjectRow) []subjectTable {
	shared := map[string]int{}
	for _, r := range rows {
		shared[beforeARNName(r.Subject)]++
	}
	var tables []subjectTable
	at := map[string]int{}
	for _, r := range rows {
		prefix := beforeARNName(r.Subject)
		if shared[prefix] < 2 {
			prefix = ""
		}
		i, ok := at[prefix]
		if !ok {
			i = len(tables)
			at[prefix] = i
			tables = append(tables, subjectTable{Prefix: evidence.Name(prefix)})
		}
		tables[i].Rows = append(tables[i].Rows, subjectRow{evidence.Name(strings.TrimPrefix(r.Subject, prefix)), evidence.Name(r.Reason)})
	}
	return tables
}

func beforeARNName(subject string) string {
	if !strings.HasPrefix(subject, "arn:") {
		return ""
	}
	return beforeName(subject)
}
