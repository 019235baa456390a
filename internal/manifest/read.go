package manifest

import (
	"errors"

	"fipsguard/internal/guard"
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

// resourcesOf tells the formats apart by what is in them.
func resourcesOf(root *node) ([]resource, error) {
	switch {
	case root.get("Resources") != nil:
		return templateResources(root), nil
	case root.get("resource_changes") != nil, root.get("planned_values") != nil:
		return planResources(root), nil
	case root.get("taskDefinition").get("containerDefinitions") != nil:
		return []resource{definitionResource(root.get("taskDefinition"))}, nil
	case root.get("containerDefinitions") != nil, root.get("family") != nil && root.get("requiresCompatibilities") != nil:
		return []resource{definitionResource(root)}, nil
	}
	return nil, ErrFormat
}

// definitionResource is a task definition in the form that
// register-task-definition takes as --cli-input-json. Nothing in it is left to
// a deployment.
func definitionResource(n *node) resource {
	name := "task definition"
	if family := n.get("family"); family != nil {
		name = family.text
	}
	return resource{name: name, line: n.line, column: n.column, kind: "AWS::ECS::TaskDefinition", source: template{}, properties: value{node: n}}
}

// items decodes each resource once, resolves what resources refer to, and
// lists the states that result.
func items(resources []resource) []Item {
	decoded := make([]decoded, len(resources))
	known := definitions{}
	for i, r := range resources {
		decoded[i] = r.decode()
		known.add(r.id, decoded[i].definitions)
	}
	var all []Item
	for i, r := range resources {
		if states := decoded[i].states(known); len(states) > 0 {
			all = append(all, Item{Name: r.name, Line: r.line, Column: r.column, States: states})
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
