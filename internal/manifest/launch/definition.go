package launch

import (
	"strings"

	"fipsguard/internal/guard"
)

// definition is what a task definition says.
type definition struct {
	platform   guard.Platform
	fargate    guard.Answer
	unknown    string // why the platform is unknown
	elsewhere  string // why it is unknown whether it is for Fargate
	managed    guard.Answer
	family     string
	attributes []attribute
}

func decodeDefinition(r Resource) []Statement {
	d := r.definition()
	s := Statement{
		at: r.At, about: aboutDefinition,
		facts:      facts{platform: d.platform, fargate: d.fargate, managed: d.managed, unknown: d.unknown, elsewhere: d.elsewhere},
		attributes: d.attributes,
	}
	switch {
	case d.fargate == guard.Unknown:
		s.attributes = append(s.attributes, r.asks("RequiresCompatibilities"))
	case d.fargate == guard.Yes && d.managed == guard.Yes:
		managed := r.asks("RequiresCompatibilities")
		managed.want = "[MANAGED_INSTANCES]"
		s.attributes = append(s.attributes, managed)
	}
	if subject := subjectOf(r.Options, d.family); subject != "" {
		s.subjects = []string{subject}
	}
	return []Statement{s}
}

func (r Resource) definition() definition {
	d := definition{family: r.Properties.get(name, "Family").Known()}
	d.fargate, d.elsewhere = r.forFargate()
	asked, _ := r.compatibilities("RequiresCompatibilities")
	d.managed = guard.DefinitionOnManaged(asked)
	d.platform, d.unknown, d.attributes = platformOf(r.Properties, "")
	return d
}

// asks is the attribute that says what a definition is for, where that is not
// known.
func (r Resource) asks(called string) attribute {
	v := r.Properties.get(list, called)
	for _, e := range v.list(called, word) {
		if e.Unknown != "" {
			v = e
			break
		}
	}
	spelled := r.Properties.Spelled(called)
	return attribute{
		value: v, name: spelled, missing: "Say with " + spelled + " what it is for",
		right: func(f *facts) { f.fargate = guard.No },
	}
}

// platformOf reads a runtime platform. Left out, or an empty one, it is LINUX on
// X86_64.
func platformOf(v Value, of string) (p guard.Platform, unknown string, all []attribute) {
	runtime := v.get(object, "RuntimePlatform")
	os := runtime.get(word, "OperatingSystemFamily")
	arch := runtime.get(word, "CpuArchitecture")
	if runtime.Unknown != "" { // what is missing in it has a name of its own
		os.Key, arch.Key = "", ""
	}
	all = []attribute{
		{value: os, name: os.name(v, "OperatingSystemFamily"), of: of, want: "LINUX", right: func(f *facts) { f.platform.OS = "LINUX" }},
		{value: arch, name: arch.name(v, "CpuArchitecture"), of: of, want: "X86_64", right: func(f *facts) { f.platform.Architecture = "X86_64" }},
	}
	return guard.DefinitionPlatform(os.text(), arch.text()), FirstText(os.Unknown, arch.Unknown), all
}

// forFargate: what the author asks for counts. Where nothing was asked for, what
// ECS computed does, in a definition that was described; before registration,
// what ECS will compute is known only of a definition that Fargate has no room
// for.
func (r Resource) forFargate() (answer guard.Answer, unknown string) {
	const unstated = "it does not say for what it requires compatibility"
	asked, unknown := r.compatibilities("RequiresCompatibilities")
	if answer := guard.DefinitionOnFargate(asked, nil); answer == guard.Yes || answer == guard.No && unknown == "" {
		return answer, ""
	}
	if unknown != "" {
		return guard.Unknown, unknown
	}
	computed, unknown := r.compatibilities("Compatibilities")
	switch answer := guard.DefinitionOnFargate(nil, computed); {
	case unknown != "":
		return guard.Unknown, unknown
	case answer != guard.Unknown:
		return answer, ""
	case r.cannotFit():
		return guard.No, ""
	}
	return guard.Unknown, unstated
}

// compatibilities lists what is known of a list, and why there may be more.
func (r Resource) compatibilities(called string) (known []string, unknown string) {
	v := r.Properties.get(list, called)
	if v.Unknown != "" {
		return nil, v.Unknown
	}
	for _, e := range v.list(called, word) {
		if e.Unknown != "" {
			unknown = FirstText(unknown, e.Unknown)
			continue
		}
		known = append(known, e.Known())
	}
	return known, unknown
}

// cannotFit reports whether a definition can never run on Fargate, which needs
// network mode awsvpc (docs/facts.md, "What ECS computes").
func (r Resource) cannotFit() bool {
	switch mode := r.Properties.get(word, "NetworkMode").Known(); strings.ToLower(mode) {
	case "bridge", "host", "none":
		return true
	}
	return false
}
