package component

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const noValue = "AWS::NoValue"

// Place is where a list is deployed, with what only CloudFormation knows: the
// values of parameters, and names that it makes, as "Email1" or "Key.Arn".
type Place struct {
	Partition, Account, Region string
	Known                      map[string]string
}

// Meant is one component as it has to be.
type Meant struct {
	ID         string
	Type       string
	Name       string         // as its calls want it: a name, an ARN or a URL
	Words      string         // what people call it
	Properties map[string]any // nothing refers to anything any more
	Unknown    string         // why they are not known; empty if they are
}

// At is what has to be there, by logical ID.
func (l List) At(place Place) []Meant {
	r := resolver{l, place}
	var all []Meant
	for _, id := range slices.Sorted(maps.Keys(l.Components)) {
		c := l.Components[id]
		meant := Meant{ID: id, Type: c.Type, Words: kinds()[c.Type].words + " " + id}
		if c.Condition != "" {
			holds, err := r.holds(c.Condition)
			if err == nil && !holds {
				continue
			}
			if err != nil {
				meant.Unknown = err.Error()
			}
		}
		if err := r.fill(&meant, c); err != nil {
			meant.Unknown = err.Error()
		}
		all = append(all, meant)
	}
	return all
}

func (r resolver) fill(meant *Meant, c Component) error {
	of := kinds()[c.Type]
	ref, err := r.reference(meant.ID)
	if err != nil {
		return err
	}
	meant.Name = ref
	called := ref
	if of.named != "" {
		if called, err = r.text(c.Properties[of.named]); err != nil {
			return err
		}
	}
	meant.Words = of.words + " " + called
	resolved, err := r.value(c.Properties)
	if err != nil {
		return err
	}
	properties, ok := resolved.(map[string]any)
	if !ok {
		return errors.New("its properties are none")
	}
	delete(properties, of.named)
	for name, value := range of.defaults {
		if _, given := properties[name]; !given {
			properties[name] = value
		}
	}
	meant.Properties = properties
	return nil
}

// Unknown are the names of what only CloudFormation knows, sorted.
func (l List) Unknown() []string {
	names := map[string]bool{}
	var look func(any)
	look = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				look(item)
			}
		case map[string]any:
			for _, name := range referred(value) {
				if !l.knows(name) {
					names[name] = true
				}
			}
			for _, item := range value {
				look(item)
			}
		}
	}
	for id, c := range l.Components {
		look(c.Properties)
		if !l.knows(id) {
			names[id+".Arn"] = true
		}
	}
	for _, condition := range l.Conditions {
		look(condition)
	}
	return slices.Sorted(maps.Keys(names))
}

// knows reports whether a name can be resolved where the list is deployed, or by
// another name of which that is known.
func (l List) knows(name string) bool {
	switch name {
	case "AWS::Partition", "AWS::AccountId", "AWS::Region", "AWS::URLSuffix", noValue:
		return true
	}
	id, attribute, of := strings.Cut(name, ".")
	c, ours := l.Components[id]
	k := kinds()[c.Type]
	return ours && (!of && k.ref != "" || attribute == "Arn" && k.arn != "" || of && attribute == k.named)
}

// referred are the names that a value refers to by itself: "ID" or "ID.Attribute".
func referred(value map[string]any) []string {
	if name, ok := value["Ref"].(string); ok && len(value) == 1 {
		return []string{name}
	}
	if path, ok := value["Fn::GetAtt"].([]any); ok && len(path) == 2 {
		return []string{fmt.Sprintf("%v.%v", path[0], path[1])}
	}
	text, ok := value["Fn::Sub"].(string)
	var own map[string]any
	if list, both := value["Fn::Sub"].([]any); both && len(list) == 2 {
		text, ok = list[0].(string)
		own, _ = list[1].(map[string]any)
	}
	var names []string
	if ok {
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			if _, given := own[match[1]]; !given {
				names = append(names, match[1])
			}
		}
	}
	return names
}

var placeholder = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

type resolver struct {
	List
	Place
}

// named is what a name stands for: "AWS::Region", "Email1", "Queue", "Queue.Arn".
func (r resolver) named(name string) (string, error) {
	switch name {
	case "AWS::Partition":
		return r.Partition, nil
	case "AWS::AccountId":
		return r.Account, nil
	case "AWS::Region":
		return r.Region, nil
	case "AWS::URLSuffix":
		return suffix, nil
	}
	if value, ok := r.Known[name]; ok {
		return value, nil
	}
	id, attribute, of := strings.Cut(name, ".")
	if !of {
		return r.reference(id)
	}
	c := r.Components[id]
	switch k := kinds()[c.Type]; {
	case attribute == "Arn" && k.arn != "":
		return r.pattern(k.arn, c)
	case attribute == k.named && k.named != "":
		return r.text(c.Properties[k.named])
	}
	return "", fmt.Errorf("the value of %s is not known", name)
}

// suffix ends the names of GovCloud's endpoints.
const suffix = "amazonaws.com"

// reference is what Ref answers of a component.
func (r resolver) reference(id string) (string, error) {
	if value, ok := r.Known[id]; ok {
		return value, nil
	}
	c := r.Components[id]
	k := kinds()[c.Type]
	if k.ref == "" {
		// Of a key it is what its ARN ends with.
		if arn, ok := r.Known[id+".Arn"]; ok {
			return arn[strings.LastIndexByte(arn, '/')+1:], nil
		}
		return "", fmt.Errorf("the value of %s is not known", id)
	}
	return r.pattern(k.ref, c)
}

func (r resolver) pattern(pattern string, c Component) (string, error) {
	name, err := r.text(c.Properties[kinds()[c.Type].named])
	if err != nil {
		return "", err
	}
	return strings.NewReplacer("PARTITION", r.Partition, "ACCOUNT", r.Account, "REGION", r.Region, "SUFFIX", suffix, "NAME", name).Replace(pattern), nil
}

func (r resolver) text(value any) (string, error) {
	resolved, err := r.value(value)
	if err != nil {
		return "", err
	}
	text, ok := resolved.(string)
	if !ok || text == "" {
		return "", errors.New("a text is missing")
	}
	return text, nil
}

// nothing stands for AWS::NoValue until its list or map leaves it out.
type nothing struct{}

// value has no reference and no function of CloudFormation in it. One that is not
// known here is an error.
func (r resolver) value(value any) (any, error) {
	switch value := value.(type) {
	case []any:
		list := []any{}
		for _, item := range value {
			resolved, err := r.value(item)
			if err != nil {
				return nil, err
			}
			if _, none := resolved.(nothing); !none {
				list = append(list, resolved)
			}
		}
		return list, nil
	case map[string]any:
		if len(value) == 1 {
			for name, of := range value {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return r.function(name, of)
				}
			}
		}
		all := map[string]any{}
		for name, item := range value {
			resolved, err := r.value(item)
			if err != nil {
				return nil, err
			}
			if _, none := resolved.(nothing); !none {
				all[name] = resolved
			}
		}
		return all, nil
	}
	return value, nil
}
