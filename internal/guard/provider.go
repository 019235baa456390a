package guard

import (
	"fmt"
	"strings"
)

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
	New     bool   // the record is of its creation
	Users   *Users // nil where nobody looked
	Unknown string // why something is unknown, as the end of a sentence: "because …"
}

// Users are the services that launch on a capacity provider.
type Users struct {
	Services []string // their names
	All      bool     // there are no others
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
		Why:         "The instances of any other one run every container without FIPS mode. No call can turn it on later.",
		Headlines:   headlines("Capacity provider without FIPS mode", "Capacity provider could not be checked"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SC13, CM6x1},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      replaceProvider,
		Steps:       replacementSteps,
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

// users names the services that launch on the provider, as a sentence to follow
// another.
func (p CapacityProvider) users() string {
	switch {
	case p.New && p.FIPS != ModeOff:
		return ""
	case p.New:
		return " No service launched on it when it was created. The next scan names those that do."
	case p.Users == nil:
		return ""
	case len(p.Users.Services) == 0 && p.Users.All:
		return " No service launches on it."
	case len(p.Users.Services) == 0:
		return " Which services launch on it could not be read."
	}
	names := p.Users.Services
	text := " Services that launch on it: " + strings.Join(names[:min(len(names), maxUsers)], ", ")
	if more := len(names) - maxUsers; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if !p.Users.All {
		text += "; not all services could be read"
	}
	return text + "."
}

// maxUsers bounds the services in a sentence, and in what a person is told to run.
const maxUsers = 10

// replaceProvider is the way to another provider, since this one stays as it is.
func replaceProvider(s State) string {
	return "fipsEnabled cannot be changed. Create another capacity provider in the same cluster with fipsEnabled true, move the services and tasks that launch on " + placed(s).name + " to it, then delete the old one."
}

// placement is how the commands about a provider name it.
type placement struct {
	name, cluster, region string
	services              []string
}

func placed(s State) placement {
	at := placement{name: "PROVIDER", cluster: "CLUSTER", region: "REGION", services: []string{"SERVICE"}}
	p, ok := s.(CapacityProvider)
	if !ok {
		return at
	}
	at.name, at.cluster = pasted(p.name(), at.name), pasted(p.Cluster[strings.LastIndex(p.Cluster, "/")+1:], at.cluster)
	if parts := strings.Split(p.ARN, ":"); len(parts) > 3 {
		at.region = pasted(parts[3], at.region)
	}
	if p.Users != nil && len(p.Users.Services) > 0 {
		at.services = nil
		for _, name := range p.Users.Services[:min(len(p.Users.Services), maxUsers)] {
			at.services = append(at.services, pasted(name, "SERVICE"))
		}
	}
	return at
}

// replacementSteps make another provider of the same launch template with FIPS
// mode on, move everything to it, and delete the old one. The last command fails
// as long as a service uses it.
func replacementSteps(s State) []Step {
	p := placed(s)
	moved := p.name + "-fips"
	end := " --region " + p.region
	steps := []Step{
		{Command: "aws ecs describe-capacity-providers --cluster " + p.cluster + " --capacity-providers " + p.name +
			" --query 'capacityProviders[0].managedInstancesProvider.merge(@, {instanceLaunchTemplate: merge(instanceLaunchTemplate, {fipsEnabled: `true`})})' --output json" + end + " > " + moved + ".json"},
		{Command: "aws ecs create-capacity-provider --name " + moved + " --cluster " + p.cluster + " --managed-instances-provider file://" + moved + ".json" + end},
	}
	for _, service := range p.services {
		steps = append(steps, Step{Command: "aws ecs update-service --cluster " + p.cluster + " --service " + service +
			" --capacity-provider-strategy capacityProvider=" + moved + ",weight=1 --force-new-deployment" + end})
	}
	return append(steps,
		Step{If: "if the cluster's default strategy names " + p.name, Command: "aws ecs put-cluster-capacity-providers --cluster " + p.cluster +
			" --capacity-providers $(aws ecs describe-clusters --clusters " + p.cluster + " --query 'clusters[0].capacityProviders' --output text" + end +
			") --default-capacity-provider-strategy capacityProvider=" + moved + ",weight=1" + end},
		Step{If: "once nothing runs on " + p.name, Command: "aws ecs delete-capacity-provider --cluster " + p.cluster + " --capacity-provider " + p.name + end})
}
