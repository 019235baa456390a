package launch

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

// launch reads what makes ECS start tasks: a definition, a platform version, and
// the capacity on which they run.
func (r Resource) launch(a about, part string, v, cluster Value) Statement {
	s := Statement{part: part, at: v.At, about: a}
	if part == "" {
		s.at = r.At
	}
	s.run(r, v.get(name, "TaskDefinition", "TaskDefinitionArn"))
	version := s.platformVersion(v.get(word, "PlatformVersion"), v)
	s.capacity(v, cluster, version)
	return s
}

// run takes over what the definition says that is launched.
func (s *Statement) run(r Resource, reference Value) {
	d, subject := r.definitionAt(reference)
	s.facts.platform, s.facts.unknown = d.platform, d.unknown
	s.attributes = append(s.attributes, d.attributes...)
	if subject != "" {
		s.subjects = append(s.subjects, subject)
	}
	// What is wrong with a launch stands where it names its definition.
	if reference.At.Line > 0 {
		for i := range s.attributes {
			if s.attributes[i].value.Cause.At.Line == 0 {
				s.attributes[i].value.Cause.At = s.attributes[i].value.At
			}
			s.attributes[i].value.At = reference.At
		}
	}
}

// definitionAt follows a reference to a task definition.
func (r Resource) definitionAt(reference Value) (d definition, subject string) {
	found, ok := refersTo(reference, "AWS::ECS::TaskDefinition")
	switch {
	case !ok:
		return unknownDefinition(reference.But(TooMany), reference), ""
	case len(found) == 0:
		return r.definitionElsewhere(reference), subjectOf(r.Options, reference.Known())
	}
	all := distinct(found)
	if len(all) > MaxChoices {
		return unknownDefinition(reference.But(TooMany), reference), ""
	}
	one := 0
	if len(all) > 1 {
		one = reference.From.Choose("definition of "+r.ID+r.Name+reference.At.String(), len(all))
	}
	d = all[one].definition
	return d, subjectOf(r.Options, d.family)
}

// definitionElsewhere is one that the file does not have.
func (r Resource) definitionElsewhere(reference Value) definition {
	missing := reference.But("its task definition is not in this " + r.Properties.From.Called())
	if missing.Cause.Kind != Transform {
		missing.Cause.Kind, missing.Cause.Name = elsewhere, "the task definition"
	}
	return unknownDefinition(missing, reference)
}

func unknownDefinition(v, reference Value) definition {
	v.At = reference.At
	return definition{unknown: v.Unknown, attributes: []attribute{{
		value: v, name: "the task definition", want: "LINUX / X86_64",
		right: func(f *facts) { f.platform = guard.DefinitionPlatform(nil, nil) },
	}}}
}

// The bounds on what is chosen among in one place, and on what is read for it.
const (
	MaxChoices = 8
	maxFound   = 512
)

const TooMany = "it has too many choices"

// refersTo lists the resources of a type to which a value refers, and those that
// may be of any. It is not ok when there are too many.
func refersTo(v Value, cloudFormation string) (some []*Resource, ok bool) {
	if v.From == nil {
		return nil, true
	}
	found := v.From.Found(v)
	if len(found) > maxFound {
		return nil, false
	}
	for _, r := range found {
		if row, _ := TypeOf(r.Kind); row.CloudFormation == cloudFormation || r.Kind == Unreadable {
			some = append(some, r)
		}
	}
	return some, true
}

// refers reports whether a value refers to resources of a type.
func refers(v Value, cloudFormation string) bool {
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
func distinct(found []*Resource) []named {
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
			d.attributes[i].of = f.Name
		}
		all = append(all, named{d, f.Name})
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
	if family == "" || IsPlaceholder(family) {
		return ""
	}
	return arn(o, "task-definition", family+":"+FirstText(revision, "?"))
}

func (s *Statement) platformVersion(v, in Value) Value {
	s.facts.version, s.facts.versionUnknown = v.Known(), v.Unknown != ""
	s.facts.unknown = FirstText(s.facts.unknown, v.Unknown)
	s.attributes = append(s.attributes, attribute{
		value: v, name: v.name(in, "PlatformVersion"), want: "LATEST",
		right: func(f *facts) { f.version, f.versionUnknown = "", false },
	})
	return v
}

// capacity finds out whether Fargate runs what is launched: by the launch type,
// the capacity providers, or the cluster's default strategy.
func (s *Statement) capacity(v, cluster, version Value) {
	launchType := v.get(word, "LaunchType")
	strategy := v.get(list, "CapacityProviderStrategy")
	providers, unknown := providersOf(strategy)
	answer := guard.CapacityOnFargate(launchType.Known(), providers, "")
	switch {
	case launchType.Unknown != "" || strategy.Unknown != "":
		answer, unknown = guard.Unknown, FirstText(launchType.Unknown, strategy.Unknown)
	case answer == guard.Yes:
		unknown = ""
	case unknown != "":
		answer = guard.Unknown
	case answer == guard.Unknown && version.Known() != "":
		answer = guard.Yes // a platform version is Fargate's alone
	case answer == guard.Unknown:
		strategy = defaultStrategy(cluster)
		providers, unknown = providersOf(strategy)
		answer = guard.CapacityOnFargate("", providers, "")
		if answer != guard.Yes && unknown != "" {
			answer = guard.Unknown
		}
		unknown = FirstText(unknown, strategy.Unknown, "the cluster's default decides")
	}
	s.facts.fargate = answer
	s.onProviders(launchType, strategy)
	if answer != guard.Unknown {
		return
	}
	s.facts.elsewhere = unknown
	because := launchType
	if launchType.IsLeftOut() && !strategy.IsLeftOut() {
		because = strategy
	}
	s.attributes = append(s.attributes, attribute{
		value: because, name: v.Spelled("LaunchType"),
		missing: fmt.Sprintf("Say with %s or %s on what it runs", v.Spelled("LaunchType"), v.Spelled("CapacityProviderStrategy")),
		right:   func(f *facts) { f.fargate = guard.No },
	})
}

// onProviders finds the worst capacity provider, other than Fargate's, of a
// strategy: of ECS Managed Instances it decides about FIPS mode.
func (s *Statement) onProviders(launchType, strategy Value) {
	var worst []attribute
	for _, e := range strategy.list("CapacityProviderStrategy", object) {
		p := e.get(name, "CapacityProvider")
		if launchType.Known() != "" || p.IsLeftOut() {
			continue // the strategy's own faults are told already, and a launch type excludes one
		}
		one, attributes := onProvider(p)
		if one.Managed == guard.No || one.Name == "" {
			continue
		}
		if !s.facts.named || rankOf(one) > rankOf(s.facts.on) {
			s.facts.on, s.facts.named, worst = one, true, attributes
		}
	}
	s.attributes = append(s.attributes, worst...)
}

// onProvider is a capacity provider to which a strategy refers; nameless where it
// is Fargate's.
func onProvider(reference Value) (guard.CapacityProvider, []attribute) {
	found, ok := refersTo(reference, "AWS::ECS::CapacityProvider")
	if ok && len(found) == 0 {
		found = namedProviders(reference)
	}
	if ok && len(found) == 1 && found[0].Kind != Unreadable {
		all := decodeProvider(*found[0])
		if len(all) == 0 {
			return guard.CapacityProvider{Managed: guard.No}, nil
		}
		one := all[0].facts.provider
		attributes := all[0].attributes
		for i := range attributes {
			attributes[i].of, attributes[i].right = found[0].Name, func(f *facts) { f.on.FIPS = guard.ModeOn }
		}
		return one, attributes
	}
	named := guard.ProvidersOf("", []string{reference.Known()}, "")
	if reference.Unknown == "" && len(named) == 0 {
		return guard.CapacityProvider{}, nil
	}
	one := guard.CapacityProvider{Name: reference.Known(), Unknown: "it is not in this " + reference.From.Called()}
	missing := reference.But(one.Unknown)
	missing.Cause = Cause{Kind: elsewhere, Name: "capacity provider " + one.Name}
	if IsPlaceholder(one.Name) || one.Name == "" {
		one.Name, one.Unknown = "of a name that is not known", FirstText(reference.Unknown, whyPlaceholder(reference.Known()))
		missing = reference.But(one.Unknown)
	}
	return one, []attribute{{
		value: missing, name: reference.name(Value{From: reference.From}, "CapacityProvider"), want: "one with FIPS mode on",
		right: func(f *facts) { f.on.Managed, f.on.FIPS = guard.Yes, guard.ModeOn },
	}}
}

// namedProviders are those of the file that have the name that a strategy says.
func namedProviders(reference Value) []*Resource {
	if reference.From == nil || reference.Known() == "" {
		return nil
	}
	all := reference.From.All("AWS::ECS::CapacityProvider")
	if len(all) > maxAssociations {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *Resource) bool { return r.Properties.get(name, "Name").Known() != reference.Known() })
}

// rankOf orders providers by how bad they are.
func rankOf(p guard.CapacityProvider) int {
	switch {
	case p.Managed == guard.Yes && p.FIPS == guard.ModeOff:
		return 2
	case p.Managed != guard.Yes || p.FIPS == guard.ModeUnknown:
		return 1
	}
	return 0
}

// providersOf lists the capacity providers that a strategy names, and why others
// may be among them.
func providersOf(strategy Value) (names []string, unknown string) {
	for _, e := range strategy.list("CapacityProviderStrategy", object) {
		p := e.get(name, "CapacityProvider")
		resource, isReference := Marked(p.Known())
		switch {
		case p.Unknown != "":
			unknown = FirstText(unknown, p.Unknown)
		case p.IsLeftOut():
			unknown = FirstText(unknown, e.Unknown, "it does not name its capacity provider")
		case isReference && refers(p, "AWS::ECS::CapacityProvider"):
			// Its name, whatever it is, is not one of Fargate's, which are reserved.
			names = append(names, resource)
		case IsPlaceholder(p.Known()):
			unknown = FirstText(unknown, whyPlaceholder(p.Known()))
		default:
			names = append(names, p.Known())
		}
	}
	return names, unknown
}

// maxAssociations bounds how many are searched for a cluster's.
const maxAssociations = 64

// defaultStrategy is that of a cluster, where the file has it.
func defaultStrategy(cluster Value) Value {
	if cluster.From == nil || cluster.Unknown != "" && cluster.Written == nil {
		return Value{}
	}
	clusters, ok := refersTo(cluster, "AWS::ECS::Cluster")
	if !ok || len(clusters) > 1 {
		return Value{Unknown: "it may run in one of several clusters"}
	}
	for _, c := range clusters {
		if s := c.Properties.get(list, "DefaultCapacityProviderStrategy"); !s.IsLeftOut() {
			return s
		}
	}
	associations := cluster.From.All("AWS::ECS::ClusterCapacityProviderAssociations")
	if len(associations) > maxAssociations {
		return Value{Unknown: TooMany}
	}
	for _, a := range associations {
		if of := a.Properties.get(name, "Cluster", "ClusterName"); sameCluster(of, cluster, clusters) {
			return a.Properties.get(list, "DefaultCapacityProviderStrategy")
		}
	}
	return Value{}
}

// sameCluster reports whether a reference is to a cluster that another reference
// is to: by what the file says of both, or by name.
func sameCluster(of, cluster Value, found []*Resource) bool {
	others, _ := refersTo(of, "AWS::ECS::Cluster")
	if len(others) == 1 && len(found) == 1 {
		return others[0].ID == found[0].ID
	}
	a, b := clusterName(of.Known()), clusterName(cluster.Known())
	return a != "" && a == b && !IsPlaceholder(a)
}

// clusterName is the name in an ARN, or the text.
func clusterName(text string) string { return text[strings.LastIndex(text, "/")+1:] }
