package guard

import (
	"strconv"
	"strings"
)

// Service is what a service, or one of its task sets, asks its scheduler for.
type Service struct {
	ARN             string
	Name            string // what to ask ECS for while the ARN is unknown
	Cluster         string
	Definition      TaskDefinition
	Fargate         Answer
	Providers       []CapacityProvider // on which it may launch, other than Fargate's
	PlatformVersion string             // as asked for: "LATEST" and empty are resolved at launch
	VersionUnknown  bool               // the platform version was not legible, which an empty one is not
	Controller      string             // ECS, CODE_DEPLOY, EXTERNAL; empty is unknown
	DesiredCount    int
	MinimumCount    int    // Application Auto Scaling's minimum; 0 without a scalable target
	Deployment      string // identifies what was asked for; a service is touched once per deployment
	Replacement     string // newest compliant ACTIVE revision of the family; empty when there is none
	Unknown         string // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the service's ARN, or as much of it as is known.
func (s Service) Subject() string {
	if s.ARN == "" && s.Name != "" {
		return "service/" + orUnknown(s.Cluster) + "/" + s.Name
	}
	return orUnknown(s.ARN)
}

func (s Service) name() string {
	if s.Name == "" {
		return s.ARN[strings.LastIndex(s.ARN, "/")+1:]
	}
	return s.Name
}

// ServicePlatform is about what a scheduler starts tasks from.
const ServicePlatform RuleID = "service-platform"

func servicePlatform() Rule {
	return Rule{
		ID:          ServicePlatform,
		Group:       GroupPlatform,
		Requirement: "A Fargate service uses a LINUX / X86_64 task definition and platform version 1.4.0 or later.",
		Why:         "The service starts new tasks from them at any time.",
		Headlines:   headlines("Service uses a non-FIPS platform", "Service could not be checked"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Update the service to platform version LATEST and a LINUX / X86_64 task definition."),
	}
}

func checkService(s Service) Finding {
	if s.Fargate == No {
		return finding(ServicePlatform, s, NotApplicable, "It does not run on Fargate.")
	}
	wrong, unclear := s.Definition.Platform.faults()
	if s.VersionUnknown {
		unclear = append(unclear, "platform version")
	} else {
		w, u := versionFaults(s.Definition.Platform.OS, s.PlatformVersion)
		wrong, unclear = appendText(wrong, w), appendText(unclear, u)
	}
	return platformFinding(ServicePlatform, s, s.Fargate, wrong, unclear, s.Unknown, "LINUX / X86_64, platform version "+orLatest(s.PlatformVersion)+".")
}

// serviceFix respects the deployment controller: with CODE_DEPLOY and
// EXTERNAL, ECS lets only the desired count be changed. A desired count of 0 is
// undone by Application Auto Scaling unless its minimum is 0 too.
func serviceFix(rule RuleID, s Service, remedy ServiceRemedy) Call {
	if s.ARN == "" || s.DesiredCount == 0 {
		return nil
	}
	switch remedy {
	case RollBack:
		// No revision changes on what a service launches.
		if rule == ServiceCapacityProvider || s.Controller != "ECS" || s.Replacement == "" {
			return nil
		}
		return RollBackService{Cluster: s.Cluster, Service: s.ARN, TaskDefinition: s.Replacement, PlatformVersion: latest}
	case ScaleToZero:
		if s.MinimumCount > 0 {
			return nil
		}
		return ScaleServiceToZero{Cluster: s.Cluster, Service: s.ARN}
	case AlertOnly:
	}
	return nil
}

// RollBackService points a service at a compliant revision and at the latest
// platform version.
type RollBackService struct {
	Cluster         string `json:"cluster"`
	Service         string `json:"service"`
	TaskDefinition  string `json:"taskDefinition"`
	PlatformVersion string `json:"platformVersion"`
}

func (RollBackService) API() string     { return "ecs:UpdateService" }
func (RollBackService) Ending() string  { return "; rollback started" }
func (RollBackService) Immediate() bool { return false }

func (RollBackService) Exposes(a Aftermath) string { return untilReplaced(a) }

func (c RollBackService) args() []string {
	return []string{"update-service", "--cluster", c.Cluster, "--service", c.Service,
		"--task-definition", c.TaskDefinition, "--platform-version", c.PlatformVersion}
}

// ScaleServiceToZero ends a service's tasks without deleting the service.
type ScaleServiceToZero struct {
	Cluster      string `json:"cluster"`
	Service      string `json:"service"`
	DesiredCount int    `json:"desiredCount"`
}

func (ScaleServiceToZero) API() string     { return "ecs:UpdateService" }
func (ScaleServiceToZero) Ending() string  { return "; scaling to zero" }
func (ScaleServiceToZero) Immediate() bool { return false }

// Exposes is about the tasks that are being stopped.
func (ScaleServiceToZero) Exposes(a Aftermath) string {
	if !a.Result.Accepted() {
		return ""
	}
	return "The service's tasks keep running until ECS has stopped them. The guard has not yet seen them stop."
}

func (c ScaleServiceToZero) args() []string {
	return []string{"update-service", "--cluster", c.Cluster, "--service", c.Service,
		"--desired-count", strconv.Itoa(c.DesiredCount)}
}

// ForceNewDeployment replaces a service's tasks by new ones of the same
// definition, at the pace of its deployment configuration.
type ForceNewDeployment struct {
	Cluster            string `json:"cluster"`
	Service            string `json:"service"`
	ForceNewDeployment bool   `json:"forceNewDeployment"`
}

func (ForceNewDeployment) API() string     { return "ecs:UpdateService" }
func (ForceNewDeployment) Ending() string  { return "; redeployment started" }
func (ForceNewDeployment) Immediate() bool { return false }

func (ForceNewDeployment) Exposes(a Aftermath) string { return untilReplaced(a) }

func (c ForceNewDeployment) args() []string {
	return []string{"update-service", "--cluster", c.Cluster, "--service", c.Service, "--force-new-deployment"}
}

func untilReplaced(a Aftermath) string {
	if !a.Result.Accepted() {
		return ""
	}
	return "The service's old tasks keep running until ECS has replaced them. The guard has not yet seen them stop."
}
