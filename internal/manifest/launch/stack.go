package launch

import (
	"strings"

	"fipsguard/internal/syntax"
)

// decodeStack reads a stack in a template or a plan. Its template is in a text
// (TemplateBody), in a file beside this one, which is checked by itself, or
// elsewhere.
func decodeStack(r Resource) []Statement {
	if body := r.Properties.get(anything, "TemplateBody"); body.Node != nil {
		return r.inner(embedded(body))
	}
	location := r.Properties.get(anything, "TemplateURL", "Location")
	path := FirstText(r.asset(), location.Known())
	if path != "" && !IsPlaceholder(path) && !strings.Contains(path, "://") {
		return []Statement{{at: r.At, about: aboutDefinition, note: "Its template is a file of its own, which is checked: " + path + ".", nested: path}}
	}
	missing := location.But(FirstText(location.Unknown, "its template is not in this file"))
	missing.At, missing.Cause = firstPosition(location.At, r.At), Cause{Kind: elsewhere, Name: "its template"}
	return []Statement{unknown(aboutDefinition, "", r.At, missing)}
}

// asset is the file of a nested stack's template that the CDK writes beside the
// one that nests it.
func (r Resource) asset() string {
	if r.Metadata.Get("aws:asset:property").PlainText() != "TemplateURL" {
		return ""
	}
	return r.Metadata.Get("aws:asset:path").PlainText()
}

// inner reads a template in a text.
func (r Resource) inner(body Value) []Statement {
	if body.Node == nil || body.Node.Get("Resources") == nil {
		if body.Unknown == "" {
			body = body.But("its template cannot be read")
		}
		return []Statement{unknown(aboutDefinition, "", r.At, body)}
	}
	values := map[string]string{}
	if given := r.Properties.get(object, "Parameters"); given.Node != nil {
		for _, m := range given.Node.Members {
			one := &syntax.Value{Kind: syntax.List, Elements: []*syntax.Value{m.Value}}
			if v := given.From.Element(Value{Node: one, From: given.From}, 0).shaped(m.Name, word); v.Known() != "" {
				values[m.Name] = v.Known()
			}
		}
	}
	var all []Statement
	r.Template(body.Node, values, func(of, _ string, read func() []Statement) {
		for _, s := range inPart(of, read()) {
			s.at = r.At
			for i := range s.attributes {
				s.attributes[i].value.At, s.attributes[i].value.Cause.At = r.At, syntax.Position{}
			}
			all = append(all, s)
		}
	})
	return all
}

func decodeProduct(r Resource) []Statement {
	return []Statement{unknown(aboutDefinition, "", r.At, Value{
		Unknown: "its template is not in this file", At: r.At, Cause: Cause{Kind: elsewhere, Name: "its template"},
	})}
}

// decodeCloudControl reads a resource of any of CloudFormation's types.
func decodeCloudControl(r Resource) []Statement {
	kind := r.Properties.get(name, "TypeName")
	state := embedded(r.Properties.get(anything, "DesiredState"))
	if kind.Known() == "" || IsPlaceholder(kind.Known()) {
		return []Statement{unknown(aboutDefinition, "", r.At, kind.But(FirstText(kind.Unknown, "its type is not known")))}
	}
	r.Kind = kind.Known()
	r.Properties = state
	return r.Statements()
}
