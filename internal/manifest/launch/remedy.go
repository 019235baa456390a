package launch

import (
	"fmt"
	"strings"

	"fipsguard/internal/syntax"
)

// Cause is what makes a value what it is, as far as a person can change it.
type Cause struct {
	Kind CauseKind
	Name string          // of a parameter, a function or a resource
	At   syntax.Position // where that stands; zero is where the value stands
}

// CauseKind is what a person can change.
type CauseKind uint8

const (
	literal     CauseKind = iota // the value is written there
	Absent                       // it is left out
	Parameter                    // a parameter without allowed values
	Allowed                      // a parameter's allowed values
	Given                        // a parameter's value, as it was given
	Stored                       // a parameter whose value is read from elsewhere
	Function                     // a function that is not resolved
	Placeholder                  // a text that something fills in
	Transform                    // a macro or an included file
	Applied                      // Terraform knows it after applying the plan
	elsewhere                    // it is in another file
	code                         // what a function does with it
)

// attribute is one of the values that a finding rests on.
type attribute struct {
	value   Value
	name    string // as people call it
	of      string // the resource that it is in, if that is not the finding's own
	want    string // a value that passes
	missing string // what to do where it is left out
	right   func(*facts)
}

// remedy is what to change in the file so that an attribute has a value that
// passes.
func (a attribute) remedy(of, file string) string {
	in := ""
	if a.of != "" {
		in = " of " + a.of
	}
	c := a.value.Cause
	at := func(p syntax.Position) string { return where(file, p) }
	if a.value.From != nil && a.value.From.Called() == "plan" {
		// Nobody edits a plan: the resource is what there is to find.
		in = " of " + FirstText(a.of, of)
		at = func(syntax.Position) string { return "" }
	}
	if c.At == (syntax.Position{}) {
		c.At = a.value.At
	}
	switch c.Kind {
	case Absent:
		if strings.Contains(a.missing, of) {
			in = ""
		}
		return a.missing + strings.Replace(in, " of ", " in ", 1) + at(c.At) + "."
	case Transform:
		return fmt.Sprintf("Check the template as CloudFormation expands it (aws cloudformation get-template --template-stage Processed)%s.", at(c.At))
	case code:
		return fmt.Sprintf("See what %s does%s.", c.Name, at(c.At))
	case Stored:
		return fmt.Sprintf("Make parameter %s a String with AllowedValues%s%s.", c.Name, choices(a.want), at(c.At))
	case Parameter:
		return fmt.Sprintf("Add AllowedValues%s to parameter %s%s.", choices(a.want), c.Name, at(c.At))
	case Allowed:
		return fmt.Sprintf("Set AllowedValues%s for parameter %s%s.", choices(a.want), c.Name, at(c.At))
	case Given:
		if a.want == "" {
			return fmt.Sprintf("Pass parameter %s with --parameters%s.", c.Name, at(c.At))
		}
		return fmt.Sprintf("Pass %s for parameter %s%s.", a.want, c.Name, at(c.At))
	case Function:
		return fmt.Sprintf("Write %s in place of %s%s.", FirstText(a.want, "the value itself"), c.Name, at(c.At))
	case Placeholder:
		return fmt.Sprintf("%sheck the file when its placeholders are filled in%s.", set(a, in), at(c.At))
	case Applied:
		if a.name == "" {
			return "Give " + of + " values that the plan knows."
		}
		return fmt.Sprintf("Give %s%s a value that the plan knows%s%s.", a.name, in, behind(", such as ", a.want), at(c.At))
	case elsewhere:
		return fmt.Sprintf("Check %s, too%s%s.", FirstText(c.Name, "what it refers to"), behind(", or see that it is ", a.want), at(c.At))
	case literal:
	}
	if a.want == "" {
		return FirstText(a.missing, "Write "+FirstText(a.name, of)+" so that the file shows what it is") + at(c.At) + "."
	}
	return fmt.Sprintf("Set %s%s to %s%s.", a.name, in, a.want, at(c.At))
}

func set(a attribute, in string) string {
	if a.want == "" {
		return "C"
	}
	return fmt.Sprintf("Set %s%s to %s, or c", a.name, in, a.want)
}

func choices(want string) string {
	if want == "" {
		return ""
	}
	return ": [" + want + "]"
}

func behind(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}

// where is " (FILE:LINE)", or nothing where that is not known.
func where(file string, at syntax.Position) string {
	switch {
	case at.Line == 0:
		return ""
	case file == "":
		return fmt.Sprintf(" (line %d)", at.Line)
	}
	return fmt.Sprintf(" (%s:%d)", file, at.Line)
}
