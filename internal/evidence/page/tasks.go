package page

import (
	"fmt"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// taskGroup is the tasks of a cluster. What their ARNs have in common is said
// once: thousands of rows have to open at once.
type taskGroup struct {
	Name        string
	ARN         string // of the tasks, up to the ID
	Definitions string // ARN of the definitions, up to the family; empty when they differ
	Counts      string
	Tables      []taskTable
}

// taskTable is a part of a group small enough to be laid out only when it
// comes into view.
type taskTable struct {
	Caption string
	Full    bool
	Rows    []taskRowView
}

// rowsPerTable is known to the style, which reserves that many rows' height.
const rowsPerTable = 100

// taskRowView is a row.
type taskRowView struct {
	Marks   []mark // of the filters that show it
	ID      string
	Service string
	From    string // the task definition
	Runs    string // on what, platform and its version
	Created string
	Answer  string
	Asked   string // which container, when
	Reason  string
}

// filter is a button that shows the tasks of one kind.
type filter struct {
	mark
	Count int
}

// What the page calls a task besides the result of its kernel check.
const (
	exposed         = "exposed"
	exposureUnknown = "exposure unknown"
	notCovered      = "platform not covered"
)

// kinds are the filters, the most pressing first.
func kinds() []filter {
	return []filter{
		{mark: bad(evidence.KernelOff)},
		{mark: bad(exposed)},
		{mark: bad(notCovered)},
		{mark: doubt(evidence.CouldNotBeChecked)},
		{mark: doubt(exposureUnknown)},
		{mark: absent(evidence.NotCheckedYet)},
		{mark: absent(evidence.NotRunningYet)},
		{mark: absent(evidence.NotAsked)},
		{mark: absent(evidence.NotInScope)},
		{mark: good(evidence.KernelOn)},
	}
}

// is reports whether a filter shows a task.
func (f filter) is(t evidence.Task) bool {
	switch f.Word {
	case exposed:
		return t.Exposed == guard.NonCompliant
	case exposureUnknown:
		return t.Exposed == guard.InsufficientData
	case notCovered:
		return t.Scope == guard.NonCompliant
	}
	return t.Kernel.Result == f.Word
}

// taskGroups groups tasks by cluster in the order in which they come, the most
// pressing first, with the filters that show any of them.
func taskGroups(tasks []evidence.Task) ([]filter, []taskGroup) {
	var order []string
	members := map[string][]evidence.Task{}
	for _, t := range tasks {
		key := beforeName(t.ARN)
		if _, ok := members[key]; !ok {
			order = append(order, key)
		}
		members[key] = append(members[key], t)
	}
	var groups []taskGroup
	all := kinds()
	for _, key := range order {
		groups = append(groups, newTaskGroup(key, members[key], all))
	}
	var used []filter
	for _, f := range all {
		if f.Count > 0 {
			used = append(used, f)
		}
	}
	return used, groups
}

func newTaskGroup(arn string, tasks []evidence.Task, all []filter) taskGroup {
	g := taskGroup{Name: short(lastPart(tasks[0].Cluster)), ARN: evidence.Name(arn), Definitions: beforeName(tasks[0].Definition)}
	for _, t := range tasks {
		if beforeName(t.Definition) != g.Definitions {
			g.Definitions = ""
			break
		}
	}
	counts := make([]int, len(all))
	for start := 0; start < len(tasks); start += rowsPerTable {
		end := min(start+rowsPerTable, len(tasks))
		table := taskTable{Caption: "Tasks of cluster " + g.Name, Full: end-start == rowsPerTable}
		if len(tasks) > rowsPerTable {
			table.Caption += fmt.Sprintf(", %d to %d of %d", start+1, end, len(tasks))
		}
		for _, t := range tasks[start:end] {
			row := newTaskRow(t, g.Definitions)
			for i, f := range all {
				if f.is(t) {
					counts[i]++
					row.Marks = append(row.Marks, f.mark)
				}
			}
			table.Rows = append(table.Rows, row)
		}
		g.Tables = append(g.Tables, table)
	}
	said := []string{grammar.Count(len(tasks), "task")}
	for i, n := range counts {
		all[i].Count += n
		if n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, all[i].Word))
		}
	}
	g.Counts = strings.Join(said, " · ")
	g.Definitions = evidence.Name(g.Definitions)
	return g
}

func newTaskRow(t evidence.Task, definitions string) taskRowView {
	row := taskRowView{
		ID: short(lastPart(t.ARN)), Service: short(t.Service), From: short(strings.TrimPrefix(t.Definition, definitions)),
		Runs: evidence.Name(runsOn(t)), Created: momentOf(t.Created),
		Answer: answer(t.Kernel.Answer), Reason: short(t.Kernel.Reason),
	}
	if t.LastStatus != "RUNNING" && t.LastStatus != "" {
		row.Runs += ", " + evidence.Name(t.LastStatus)
	}
	switch {
	case t.Kernel.At != nil && t.Kernel.Container != "":
		row.Asked = short(t.Kernel.Container) + " at " + moment(*t.Kernel.At)
	case t.Kernel.At != nil:
		row.Asked = "at " + moment(*t.Kernel.At)
	}
	return row
}

// runsOn is "Managed Instances (main), ARM64" or "Fargate, LINUX/X86_64 1.4.0".
func runsOn(t evidence.Task) string {
	on := t.Compute
	if t.CapacityProvider != "" {
		on += " (" + t.CapacityProvider + ")"
	}
	platform := strings.TrimSpace(t.Platform + " " + t.PlatformVersion)
	if on != "" && platform != "" {
		on += ", "
	}
	return on + platform
}

// beforeName is an ARN up to the name at its end.
func beforeName(arn string) string { return arn[:strings.LastIndex(arn, "/")+1] }

// lastPart is the last part of an ARN, by which people know a resource.
func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
