package manifest

import (
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// launch reads what makes ECS start tasks: a definition, a platform version, and
// the capacity on which they run.
func (r resource) launch(a about, part string, v, cluster value) statement {
	s := statement{part: part, at: v.at, about: a}
	if part == "" {
		s.at = r.at
	}
	s.run(r, v.get(name, "TaskDefinition", "TaskDefinitionArn"))
	version := s.platformVersion(v.get(word, "PlatformVersion"), v)
	s.capacity(v, cluster, version)
	return s
}

// run takes over what the definition says that is launched.
func (s *statement) run(r resource, reference value) {
	d, subject := r.definitionAt(reference)
	s.facts.platform, s.facts.unknown = d.platform, d.unknown
	s.attributes = append(s.attributes, d.attributes...)
	if subject != "" {
		s.subjects = append(s.subjects, subject)
	}
	// What is wrong with a launch stands where it names its definition.
	if reference.at.Line > 0 {
		for i := range s.attributes {
			if s.attributes[i].value.cause.at.Line == 0 {
				s.attributes[i].value.cause.at = s.attributes[i].value.at
			}
			s.attributes[i].value.at = reference.at
		}
	}
}

// definitionAt follows a reference to a task definition.
func (r resource) definitionAt(reference value) (d definition, subject string) {
	found, ok := refersTo(reference, "AWS::ECS::TaskDefinition")
	switch {
	case !ok:
		return unknownDefinition(reference.but(tooMany), reference), ""
	case len(found) == 0:
		return r.definitionElsewhere(reference), subjectOf(r.options, reference.known())
	}
	all := distinct(found)
	if len(all) > maxChoices {
		return unknownDefinition(reference.but(tooMany), reference), ""
	}
	one := 0
	if len(all) > 1 {
		one = reference.from.choose("definition of "+r.id+r.name+reference.at.String(), len(all))
	}
	d = all[one].definition
	return d, subjectOf(r.options, d.family)
}

// definitionElsewhere is one that the file does not have.
func (r resource) definitionElsewhere(reference value) definition {
	missing := reference.but("its task definition is not in this " + r.properties.from.called())
	if missing.cause.kind != transform {
		missing.cause.kind, missing.cause.name = elsewhere, "the task definition"
	}
	return unknownDefinition(missing, reference)
}

func unknownDefinition(v, reference value) definition {
	v.at = reference.at
	return definition{unknown: v.unknown, attributes: []attribute{{
		value: v, name: "the task definition", want: "LINUX / X86_64",
		right: func(f *facts) { f.platform = guard.DefinitionPlatform(nil, nil) },
	}}}
}

// The bounds on what is chosen among in one place, and on what is read for it.
const (
	maxChoices = 8
	maxFound   = 512
)

const tooMany = "it has too many choices"

// refersTo lists the resources of a type to which a value refers, and those that
// may be of any. It is not ok when there are too many.
func refersTo(v value, cloudFormation string) (some []*resource, ok bool) {
	if v.from == nil {
		return nil, true
	}
	found := v.from.found(v)
	if len(found) > maxFound {
		return nil, false
	}
	for _, r := range found {
		if row, _ := typeOf(r.kind); row.CloudFormation == cloudFormation || r.kind == unreadable {
			some = append(some, r)
		}
	}
	return some, true
}

// refers reports whether a value refers to resources of a type.
func refers(v value, cloudFormation string) bool {
	found, ok := refersTo(v, cloudFormation)
	return !ok || len(found) > 0
}

// named is a definition of the file.
type named struct {
	definition
	name string
}

// distinct reads the definitions that a reference can mean; those that say the
// same are one.
func distinct(found []*resource) []named {
	type said struct {
		platform guard.Platform
		unknown  string
	}
	seen := map[said]bool{}
	var all []named
	for _, f := range found {
		d := f.definition()
		key := said{d.platform, d.unknown}
		if seen[key] {
			continue
		}
		seen[key] = true
		for i := range d.attributes {
			d.attributes[i].of = f.name
		}
		all = append(all, named{d, f.name})
	}
	return all
}

// subjectOf is the ARN of a task definition, of which a file knows the family or
// the whole.
func subjectOf(o Options, text string) string {
	if strings.HasPrefix(text, "arn:") {
		return text
	}
	family, revision, _ := strings.Cut(text, ":")
	if family == "" || isPlaceholder(family) {
		return ""
	}
	return arn(o, "task-definition", family+":"+firstText(revision, "?"))
}

func (s *statement) platformVersion(v, in value) value {
	s.facts.version, s.facts.versionUnknown = v.known(), v.unknown != ""
	s.facts.unknown = firstText(s.facts.unknown, v.unknown)
	s.attributes = append(s.attributes, attribute{
		value: v, name: v.name(in, "PlatformVersion"), want: "LATEST",
		right: func(f *facts) { f.version, f.versionUnknown = "", false },
	})
	return v
}

// capacity finds out whether Fargate runs what is launched: by the launch type,
// the capacity providers, or the cluster's default strategy.
func (s *statement) capacity(v, cluster, version value) {
	launchType := v.get(word, "LaunchType")
	strategy := v.get(list, "CapacityProviderStrategy")
	providers, unknown := providersOf(strategy)
	answer := guard.CapacityOnFargate(launchType.known(), providers, "")
	switch {
	case launchType.unknown != "" || strategy.unknown != "":
		answer, unknown = guard.Unknown, firstText(launchType.unknown, strategy.unknown)
	case answer == guard.Yes:
		unknown = ""
	case unknown != "":
		answer = guard.Unknown
	case answer == guard.Unknown && version.known() != "":
		answer = guard.Yes // a platform version is Fargate's alone
	case answer == guard.Unknown:
		strategy = defaultStrategy(cluster)
		providers, unknown = providersOf(strategy)
		answer = guard.CapacityOnFargate("", providers, "")
		if answer != guard.Yes && unknown != "" {
			answer = guard.Unknown
		}
		unknown = firstText(unknown, strategy.unknown, "the cluster's default decides")
	}
	s.facts.fargate = answer
	if answer != guard.Unknown {
		return
	}
	s.facts.elsewhere = unknown
	because := launchType
	if launchType.isLeftOut() && !strategy.isLeftOut() {
		because = strategy
	}
	s.attributes = append(s.attributes, attribute{
		value: because, name: v.spelled("LaunchType"),
		missing: fmt.Sprintf("Say with %s or %s on what it runs", v.spelled("LaunchType"), v.spelled("CapacityProviderStrategy")),
		right:   func(f *facts) { f.fargate = guard.No },
	})
}

// providersOf lists the capacity providers that a strategy names, and why others
// may be among them.
func providersOf(strategy value) (names []string, unknown string) {
	for _, e := range strategy.list("CapacityProviderStrategy", object) {
		p := e.get(name, "CapacityProvider")
		resource, isReference := marked(p.known())
		switch {
		case p.unknown != "":
			unknown = firstText(unknown, p.unknown)
		case p.isLeftOut():
			unknown = firstText(unknown, e.unknown, "it does not name its capacity provider")
		case isReference && refers(p, "AWS::ECS::CapacityProvider"):
			// Its name, whatever it is, is not one of Fargate's, which are reserved.
			names = append(names, resource)
		case isPlaceholder(p.known()):
			unknown = firstText(unknown, whyPlaceholder(p.known()))
		default:
			names = append(names, p.known())
		}
	}
	return names, unknown
}

// maxAssociations bounds how many are searched for a cluster's.
const maxAssociations = 64

// defaultStrategy is that of a cluster, where the file has it.
func defaultStrategy(cluster value) value {
	if cluster.from == nil || cluster.unknown != "" && cluster.written == nil {
		return value{}
	}
	clusters, ok := refersTo(cluster, "AWS::ECS::Cluster")
	if !ok || len(clusters) > 1 {
		return value{unknown: "it may run in one of several clusters"}
	}
	for _, c := range clusters {
		if s := c.properties.get(list, "DefaultCapacityProviderStrategy"); !s.isLeftOut() {
			return s
		}
	}
	associations := cluster.from.all("AWS::ECS::ClusterCapacityProviderAssociations")
	if len(associations) > maxAssociations {
		return value{unknown: tooMany}
	}
	for _, a := range associations {
		if of := a.properties.get(name, "Cluster", "ClusterName"); sameCluster(of, cluster, clusters) {
			return a.properties.get(list, "DefaultCapacityProviderStrategy")
		}
	}
	return value{}
}

// sameCluster reports whether a reference is to a cluster that another reference
// is to: by what the file says of both, or by name.
func sameCluster(of, cluster value, found []*resource) bool {
	others, _ := refersTo(of, "AWS::ECS::Cluster")
	if len(others) == 1 && len(found) == 1 {
		return others[0].id == found[0].id
	}
	a, b := clusterName(of.known()), clusterName(cluster.known())
	return a != "" && a == b && !isPlaceholder(a)
}

// clusterName is the name in an ARN, or the text.
func clusterName(text string) string { return text[strings.LastIndex(text, "/")+1:] }
