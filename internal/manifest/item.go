package manifest

import (
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// Item is a thing in a file that a rule is about.
type Item struct {
	Name         string // logical ID, family or address
	Line, Column int    // where it stands, from 1
	// States are what it can be once deployed: more than one where the file
	// leaves a choice to the deployment.
	States []guard.State
}

// ErrFormat is returned for a document of none of the known formats.
var ErrFormat = errors.New("neither a task definition, a CloudFormation template nor a Terraform plan (terraform show -json)")

// Read finds the things in a file that rules are about; none is fine. The
// error for a file that cannot be read names the line where that is known.
func Read(data []byte) ([]Item, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	switch {
	case root.get("Resources") != nil:
		return readTemplate(root), nil
	case root.get("resource_changes") != nil, root.get("planned_values") != nil:
		return readPlan(root), nil
	case root.get("taskDefinition").get("containerDefinitions") != nil:
		return []Item{readDefinition(root.get("taskDefinition"))}, nil
	case root.get("containerDefinitions") != nil, root.get("family") != nil && root.get("requiresCompatibilities") != nil:
		return []Item{readDefinition(root)}, nil
	}
	return nil, ErrFormat
}

// Finding judges an item: if what it can be is all of one verdict, that; else
// it is not known.
func (i Item) Finding() guard.Finding {
	var first guard.Finding
	var reasons []string
	mixed := false
	for n, s := range i.States {
		f := guard.Check(s)[0]
		if n == 0 {
			first = f
		}
		mixed = mixed || f.Verdict != first.Verdict
		if reason := f.Verdict.String() + ": " + f.Reason; len(reasons) < maxReasons && !containsText(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if mixed {
		first.Verdict, first.Severity = guard.InsufficientData, guard.Warning
		first.Reason = fmt.Sprintf("It depends on the deployment. %s", strings.Join(reasons, " "))
	}
	first.Subject = i.Name
	return first
}

const maxReasons = 4

func containsText(list []string, text string) bool {
	for _, t := range list {
		if t == text {
			return true
		}
	}
	return false
}

// readDefinition reads the form of register-task-definition --cli-input-json.
func readDefinition(n *node) Item {
	var t template // nothing in this form is left to a deployment
	name := "task definition"
	if family := n.get("family"); family != nil {
		name = family.text
	}
	return Item{Name: name, Line: n.line, Column: n.column, States: t.definitions(n)}
}
