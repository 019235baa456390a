package manifest

import (
	"strings"

	"fipsguard/internal/syntax"
)

// decodeStack reads a stack in a template or a plan. Its template is in a text
// (TemplateBody), in a file beside this one, which is checked by itself, or
// elsewhere.
func decodeStack(r resource) []statement {
	if body := r.properties.get(anything, "TemplateBody"); body.node != nil {
		return r.inner(embedded(body))
	}
	location := r.properties.get(anything, "TemplateURL", "Location")
	path := firstText(r.asset(), location.known())
	if path != "" && !isPlaceholder(path) && !strings.Contains(path, "://") {
		return []statement{{at: r.at, about: aboutDefinition, note: "Its template is a file of its own, which is checked: " + path + ".", nested: path}}
	}
	missing := location.but(firstText(location.unknown, "its template is not in this file"))
	missing.at, missing.cause = firstPosition(location.at, r.at), cause{kind: elsewhere, name: "its template"}
	return []statement{unknown(aboutDefinition, "", r.at, missing)}
}

// asset is the file of a nested stack's template that the CDK writes beside the
// one that nests it.
func (r resource) asset() string {
	if r.metadata.Get("aws:asset:property").PlainText() != "TemplateURL" {
		return ""
	}
	return r.metadata.Get("aws:asset:path").PlainText()
}

// inner reads a template in a text.
func (r resource) inner(body value) []statement {
	if body.node == nil || body.node.Get("Resources") == nil {
		if body.unknown == "" {
			body = body.but("its template cannot be read")
		}
		return []statement{unknown(aboutDefinition, "", r.at, body)}
	}
	values := map[string]string{}
	if given := r.properties.get(object, "Parameters"); given.node != nil {
		for _, m := range given.node.Members {
			one := &syntax.Value{Kind: syntax.List, Elements: []*syntax.Value{m.Value}}
			if v := given.from.element(value{node: one, from: given.from}, 0).shaped(m.Name, word); v.known() != "" {
				values[m.Name] = v.known()
			}
		}
	}
	t := newTemplate(body.node, r.world, r.options, values)
	t.scope = r.id + "/"
	var all []statement
	t.read(func(of, _ string, read func() []statement) {
		for _, s := range inPart(of, read()) {
			s.at = r.at
			for i := range s.attributes {
				s.attributes[i].value.at, s.attributes[i].value.cause.at = r.at, syntax.Position{}
			}
			all = append(all, s)
		}
	})
	return all
}

func decodeProduct(r resource) []statement {
	return []statement{unknown(aboutDefinition, "", r.at, value{
		unknown: "its template is not in this file", at: r.at, cause: cause{kind: elsewhere, name: "its template"},
	})}
}

// decodeCloudControl reads a resource of any of CloudFormation's types.
func decodeCloudControl(r resource) []statement {
	kind := r.properties.get(name, "TypeName")
	state := embedded(r.properties.get(anything, "DesiredState"))
	if kind.known() == "" || isPlaceholder(kind.known()) {
		return []statement{unknown(aboutDefinition, "", r.at, kind.but(firstText(kind.unknown, "its type is not known")))}
	}
	r.kind = kind.known()
	r.properties = state
	return r.statements()
}
