package manifest

import (
	"strings"

	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// controlled reads what a controller in Kubernetes makes in AWS: AWS's own have
// the API's parameters in spec, Crossplane's in forProvider.
func (f *file) controlled(root *syntax.Value) {
	group, _, _ := strings.Cut(root.Get("apiVersion").PlainText(), "/")
	service, provider, _ := strings.Cut(group, ".")
	names := map[string]string{"ecs": "ECS", "batch": "Batch"}
	if names[service] == "" || provider != "services.k8s.aws" && !strings.HasPrefix(provider, "aws.") {
		return
	}
	parameters := root.Get("spec")
	if inner := parameters.Get("forProvider"); inner != nil {
		parameters = inner
	}
	kind := root.Get("kind").PlainText()
	called := launch.FirstText(root.Get("metadata").Get("name").PlainText(), kind)
	f.add(called, "AWS::"+names[service]+"::"+kind, parameters)
}
