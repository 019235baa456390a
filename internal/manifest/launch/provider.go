package launch

import "fipsguard/internal/guard"

// decodeProvider reads what a capacity provider of ECS Managed Instances says of
// FIPS mode. Left out it is on in GovCloud. One of an Auto Scaling group says
// nothing about it.
func decodeProvider(r Resource) []Statement {
	return r.managedInstances(r.Properties.get(object, "ManagedInstancesProvider"), r.Properties.get(name, "Name"))
}

// decodeComputeEnvironment reads the same of AWS Batch's compute environments.
// What it means there to leave FipsEnabled out is not documented (docs/facts.md,
// section 20).
func decodeComputeEnvironment(r Resource) []Statement {
	managed := r.Properties.get(object, "ComputeResources").get(object, "ManagedInstancesProvider")
	all := r.managedInstances(managed, r.Properties.get(name, "ComputeEnvironmentName"))
	for i, s := range all {
		if p := &all[i].facts.provider; s.facts.provider.Omitted {
			p.FIPS, p.Omitted, p.Unknown = guard.ModeUnknown, false, "AWS Batch does not document what it is when FipsEnabled is left out"
			all[i].attributes[0].missing = "Set FipsEnabled to true"
		}
	}
	return all
}

func (r Resource) managedInstances(managed, called Value) []Statement {
	if managed.IsLeftOut() {
		return nil
	}
	fips := managed.get(object, "InstanceLaunchTemplate").get(word, "FipsEnabled")
	p := guard.CapacityProvider{Name: called.Known(), Managed: guard.Yes, FIPS: guard.ModeOn, Omitted: fips.IsLeftOut()}
	if IsPlaceholder(p.Name) || p.Name == "" {
		p.Name = r.Name
	}
	switch {
	case fips.Unknown != "":
		p.FIPS, p.Unknown = guard.ModeUnknown, fips.Unknown
	case p.Omitted, fips.Known() == "true":
	case fips.Known() == "false":
		p.FIPS = guard.ModeOff
	default:
		p.FIPS, p.Unknown = guard.ModeUnknown, fips.Spelled("FipsEnabled")+" is neither true nor false"
	}
	return []Statement{{
		at: r.At, about: aboutProvider, facts: facts{provider: p},
		attributes: []attribute{{
			value: fips, name: fips.name(managed, "FipsEnabled"), want: "true",
			right: func(f *facts) { f.provider.FIPS, f.provider.Omitted = guard.ModeOn, false },
		}},
	}}
}
