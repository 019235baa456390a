package launch

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// Statement is one thing that a resource says in one world: that there is a task
// definition, that something is launched, or what a setting is.
type Statement struct {
	part       string // of the resource that says it, such as "target nightly"; empty is the resource
	at         syntax.Position
	about      about
	facts      facts
	attributes []attribute // that the facts rest on
	subjects   []string    // ARNs, with ? for what is not known, by which a policy can exempt it
	note       string      // why no rule applies to it
	nested     string      // a file with more of the template
}

// about is what a statement is about, and so which rule applies to it.
type about uint8

const (
	aboutDefinition about = iota
	aboutService
	aboutTask
	aboutSetting
	aboutProvider
)

// facts are what a statement's state is made of.
type facts struct {
	platform       guard.Platform
	fargate        guard.Answer
	version        string
	versionUnknown bool
	unknown        string // why the platform or the version is unknown
	elsewhere      string // why it is unknown whether Fargate runs it
	setting        guard.Setting
	provider       guard.CapacityProvider
	managed        guard.Answer           // for a definition: whether it asks for ECS Managed Instances
	on             guard.CapacityProvider // the worst of those, other than Fargate's, on which it may be launched
	named          bool                   // there is one
}

// state is what the guard's rules are held against.
func (a about) state(f facts) guard.State {
	unknown := f.unknown
	if f.fargate == guard.Unknown {
		unknown = FirstText(f.elsewhere, unknown)
	}
	switch a {
	case aboutDefinition:
		return guard.TaskDefinition{Platform: f.platform, Fargate: f.fargate, Managed: f.managed, Unknown: unknown}
	case aboutService:
		return guard.Service{
			Definition: guard.TaskDefinition{Platform: f.platform}, Fargate: f.fargate,
			Providers: f.providers(), PlatformVersion: f.version, VersionUnknown: f.versionUnknown, Unknown: unknown,
		}
	case aboutTask:
		return guard.Task{Platform: f.platform, Fargate: f.fargate, Providers: f.providers(), PlatformVersion: f.launchVersion(), LastStatus: "PROVISIONING", Unknown: unknown}
	case aboutSetting:
		return f.setting
	case aboutProvider:
		return f.provider
	}
	return nil
}

func (f facts) providers() []guard.CapacityProvider {
	if !f.named {
		return nil
	}
	return []guard.CapacityProvider{f.on}
}

// launchVersion is what ECS makes of a platform version when it launches a task
// of Linux (docs/facts.md, "Tasks and services"). On Windows it does not matter:
// FIPS mode does not exist there.
func (f facts) launchVersion() string {
	switch {
	case f.versionUnknown:
		return ""
	case f.version == "", strings.EqualFold(f.version, "LATEST"):
		return "1.4.0"
	}
	return f.version
}

// check is what the rules say of the statement: the worst, where both Fargate and
// a capacity provider may launch it. Where it names no provider, a file cannot say
// on which it is launched.
func (s Statement) check() guard.Finding {
	findings := guard.Check(s.about.state(s.facts))
	f := findings[0]
	for _, other := range findings[1:] {
		if s.facts.named && other.Severity > f.Severity {
			f = other
		}
	}
	if s.note != "" {
		f.Verdict, f.Severity, f.Reason = guard.NotApplicable, guard.Info, s.note
	}
	return f
}

// toChange lists the attributes that have to be changed so that the statement
// passes: those of which one is enough, or else all that matter.
func (s Statement) toChange(found guard.Finding) (all []attribute, oneIsEnough bool) {
	var enough, matter []attribute
	for _, a := range s.attributes {
		changed := s
		a.right(&changed.facts)
		switch f := changed.check(); {
		case f.Severity == guard.Info:
			enough = append(enough, a)
		case f.Verdict != found.Verdict || f.Reason != found.Reason:
			matter = append(matter, a)
		}
	}
	if len(enough) > 0 {
		return enough, true
	}
	return matter, false
}

// remedy is what a person changes in the file, and where that is. of is the
// resource.
func (s Statement) remedy(found guard.Finding, of, file string) (text string, at syntax.Position) {
	at = s.at
	attributes, oneIsEnough := s.toChange(found)
	var all []string
	for i, a := range attributes {
		if i == 0 && a.value.At.Line > 0 {
			at = a.value.At
		}
		text := a.remedy(of, file)
		switch {
		case slices.Contains(all, text):
		case oneIsEnough && len(all) > 0:
			all = append(all, "Or "+strings.ToLower(text[:1])+text[1:])
		default:
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return found.Advice(), at
	}
	return strings.Join(all, " "), at
}

// unknown is the statement that it is not known whether Fargate runs something,
// because of a value.
func unknown(a about, part string, at syntax.Position, because Value) Statement {
	return Statement{
		part: part, at: at, about: a,
		facts: facts{elsewhere: because.Unknown, setting: guard.Setting{Scope: guard.ScopeAccount, Unknown: because.Unknown}},
		attributes: []attribute{{value: because, name: part, right: func(f *facts) {
			f.platform, f.version, f.versionUnknown = guard.DefinitionPlatform(nil, nil), "", false
			f.setting = guard.Setting{Scope: guard.ScopeAccount, Mode: guard.ModeOn}
		}}},
	}
}

// arn is what a policy's exemptions are compared with: ? stands for what a file
// does not show, which only a * matches.
func arn(o Options, kind, rest string) string {
	region := "?"
	if len(o.Regions) == 1 {
		region = o.Regions[0]
	}
	return fmt.Sprintf("arn:aws-us-gov:ecs:%s:%s:%s/%s", region, FirstText(o.Account, "?"), kind, rest)
}
