package guard

import "strings"

// CapacityProvider is a capacity provider of an ECS cluster. Those of ECS
// Managed Instances have a FIPS switch of their own, fipsEnabled in the
// instances' launch template, which nothing can change after creation.
type CapacityProvider struct {
	ARN     string
	Name    string // what it is known by while the ARN is unknown
	Cluster string // name or ARN
	Managed Answer // whether its instances are ECS Managed Instances
	FIPS    Mode
	Omitted bool   // fipsEnabled was left out, which is on in GovCloud
	Unknown string // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the provider's ARN, or as much of it as is known.
func (p CapacityProvider) Subject() string {
	if p.ARN == "" && p.Name != "" {
		return "capacity-provider/" + p.Name
	}
	return orUnknown(p.ARN)
}

func (p CapacityProvider) name() string {
	if p.Name == "" {
		return p.ARN[strings.LastIndex(p.ARN, "/")+1:]
	}
	return p.Name
}

// CapacityProviderFIPS is about the FIPS switch of ECS Managed Instances.
const CapacityProviderFIPS RuleID = "capacity-provider-fips"

func capacityProviderFIPS() Rule {
	return Rule{
		ID:          CapacityProviderFIPS,
		Group:       GroupManaged,
		Requirement: "A capacity provider of ECS Managed Instances has FIPS mode on (fipsEnabled is not false).",
		Why:         "Its instances run every container without FIPS mode. No call can turn it on later.",
		Headlines:   headlines("Capacity provider without FIPS mode", "Capacity provider could not be checked"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SC13, CM6x1},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      replaceProvider,
	}
}

func checkCapacityProvider(p CapacityProvider) Finding {
	switch {
	case p.Managed == No:
		return finding(CapacityProviderFIPS, p, NotApplicable, "Its instances are not ECS Managed Instances.")
	case p.FIPS == ModeOff:
		return finding(CapacityProviderFIPS, p, NonCompliant, "Its launch template says fipsEnabled: false.")
	case p.FIPS == ModeOn && p.Managed == Yes && p.Omitted:
		return finding(CapacityProviderFIPS, p, Compliant, "Its launch template leaves out fipsEnabled, which is on in GovCloud.")
	case p.FIPS == ModeOn:
		return finding(CapacityProviderFIPS, p, Compliant, "Its launch template says fipsEnabled: true.")
	}
	return finding(CapacityProviderFIPS, p, InsufficientData, "Whether its instances have FIPS mode on is unknown"+because(p.Unknown)+".")
}

// replaceProvider is the way to another provider, since this one stays as it is.
func replaceProvider(s State) string {
	name, cluster, region := "PROVIDER", "CLUSTER", "REGION"
	if p, ok := s.(CapacityProvider); ok {
		name, cluster = pasted(p.name(), name), pasted(p.Cluster, cluster)
		if parts := strings.Split(p.ARN, ":"); len(parts) > 3 {
			region = pasted(parts[3], region)
		}
	}
	return "fipsEnabled cannot be changed. Create another provider with fipsEnabled true. Move each service to it: " +
		"aws ecs update-service --cluster " + cluster + " --service SERVICE --capacity-provider-strategy capacityProvider=NEW,weight=1 --force-new-deployment --region " + region + "; " +
		"then: aws ecs delete-capacity-provider --cluster " + cluster + " --capacity-provider " + name + " --region " + region
}
