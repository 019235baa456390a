package manifest

import (
	"bytes"
	"errors"
	"fmt"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
	"fipsguard/internal/syntax/yaml"
)

// ErrFormat is returned for a document of none of the known formats.
var ErrFormat = errors.New("neither a task definition, a CloudFormation template nor a Terraform plan (terraform show -json)")

// Read returns the resources in a file that rules are about; none is fine. The
// error for a file that cannot be read names the line where that is known.
func Read(data []byte) ([]Item, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	resources, err := resourcesOf(root)
	if err != nil {
		return nil, err
	}
	return items(resources), nil
}

// MaxBytes bounds a file.
const MaxBytes = 16 << 20

// parse reads one JSON or YAML document.
func parse(data []byte) (*syntax.Value, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the file has %d MiB; at most %d are read", len(data)>>20, MaxBytes>>20)
	}
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	start := bytes.TrimLeft(text, " \t\r\n")
	if len(start) == 0 {
		return nil, errors.New("the file is empty")
	}
	if start[0] == '{' || start[0] == '[' {
		root, faults := syntax.JSON(text)
		if len(faults) > 0 {
			return nil, faults[0]
		}
		return root, nil
	}
	roots, faults := yaml.Read(text)
	switch {
	case len(faults) > 0:
		return nil, faults[0]
	case len(roots) == 0:
		return nil, errors.New("the file is empty")
	case len(roots) > 1:
		return nil, syntax.Fault{Position: roots[1].Position, Reason: "the file has more than one YAML document; split it"}
	}
	return roots[0], nil
}

// resourcesOf tells the formats apart by what is in them.
func resourcesOf(root *syntax.Value) ([]resource, error) {
	switch {
	case root.Get("Resources") != nil:
		return templateResources(root), nil
	case root.Get("resource_changes") != nil, root.Get("planned_values") != nil:
		return planResources(root), nil
	case root.Get("taskDefinition").Get("containerDefinitions") != nil:
		return []resource{definitionResource(root.Get("taskDefinition"))}, nil
	case root.Get("containerDefinitions") != nil, root.Get("family") != nil && root.Get("requiresCompatibilities") != nil:
		return []resource{definitionResource(root)}, nil
	}
	return nil, ErrFormat
}

// definitionResource is a task definition in the form that
// register-task-definition takes as --cli-input-json. Nothing in it is left to
// a deployment.
func definitionResource(n *syntax.Value) resource {
	name := "task definition"
	if family := n.Get("family"); family != nil {
		name = family.PlainText()
	}
	return resource{name: name, at: n.Position, kind: "AWS::ECS::TaskDefinition", source: template{}, properties: value{node: n}}
}

// items decodes each resource once. What resources refer to is resolved when
// their states are listed.
func items(resources []resource) []Item {
	var all []Item
	known := definitions{}
	for _, r := range resources {
		says := r.decode()
		known.add(r.id, says.definitions)
		if !says.nothing() {
			all = append(all, Item{Name: r.name, Line: r.at.Line, Column: r.at.Column, says: says, known: known})
		}
	}
	return all
}

// id is how the resources of a file refer to one of them.
type id struct {
	module string // of a plan: names are those of one module
	name   string
}

// definitions are the task definitions of a file, by module and name: of each
// all that it can be.
type definitions map[string]map[string][]guard.TaskDefinition

func (d definitions) add(of id, all []guard.TaskDefinition) {
	if len(all) == 0 {
		return
	}
	if d[of.module] == nil {
		d[of.module] = map[string][]guard.TaskDefinition{}
	}
	d[of.module][of.name] = append(d[of.module][of.name], all...)
}
