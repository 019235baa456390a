package manifest

import (
	"fmt"
	"strings"

	"fipsguard/internal/syntax"
)

// cause is what makes a value what it is, as far as a person can change it.
type cause struct {
	kind causeKind
	name string          // of a parameter, a function or a resource
	at   syntax.Position // where that stands; zero is where the value stands
}

type causeKind uint8

const (
	literal     causeKind = iota // the value is written there
	absent                       // it is left out
	parameter                    // a parameter without allowed values
	allowed                      // a parameter's allowed values
	given                        // a parameter's value, as it was given
	stored                       // a parameter whose value is read from elsewhere
	function                     // a function that is not resolved
	placeholder                  // a text that something fills in
	transform                    // a macro or an included file
	applied                      // Terraform knows it after applying the plan
	elsewhere                    // it is in another file
	code                         // what a function does with it
)

// attribute is one of the values that a finding rests on.
type attribute struct {
	value   value
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
	c := a.value.cause
	at := func(p syntax.Position) string { return where(file, p) }
	if a.value.from != nil && a.value.from.called() == "plan" {
		// Nobody edits a plan: the resource is what there is to find.
		in = " of " + firstText(a.of, of)
		at = func(syntax.Position) string { return "" }
	}
	if c.at == (syntax.Position{}) {
		c.at = a.value.at
	}
	switch c.kind {
	case absent:
		if strings.Contains(a.missing, of) {
			in = ""
		}
		return a.missing + strings.Replace(in, " of ", " in ", 1) + at(c.at) + "."
	case transform:
		return fmt.Sprintf("Check the template as CloudFormation expands it (aws cloudformation get-template --template-stage Processed)%s.", at(c.at))
	case code:
		return fmt.Sprintf("See what %s does%s.", c.name, at(c.at))
	case stored:
		return fmt.Sprintf("Make parameter %s a String with AllowedValues%s%s.", c.name, choices(a.want), at(c.at))
	case parameter:
		return fmt.Sprintf("Add AllowedValues%s to parameter %s%s.", choices(a.want), c.name, at(c.at))
	case allowed:
		return fmt.Sprintf("Set AllowedValues%s for parameter %s%s.", choices(a.want), c.name, at(c.at))
	case given:
		if a.want == "" {
			return fmt.Sprintf("Pass parameter %s with --parameters%s.", c.name, at(c.at))
		}
		return fmt.Sprintf("Pass %s for parameter %s%s.", a.want, c.name, at(c.at))
	case function:
		return fmt.Sprintf("Write %s in place of %s%s.", firstText(a.want, "the value itself"), c.name, at(c.at))
	case placeholder:
		return fmt.Sprintf("%sheck the file when its placeholders are filled in%s.", set(a, in), at(c.at))
	case applied:
		if a.name == "" {
			return "Give " + of + " values that the plan knows."
		}
		return fmt.Sprintf("Give %s%s a value that the plan knows%s%s.", a.name, in, behind(", such as ", a.want), at(c.at))
	case elsewhere:
		return fmt.Sprintf("Check %s, too%s%s.", firstText(c.name, "what it refers to"), behind(", or see that it is ", a.want), at(c.at))
	case literal:
	}
	if a.want == "" {
		return firstText(a.missing, "Write "+firstText(a.name, of)+" so that the file shows what it is") + at(c.at) + "."
	}
	return fmt.Sprintf("Set %s%s to %s%s.", a.name, in, a.want, at(c.at))
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
