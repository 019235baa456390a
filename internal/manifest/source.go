package manifest

import (
	"path/filepath"
	"regexp"
	"strings"

	"fipsguard/internal/manifest/launch"
)

// Source is a language in which what Read reads is written, and which it does not
// read itself.
type Source uint8

const (
	NoSource  Source = iota
	Terraform        // configuration, in HCL or JSON
	Jsonnet
)

// Reason says why a source is not read, and what to check instead.
func (s Source) Reason() string {
	switch s {
	case Terraform:
		return "Terraform's configuration launches tasks, but only a plan shows which: terraform show -json plan.out | fipsguard check -"
	case Jsonnet:
		return "Jsonnet is not read; check what it makes: jsonnet FILE | fipsguard check - (ecspresso: ecspresso render)"
	case NoSource:
	}
	return ""
}

var (
	block  = regexp.MustCompile(`(?m)^[ \t]*resource[ \t]+"?([A-Za-z0-9_]+)"?[ \t]+"?[A-Za-z_]`)
	module = regexp.MustCompile(`(?m)^[ \t]*source[ \t]*=[ \t]*"[^".][^"]*(?:ecs|fargate|batch)[^"]*"`)
	inJSON = regexp.MustCompile(`"((?:aws|awscc)_[A-Za-z0-9_]+)"\s*:`)
)

// SourceOf is the language of a source, and whether what it makes may launch
// tasks on Fargate.
func SourceOf(name string, data []byte) (source Source, launches bool) {
	name = strings.ToLower(name)
	types := block
	switch ending := filepath.Ext(name); {
	case ending == ".jsonnet":
		return Jsonnet, LikenessOf(data) == Surely
	case strings.HasSuffix(name, ".tf.json"):
		types = inJSON
	case ending != ".tf" && ending != ".tofu":
		return NoSource, false
	}
	if module.Match(data) {
		return Terraform, true
	}
	for _, found := range types.FindAllSubmatch(data, -1) {
		if launch.MayLaunch(string(found[1])) {
			return Terraform, true
		}
	}
	return Terraform, false
}
