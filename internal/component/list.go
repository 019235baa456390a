package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// List is what a template deploys, by logical ID. Its values may refer to each
// other and to what is known only when it is deployed.
type List struct {
	Components map[string]Component
	Conditions map[string]any `json:",omitempty"`
}

// Component is one resource, with what belongs to it.
type Component struct {
	Type       string
	Condition  string `json:",omitempty"` // deployed only if it holds
	Properties map[string]any
}

// Packed and Known are the variables of the verifier's environment with the list
// and with what only CloudFormation knows. They are the one thing that the list
// does not have, since it cannot hold itself.
const (
	Packed = "FIPSGUARD_COMPONENTS"
	Known  = "FIPSGUARD_KNOWN"
)

type resource struct {
	Type       string
	Condition  string
	Properties map[string]any
}

// Of is the list of what a template deploys. A type or a property that nobody
// has decided about is an error: what is not compared is said in this package.
func Of(template []byte) (List, error) {
	var t struct {
		Resources  map[string]resource
		Conditions map[string]any
	}
	if err := json.Unmarshal(template, &t); err != nil {
		return List{}, fmt.Errorf("read the template: %w", err)
	}
	list := List{Components: map[string]Component{}, Conditions: t.Conditions}
	for id, r := range t.Resources {
		_, belongs := belongings()[r.Type]
		_, none := unread()[r.Type]
		of, compared := kinds()[r.Type]
		if !compared && !belongs && !none {
			return List{}, fmt.Errorf("%s: the self-check does not know the type %s", id, r.Type)
		}
		if compared {
			if property := undecided(r.Properties, of); property != "" {
				return List{}, fmt.Errorf("%s: nobody has decided whether the self-check compares %s of %s", id, property, r.Type)
			}
			list.Components[id] = Component{Type: r.Type, Condition: r.Condition, Properties: withoutOwn(pick(r.Properties, append(of.compared, of.named)))}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if err := list.fold(t.Resources[id], id); err != nil {
			return List{}, fmt.Errorf("%s: %w", id, err)
		}
	}
	return list, nil
}

// undecided is a property that is neither compared nor left out on purpose.
func undecided(properties map[string]any, of kind) string {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if name != of.named && !slices.Contains(of.compared, name) && !slices.Contains(leftOut(), name) {
			return name
		}
	}
	return ""
}

// fold adds a resource to the one that it belongs to.
func (l List) fold(r resource, id string) error {
	how, belongs := belongings()[r.Type]
	if !belongs {
		return nil
	}
	owners, ok := r.Properties[how.owner].([]any)
	if !ok {
		owners = []any{r.Properties[how.owner]}
	}
	for _, reference := range owners {
		owner, found := l.Components[target(reference)]
		if !found {
			return fmt.Errorf("nothing of the template owns this %s", r.Type)
		}
		own := maps.Clone(r.Properties)
		delete(own, how.owner)
		value := any(own)
		if how.value != "" {
			value = own[how.value]
		}
		if r.Condition != "" {
			value = map[string]any{"Fn::If": []any{r.Condition, value, map[string]any{"Ref": noValue}}}
		}
		if !how.only {
			sofar, _ := owner.Properties[how.as].([]any)
			value = append(sofar, value)
		} else if owner.Properties[how.as] != nil {
			return errors.New("there is another one of the same owner")
		}
		owner.Properties[how.as] = value
	}
	return nil
}

// target is the logical ID that a reference is about, or empty.
func target(reference any) string {
	of, _ := reference.(map[string]any)
	if id, ok := of["Ref"].(string); ok {
		return id
	}
	if path, ok := of["Fn::GetAtt"].([]any); ok && len(path) > 0 {
		id, _ := path[0].(string)
		return id
	}
	return ""
}

func pick(properties map[string]any, names []string) map[string]any {
	picked := map[string]any{}
	for _, name := range names {
		if value, ok := properties[name]; ok {
			picked[name] = value
		}
	}
	return picked
}

// withoutOwn leaves the list itself out of the verifier's environment.
func withoutOwn(properties map[string]any) map[string]any {
	environment, _ := properties["Environment"].(map[string]any)
	if variables, ok := environment["Variables"].(map[string]any); ok {
		delete(variables, Packed)
		delete(variables, Known)
	}
	return properties
}

// SetCode says what SHA-256, as Lambda writes it, a function's code has.
func (l List) SetCode(function, sum string) error {
	for _, c := range l.Components {
		if c.Type == "AWS::Lambda::Function" && c.Properties["FunctionName"] == function {
			c.Properties["CodeSha256"] = sum
			return nil
		}
	}
	return fmt.Errorf("the template has no function %s", function)
}
