package manifest

import (
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// maxWithin is how deep in a document of another format a template is looked
// for.
const maxWithin = 4

// within reads the templates in a document of another format: the resources in
// a serverless.yml, and those of a file that AWS::Include brings into a template.
func (f *file) within(n *syntax.Value, depth int) {
	resources := n.Get("Resources")
	switch {
	case areResources(resources):
		f.templateOrAppSpec(n)
		return
	case areResources(n):
		f.templateOrAppSpec(&syntax.Value{Position: n.Position, Kind: syntax.Object, Members: []syntax.Member{{Position: n.Position, Name: "Resources", Value: n}}})
		return
	case depth == maxWithin:
		return
	}
	for _, m := range n.Members {
		f.within(m.Value, depth+1)
	}
	for _, e := range n.Elements {
		f.within(e, depth+1)
	}
}

// areResources reports whether a value is a template's resources, one of which
// may launch something on Fargate.
func areResources(n *syntax.Value) bool {
	if n == nil || n.Kind != syntax.Object {
		return false
	}
	for _, m := range n.Members {
		if m.Value.Get("Properties") != nil && launch.MayLaunch(m.Value.Get("Type").PlainText()) {
			return true
		}
	}
	return false
}
