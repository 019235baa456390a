package manifest

import (
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// holds reports whether a condition holds in the world that the template is in.
// One that the template does not decide holds in one world and not in another.
func (t *template) holds(called string) bool {
	return t.condition(called, 0) == guard.Yes
}

func (t *template) condition(called string, depth int) guard.Answer {
	return t.world.Decide(t.scope+"condition "+called, func() guard.Answer { return t.evaluate(t.conditions.Get(called), depth+1) })
}

// maxConditionDepth bounds conditions that refer to others, perhaps in a circle.
const maxConditionDepth = 20

func (t *template) evaluate(n *syntax.Value, depth int) guard.Answer {
	called, argument := intrinsic(n)
	if n != nil && n.Kind == syntax.Object && len(n.Members) == 1 && n.Members[0].Name == "Condition" {
		called, argument = "Condition", n.Members[0].Value
	}
	if n == nil || argument == nil || depth > maxConditionDepth {
		return guard.Unknown
	}
	switch called {
	case "Condition":
		if !argument.IsPlain() {
			return guard.Unknown
		}
		return t.condition(argument.Text, depth)
	case "Fn::Equals":
		return t.equal(argument, depth)
	case "Fn::Not":
		if len(argument.Elements) == 1 {
			return not(t.evaluate(argument.Elements[0], depth+1))
		}
	case "Fn::And":
		return t.every(argument, guard.Yes, depth)
	case "Fn::Or":
		return not(t.every(argument, guard.No, depth))
	}
	return guard.Unknown
}

// every reports whether all of a list are one answer. It reads on behind one that
// is not known: a later one may decide.
func (t *template) every(all *syntax.Value, want guard.Answer, depth int) guard.Answer {
	result := guard.Yes
	for _, e := range all.Elements {
		answer := t.evaluate(e, depth+1)
		if answer == guard.Unknown {
			result = guard.Unknown
		} else if answer != want {
			return guard.No
		}
	}
	if len(all.Elements) == 0 {
		return guard.Unknown
	}
	return result
}

func (t *template) equal(argument *syntax.Value, depth int) guard.Answer {
	if len(argument.Elements) != 2 {
		return guard.Unknown
	}
	a, b := t.resolve(argument.Elements[0], depth), t.resolve(argument.Elements[1], depth)
	for _, v := range []launch.Value{a, b} {
		if !v.Node.IsPlain() || strings.Contains(v.Node.Text, launch.MarkBegin) || strings.Contains(v.Node.Text, "{{resolve:") {
			return guard.Unknown
		}
	}
	if a.Node.Text == b.Node.Text {
		return guard.Yes
	}
	return guard.No
}

func not(a guard.Answer) guard.Answer {
	switch a {
	case guard.Yes:
		return guard.No
	case guard.No:
		return guard.Yes
	case guard.Unknown:
	}
	return guard.Unknown
}
