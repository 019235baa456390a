package guard

import (
	"slices"
	"strings"
)

// ProvidersOf lists the capacity providers, other than Fargate's, on which what
// asks for capacity may be launched: all that is known of them is what the
// request or the answer says. Those of a launch on EC2 or EXTERNAL are of Auto
// Scaling groups, of which there is nothing to know.
func ProvidersOf(launchType string, names []string, cluster string) []CapacityProvider {
	managed := Unknown
	switch strings.ToUpper(launchType) {
	case "MANAGED_INSTANCES":
		managed = Yes
	case "":
	default:
		return nil
	}
	var list []CapacityProvider
	for _, name := range names {
		switch name = name[strings.LastIndex(name, "/")+1:]; {
		case strings.EqualFold(name, "FARGATE"), strings.EqualFold(name, "FARGATE_SPOT"):
		case name == "":
			list = append(list, CapacityProvider{Cluster: cluster, Managed: managed, Unknown: "it is not named"})
		default:
			list = append(list, CapacityProvider{Name: name, Cluster: cluster, Managed: managed, Unknown: "ECS was not asked about it"})
		}
	}
	if len(names) == 0 && managed == Yes {
		list = append(list, CapacityProvider{Cluster: cluster, Managed: Yes, Unknown: "it is not named"})
	}
	return list
}

// Identified are providers completed by what was read of them. One that was not
// found stays as it is. Names are unique in an account and Region.
func Identified(providers, read []CapacityProvider) []CapacityProvider {
	known := slices.Clone(providers)
	for i, p := range known {
		if n := slices.IndexFunc(read, func(r CapacityProvider) bool { return p.name() != "" && r.name() == p.name() }); n >= 0 {
			known[i] = read[n]
		}
	}
	return known
}

// UsedBy are providers with the services that launch on them, which are known
// only if all services were read.
func UsedBy(providers []CapacityProvider, services []Service, allRead bool) []CapacityProvider {
	used := slices.Clone(providers)
	for i, p := range used {
		users := Users{All: allRead}
		for _, s := range services {
			if slices.ContainsFunc(s.Providers, func(of CapacityProvider) bool { return of.name() == p.name() }) && !slices.Contains(users.Services, s.name()) {
				users.Services = append(users.Services, s.name())
			}
		}
		used[i].Users = &users
	}
	return used
}

// MayBeFargate reports whether a task runs, or may run, on Fargate.
func (t Task) MayBeFargate() bool { return t.Fargate != No }

// MayBeFargate reports the same of what a service launches.
func (s Service) MayBeFargate() bool { return s.Fargate != No }

// OnServerless reports whether a task runs, or may run, on Fargate or on ECS
// Managed Instances.
func (t Task) OnServerless() bool { return t.Fargate != No || t.MayBeManaged() }

// OnServerless reports the same of what a service launches.
func (s Service) OnServerless() bool { return s.Fargate != No || s.MayBeManaged() }

// MayBeManaged reports whether a task runs, or may run, on ECS Managed Instances.
func (t Task) MayBeManaged() bool { return mayBeManaged(t.Fargate, t.Providers) }

// OnManaged reports whether a task is known to run on ECS Managed Instances.
func (t Task) OnManaged() bool {
	return t.Fargate == No && len(t.Providers) > 0 && !slices.ContainsFunc(t.Providers, func(p CapacityProvider) bool { return p.Managed != Yes })
}

// MayBeManaged reports whether a service launches, or may launch, on ECS Managed
// Instances.
func (s Service) MayBeManaged() bool { return mayBeManaged(s.Fargate, s.Providers) }

func mayBeManaged(fargate Answer, providers []CapacityProvider) bool {
	if len(providers) == 0 {
		return fargate == Unknown
	}
	return slices.ContainsFunc(providers, func(p CapacityProvider) bool { return p.Managed != No })
}

// Compute is what a task runs on, as people say it.
func (t Task) Compute() string {
	switch {
	case t.Fargate == Yes:
		return "Fargate"
	case t.OnManaged():
		return "Managed Instances"
	}
	return ""
}

// TaskCapacityProvider is about a task on ECS Managed Instances.
const TaskCapacityProvider RuleID = "task-capacity-provider"

func taskCapacityProvider() Rule {
	return Rule{
		ID:          TaskCapacityProvider,
		Group:       GroupManaged,
		Requirement: "A task on ECS Managed Instances runs on a capacity provider with FIPS mode on.",
		Why:         "The instances of any other one run every container without FIPS mode.",
		Headlines:   headlines("Task on Managed Instances without FIPS mode", "Task on Managed Instances could not be checked"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      otherProvider("Run it on"),
	}
}

// ServiceCapacityProvider is about a service that launches on ECS Managed
// Instances.
const ServiceCapacityProvider RuleID = "service-capacity-provider"

func serviceCapacityProvider() Rule {
	return Rule{
		ID:          ServiceCapacityProvider,
		Group:       GroupManaged,
		Requirement: "A service on ECS Managed Instances uses only capacity providers with FIPS mode on.",
		Why:         "The service starts new tasks on them at any time, without FIPS mode.",
		Headlines:   headlines("Service on Managed Instances without FIPS mode", "Service on Managed Instances could not be checked"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      otherProvider("Move its capacity provider strategy to"),
	}
}

// otherProvider is what a person changes about a task or a service. AWS Batch's
// own capacity providers are made from its compute environments.
func otherProvider(move string) func(State) string {
	return func(s State) string {
		if t, ok := s.(Task); ok && t.Batch != nil {
			in := ""
			if t.Batch.ComputeEnvironment != "" {
				in = " in compute environment " + t.Batch.ComputeEnvironment
			}
			return "AWS Batch launched it" + in + ". fipsEnabled of a compute environment cannot be changed. Create another one with fipsEnabled true and point the job queue at it."
		}
		return move + " a capacity provider of the same cluster whose launch template says fipsEnabled: true, or leaves it out, which is on in GovCloud."
	}
}

func checkTaskProvider(t Task) Finding {
	if t.Stopping() && t.Rejected == "" {
		return finding(TaskCapacityProvider, t, NotApplicable, "It has stopped or is stopping.")
	}
	return providersFinding(TaskCapacityProvider, t, "It runs on", t.Providers, t.Unknown)
}

// providersFinding is what the worst of several providers comes to.
func providersFinding(rule RuleID, s State, runs string, providers []CapacityProvider, unknown string) Finding {
	managed := slices.DeleteFunc(slices.Clone(providers), func(p CapacityProvider) bool { return p.Managed == No })
	pick := func(which func(CapacityProvider) bool) *CapacityProvider {
		if i := slices.IndexFunc(managed, which); i >= 0 {
			return &managed[i]
		}
		return nil
	}
	off := pick(func(p CapacityProvider) bool { return p.Managed == Yes && p.FIPS == ModeOff })
	unclear := pick(func(p CapacityProvider) bool { return p.Managed != Yes || p.FIPS == ModeUnknown })
	switch {
	case off != nil:
		return finding(rule, s, NonCompliant, runs+" "+off.called()+" of ECS Managed Instances, whose launch template says fipsEnabled: false.")
	case unclear != nil && unclear.Managed == Yes:
		return finding(rule, s, InsufficientData, runs+" "+unclear.called()+" of ECS Managed Instances. Whether that has FIPS mode on is unknown"+because(unclear.Unknown)+".")
	case unclear != nil:
		return finding(rule, s, InsufficientData, runs+" "+unclear.called()+". Whether that is one of ECS Managed Instances with FIPS mode off is unknown"+because(unclear.Unknown)+".")
	case len(managed) > 0:
		return finding(rule, s, Compliant, runs+" "+managed[0].called()+" of ECS Managed Instances, which has FIPS mode on.")
	case len(providers) > 0:
		return finding(rule, s, NotApplicable, "It does not run on ECS Managed Instances.")
	}
	return finding(rule, s, InsufficientData, "It is unknown whether it runs on ECS Managed Instances"+because(unknown)+".")
}

// called names a provider in a sentence.
func (p CapacityProvider) called() string {
	if p.name() == "" {
		return "a capacity provider"
	}
	return "capacity provider " + p.name()
}

// findings are those of the rules of Fargate and of ECS Managed Instances, or of
// the one of them that the task is about.
func (t Task) findings() []Finding {
	return eitherOr(t.Fargate, t.MayBeManaged(), func() Finding { return checkTask(t) }, func() Finding { return checkTaskProvider(t) })
}

func (s Service) findings() []Finding {
	return eitherOr(s.Fargate, s.MayBeManaged(), func() Finding { return checkService(s) }, func() Finding {
		return providersFinding(ServiceCapacityProvider, s, "It launches tasks on", s.Providers, s.Unknown)
	})
}

func eitherOr(fargate Answer, managed bool, platform, provider func() Finding) []Finding {
	switch {
	case !managed:
		return []Finding{platform()}
	case fargate == No:
		return []Finding{provider()}
	}
	return []Finding{platform(), provider()}
}
