package manifest

import (
	"fmt"
	"strings"

	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// resolve is what a value is in the world that the template is in, following the
// intrinsic functions whose result the template holds.
func (t *template) resolve(n *syntax.Value, depth int) launch.Value {
	called, argument := intrinsic(n)
	switch {
	case n == nil:
		return launch.Value{From: t, Cause: launch.Cause{Kind: launch.Absent}}
	case depth > syntax.MaxDepth:
		return t.opaque(n, "it is nested too deeply")
	case called == "":
		return launch.Value{Node: n, At: n.Position, From: t}
	}
	switch called {
	case "Ref":
		return t.reference(n, argument.PlainText())
	case "Fn::If":
		if len(argument.Elements) == 3 && argument.Elements[0].IsPlain() {
			branch := argument.Elements[2]
			if t.holds(argument.Elements[0].Text) {
				branch = argument.Elements[1]
			}
			return t.resolve(branch, depth+1)
		}
	case "Fn::FindInMap":
		if len(argument.Elements) == 3 {
			return t.inMapping(n, argument, depth)
		}
	case "Fn::Sub":
		return t.substituted(n, argument, depth)
	case "Fn::Join":
		return t.joined(n, argument, depth)
	case "Fn::Select":
		return t.selected(n, argument, depth)
	case "Fn::GetAtt":
		if called := attributeOf(argument); t.has(called) {
			return t.text(n, launch.Mark(called))
		}
	case "Fn::ToJsonString":
		return launch.Value{Node: argument, At: n.Position, From: t}
	}
	return t.opaque(n, described(called, argument)+" is known only to the deployment")
}

func (t *template) opaque(n *syntax.Value, why string) launch.Value {
	called, argument := intrinsic(n)
	return launch.Value{Unknown: why, At: n.Position, From: t, Cause: launch.Cause{Kind: launch.Function, Name: described(called, argument)}}
}

// text is a text that the template has put together, in place of a node.
func (t *template) text(n *syntax.Value, text string) launch.Value {
	return launch.Value{Node: &syntax.Value{Position: n.Position, Kind: syntax.String, Text: text}, At: n.Position, From: t}
}

// has reports whether a logical ID, perhaps with an attribute, is a resource's.
func (t *template) has(called string) bool {
	id, _, _ := strings.Cut(called, ".")
	return t.resources.Get(id) != nil
}

// reference is what Ref and ${NAME} stand for.
func (t *template) reference(n *syntax.Value, called string) launch.Value {
	switch called {
	case "AWS::NoValue":
		return launch.Value{At: n.Position, From: t, Cause: launch.Cause{Kind: launch.Absent}}
	case "AWS::Partition":
		return t.text(n, "aws-us-gov")
	case "AWS::URLSuffix":
		return t.text(n, "amazonaws.com")
	case "AWS::Region":
		return t.text(n, t.options.Regions[t.world.Choose(called, len(t.options.Regions))])
	case "AWS::AccountId":
		if t.options.Account != "" {
			return t.text(n, t.options.Account)
		}
	}
	switch {
	case t.parameters.Get(called) != nil:
		return t.parameter(n, called)
	case t.has(called):
		return t.text(n, launch.Mark(called))
	}
	return t.opaque(n, "Ref "+called+" is known only to the deployment")
}

// parameter: a default can be overridden by whoever deploys, so only the value
// that is given or the allowed values say what a parameter can be.
func (t *template) parameter(n *syntax.Value, called string) launch.Value {
	p := t.parameters.Get(called)
	kind := p.Get("Type").PlainText()
	v := launch.Value{At: n.Position, From: t, Cause: launch.Cause{Kind: launch.Parameter, Name: called, At: p.Position}}
	choices := p.Get("AllowedValues")
	text, known := t.values[called]
	switch {
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::"):
		v.Cause.Kind = launch.Stored
		return v.But("parameter " + called + " is read from Systems Manager")
	case known:
		v.Cause.Kind = launch.Given
		v.Node = parameterValue(n.Position, kind, text)
	case strings.HasPrefix(kind, "List<"), kind == "CommaDelimitedList":
		v.Cause.Kind = launch.Given
		return v.But("parameter " + called + " is a list that is given at deployment")
	case choices == nil, len(choices.Elements) == 0:
		return v.But("parameter " + called + " has no AllowedValues")
	case len(choices.Elements) > launch.MaxChoices:
		v.Cause.Kind = launch.Allowed
		return v.But(launch.TooMany)
	default:
		v.Cause.Kind, v.Cause.At = launch.Allowed, choices.Position
		v.Node = choices.Elements[t.Choose("parameter "+called, len(choices.Elements))]
	}
	return v
}

func parameterValue(at syntax.Position, kind, text string) *syntax.Value {
	if !strings.HasPrefix(kind, "List<") && kind != "CommaDelimitedList" {
		return &syntax.Value{Position: at, Kind: syntax.String, Text: text}
	}
	v := &syntax.Value{Position: at, Kind: syntax.List}
	for part := range strings.SplitSeq(text, ",") {
		v.Elements = append(v.Elements, &syntax.Value{Position: at, Kind: syntax.String, Text: strings.TrimSpace(part)})
	}
	return v
}

func (t *template) inMapping(n, argument *syntax.Value, depth int) launch.Value {
	found := t.mappings
	for _, key := range argument.Elements {
		k := t.resolve(key, depth+1)
		if k.Unknown != "" {
			return k
		}
		found = found.Get(k.Known())
	}
	if found == nil {
		return t.opaque(n, "Fn::FindInMap finds nothing for these keys")
	}
	return launch.Value{Node: found, At: n.Position, From: t, Cause: launch.Cause{At: found.Position}}
}

// substituted is a text with ${NAME} filled in. What is not known leaves a mark.
func (t *template) substituted(n, argument *syntax.Value, depth int) launch.Value {
	pattern, names := argument, (*syntax.Value)(nil)
	if argument.Kind == syntax.List && len(argument.Elements) == 2 {
		pattern, names = argument.Elements[0], argument.Elements[1]
	}
	seen := map[string]launch.Value{}
	if !pattern.IsPlain() {
		return t.opaque(n, "Fn::Sub is known only to the deployment")
	}
	part := func(called string) launch.Value {
		if v, ok := seen[called]; ok {
			return v
		}
		v := t.named(n, called, names, depth)
		seen[called] = v
		return v
	}
	var b strings.Builder
	rest := pattern.Text
	for {
		before, behind, begins := strings.Cut(rest, "${")
		called, after, ends := strings.Cut(behind, "}")
		if !begins || !ends {
			b.WriteString(rest)
			return t.text(n, b.String())
		}
		v := part(strings.TrimSpace(called))
		if before == "" && after == "" && b.Len() == 0 {
			return v // the text is what the name stands for, and nothing else
		}
		b.WriteString(before + inText(v))
		if rest = after; b.Len() > maxText {
			return t.opaque(n, "the text that Fn::Sub makes is too long")
		}
	}
}

// maxText is more than a state machine's definition may have.
const maxText = 2 << 20

// named is what ${NAME} in a text stands for.
func (t *template) named(n *syntax.Value, called string, names *syntax.Value, depth int) launch.Value {
	switch {
	case strings.HasPrefix(called, "!"):
		return t.text(n, "${"+called[1:]+"}")
	case names.Get(called) != nil:
		return t.resolve(names.Get(called), depth+1)
	case t.parameters.Get(called) == nil && t.has(called):
		return t.text(n, launch.Mark(called))
	}
	return t.reference(n, called)
}

// inText is what a value is in a text that is put together.
func inText(v launch.Value) string {
	switch {
	case v.Unknown != "":
		return launch.Mark("?" + v.Unknown)
	case v.Node.IsPlain():
		return v.Node.Text
	}
	return launch.Mark("?it is no text")
}

func (t *template) joined(n, argument *syntax.Value, depth int) launch.Value {
	if argument.Kind != syntax.List || len(argument.Elements) != 2 {
		return t.opaque(n, "Fn::Join is known only to the deployment")
	}
	all := t.resolve(argument.Elements[1], depth+1)
	if all.Node == nil || all.Node.Kind != syntax.List {
		return t.opaque(n, launch.FirstText(all.Unknown, "Fn::Join is known only to the deployment"))
	}
	var parts []string
	length := 0
	for i := range all.Node.Elements {
		if e := t.resolve(all.Node.Elements[i], depth+1); !e.IsLeftOut() {
			parts = append(parts, inText(e))
			length += len(inText(e))
		}
	}
	if length > maxText {
		return t.opaque(n, "the text that Fn::Join makes is too long")
	}
	if len(parts) == 1 {
		return t.resolve(all.Node.Elements[0], depth+1)
	}
	return t.text(n, strings.Join(parts, argument.Elements[0].PlainText()))
}

func (t *template) selected(n, argument *syntax.Value, depth int) launch.Value {
	if argument.Kind == syntax.List && len(argument.Elements) == 2 {
		all := t.resolve(argument.Elements[1], depth+1)
		index := t.resolve(argument.Elements[0], depth+1).Known()
		if all.Node != nil && all.Node.Kind == syntax.List {
			for i := range all.Node.Elements {
				if fmt.Sprint(i) == index {
					return t.resolve(all.Node.Elements[i], depth+1)
				}
			}
		}
	}
	return t.opaque(n, "Fn::Select is known only to the deployment")
}

// attributeOf is the argument of Fn::GetAtt, as ID.ATTRIBUTE.
func attributeOf(argument *syntax.Value) string {
	if argument.Kind != syntax.List {
		return argument.PlainText()
	}
	var parts []string
	for _, e := range argument.Elements {
		parts = append(parts, e.PlainText())
	}
	return strings.Join(parts, ".")
}

// intrinsic is the function that a value calls: in its long form an object with
// one member, in its short form a tag. A tag that CloudFormation does not have is
// taken for a function, too.
func intrinsic(n *syntax.Value) (name string, argument *syntax.Value) {
	switch {
	case n == nil:
	case n.Kind == syntax.Tagged:
		name = strings.TrimPrefix(n.Text, "!")
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		return name, n.Elements[0]
	case n.Kind == syntax.Object && len(n.Members) == 1:
		if m := n.Members[0]; m.Name == "Ref" || strings.HasPrefix(m.Name, "Fn::") {
			return m.Name, m.Value
		}
	}
	return "", nil
}

func described(name string, argument *syntax.Value) string {
	if argument.IsPlain() {
		return name + " " + argument.Text
	}
	return name
}
