package guard

import (
	"slices"
	"strings"
)

// The functions below turn what ECS writes, in records and in answers alike,
// into plain values: once, here, so that every reader means the same by them.

// DefinitionPlatform is the platform of a task definition. ECS leaves out a
// member that was not asked for (nil here), which means LINUX and X86_64; a
// member that is there and empty is unknown.
func DefinitionPlatform(operatingSystemFamily, cpuArchitecture *string) Platform {
	return Platform{
		OS:           upperOr(operatingSystemFamily, "LINUX"),
		Architecture: upperOr(cpuArchitecture, "X86_64"),
	}
}

func upperOr(member *string, omitted string) string {
	if member == nil {
		return omitted
	}
	return strings.ToUpper(*member)
}

// DefinitionOnFargate tells whether a task definition is meant for Fargate. What
// was asked for decides: ECS also computes FARGATE for definitions that asked
// for other capacity alone, and people run these elsewhere. Where nothing was
// asked for, what ECS computed counts. A launch on Fargate is evaluated by
// itself, whatever its definition asked for.
func DefinitionOnFargate(requested, computed []string) Answer {
	counts := requested
	if len(counts) == 0 {
		counts = computed
	}
	switch {
	case slices.ContainsFunc(counts, func(c string) bool { return strings.EqualFold(c, "FARGATE") }):
		return Yes
	case len(counts) > 0:
		return No
	}
	return Unknown
}

// DefinitionOnManaged tells whether a task definition asks for ECS Managed
// Instances.
func DefinitionOnManaged(requested []string) Answer {
	if slices.ContainsFunc(requested, func(c string) bool { return strings.EqualFold(c, "MANAGED_INSTANCES") }) {
		return Yes
	}
	return No
}

// TaskOnFargate tells whether a task runs on Fargate. With a capacity provider
// the launch type may be absent; a platform version is Fargate's alone.
func TaskOnFargate(launchType, capacityProvider, platformVersion string) Answer {
	if capacityProvider == "" {
		return CapacityOnFargate(launchType, nil, platformVersion)
	}
	return CapacityOnFargate(launchType, []string{capacityProvider}, platformVersion)
}

// CapacityOnFargate tells whether what asks for capacity gets Fargate's. It is
// unknown where the cluster's default strategy decides.
func CapacityOnFargate(launchType string, providers []string, platformVersion string) Answer {
	for _, p := range providers {
		if strings.EqualFold(p, "FARGATE") || strings.EqualFold(p, "FARGATE_SPOT") {
			return Yes
		}
	}
	switch {
	case strings.EqualFold(launchType, "FARGATE"), platformVersion != "":
		return Yes
	case launchType != "", len(providers) > 0:
		return No
	}
	return Unknown
}

// ResolvedVersion is a task's platform version, or empty where ECS has not
// resolved LATEST yet.
func ResolvedVersion(version string) string {
	if strings.EqualFold(version, latest) {
		return ""
	}
	return version
}
