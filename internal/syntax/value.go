package syntax

import "fmt"

// The bounds on a document.
const (
	MaxValues = 2_000_000
	MaxDepth  = 200
)

// Value is a value of a document.
type Value struct {
	Position
	Kind     Kind
	Text     string   // of a string what it says, of another plain value how it is written; the tag of a tagged value
	Members  []Member // of an object, in the document's order; each name once
	Elements []*Value // of a list; of a tagged value the one that has the tag

	index map[string]int // of a large object: where a name is in Members
}

// Kind is what a value is.
type Kind uint8

// The kinds of values. Null, Bool, Number and String are plain.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
	// Tagged is a value of YAML with a tag of an application's own, such as
	// !Ref: what it means, only the application knows.
	Tagged
)

// Member is a name in an object, where it stands, and its value.
type Member struct {
	Position
	Name  string
	Value *Value
}

// few members are searched faster than they are indexed.
const few = 8

// NewObject makes an object. Each name that is there more than once is a fault;
// the object has its first member.
func NewObject(at Position, members []Member) (*Value, Faults) {
	v := &Value{Position: at, Kind: Object, Members: members[:0]}
	if len(members) > few {
		v.index = make(map[string]int, len(members))
	}
	var faults Faults
	for _, m := range members {
		if v.find(m.Name) >= 0 {
			faults = append(faults, Fault{m.Position, fmt.Sprintf("%s appears twice; keep one of them", Quoted(m.Name))})
			continue
		}
		if v.index != nil {
			v.index[m.Name] = len(v.Members)
		}
		v.Members = append(v.Members, m)
	}
	return v, faults
}

// find is where a name is in the members, or -1.
func (v *Value) find(name string) int {
	if v.index != nil {
		if i, ok := v.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range v.Members {
		if v.Members[i].Name == name {
			return i
		}
	}
	return -1
}

// Has reports whether an object has a member, which may be null.
func (v *Value) Has(name string) bool { return v.find(name) >= 0 }

// Get is a member of an object, or nil; null is nil, too. Of several names it is
// the first there is.
func (v *Value) Get(names ...string) *Value {
	if v == nil {
		return nil
	}
	for _, name := range names {
		if i := v.find(name); i >= 0 && v.Members[i].Value.Kind != Null {
			return v.Members[i].Value
		}
	}
	return nil
}

// IsPlain reports whether the value is a text, a number or a boolean.
func (v *Value) IsPlain() bool {
	return v != nil && (v.Kind == String || v.Kind == Number || v.Kind == Bool)
}

// PlainText is the text of a plain value, or empty.
func (v *Value) PlainText() string {
	if !v.IsPlain() {
		return ""
	}
	return v.Text
}

// Describe names the value for people.
func (v *Value) Describe() string {
	switch v.Kind {
	case Object:
		return "an object"
	case List:
		return "an array"
	case Tagged:
		return "a value with the tag " + Quoted(v.Text)
	case String:
		return Quoted(v.Text)
	case Number:
		if len(v.Text) > 20 {
			return "a long number"
		}
	case Bool, Null:
	}
	return v.Text
}
