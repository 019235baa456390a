package manifest

import (
	"errors"
	"fmt"

	"fipsguard/internal/syntax"
)

// ParseParameters reads the parameters with which a template is deployed, in the
// AWS CLI's form, [{"ParameterKey": …, "ParameterValue": …}], or in that of
// CodePipeline's template configuration, {"Parameters": {…}}. One that keeps its
// previous value is not known.
func ParseParameters(data []byte) (map[string]string, error) {
	root, faults := syntax.JSON(inUTF8(data))
	if len(faults) > 0 {
		return nil, faults[0]
	}
	values := map[string]string{}
	if all := root.Get("Parameters"); all != nil && all.Kind == syntax.Object {
		for _, m := range all.Members {
			if !m.Value.IsPlain() {
				return nil, syntax.Fault{Position: m.Value.Position, Reason: fmt.Sprintf("parameter %s is %s; it must be a text", syntax.Quoted(m.Name), m.Value.Describe())}
			}
			values[m.Name] = m.Value.Text
		}
		return values, nil
	}
	if root.Kind != syntax.List {
		return nil, errors.New(`not parameters: it must be [{"ParameterKey": "NAME", "ParameterValue": "VALUE"}] or {"Parameters": {"NAME": "VALUE"}}`)
	}
	for _, e := range root.Elements {
		key, v := e.Get("ParameterKey"), e.Get("ParameterValue")
		switch {
		case !key.IsPlain():
			return nil, syntax.Fault{Position: e.Position, Reason: "a parameter has no ParameterKey"}
		case e.Get("UsePreviousValue").PlainText() == "true":
		case !v.IsPlain():
			return nil, syntax.Fault{Position: e.Position, Reason: fmt.Sprintf("parameter %s has no ParameterValue", syntax.Quoted(key.Text))}
		default:
			values[key.Text] = v.Text
		}
	}
	return values, nil
}
