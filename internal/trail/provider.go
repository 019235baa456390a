package trail

import (
	"cmp"

	"fipsguard/internal/guard"
)

// providerStates decodes a capacity provider. fipsEnabled stands in what was
// asked for and, it is expected, in the answer; where both have it, both have to
// say on. Left out is on in GovCloud (docs/facts.md, section 20).
func providerStates(r *record, _ guard.Cause) ([]guard.State, string) {
	asked, answer := r.RequestParameters.orZero(), r.ResponseElements.orZero().Provider.orZero()
	p := guard.CapacityProvider{
		ARN:     string(answer.ARN),
		Name:    cmp.Or(string(answer.Name), string(asked.Name)),
		Cluster: cmp.Or(string(answer.Cluster), string(asked.Cluster)),
		New:     true,
	}
	switch {
	case asked.ManagedInstancesProvider.present() || answer.ManagedInstancesProvider.present():
		p.Managed = guard.Yes
	case asked.AutoScalingGroupProvider.present() || answer.AutoScalingGroupProvider.present():
		p.Managed = guard.No
		return []guard.State{p}, ""
	default:
		p.Unknown = "the record does not show what kind of provider it is"
		return []guard.State{p}, ""
	}
	templates := [...]object[launchTemplate]{
		asked.ManagedInstancesProvider.orZero().InstanceLaunchTemplate, answer.ManagedInstancesProvider.orZero().InstanceLaunchTemplate,
	}
	if !templates[0].present() && !templates[1].present() {
		p.Unknown = "the record does not show the launch template"
		return []guard.State{p}, ""
	}
	p.FIPS, p.Omitted = guard.ModeOn, true
	for _, template := range templates {
		switch said := template.orZero().FIPSEnabled; {
		case said == nil:
		case *said == "true":
			p.Omitted = false
		case *said == "false":
			p.FIPS, p.Omitted = guard.ModeOff, false
			return []guard.State{p}, ""
		default:
			p.FIPS, p.Unknown = guard.ModeUnknown, "fipsEnabled in the record is neither true nor false"
		}
	}
	return []guard.State{p}, ""
}
