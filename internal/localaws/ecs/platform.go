package ecs

import (
	"cmp"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// platform is what a task definition says of where it can run.
type platform struct {
	architecture types.CPUArchitecture
	system       types.OSFamily
}

// platformOf: what is omitted means LINUX on X86_64.
func platformOf(p *types.RuntimePlatform) platform {
	if p == nil {
		p = &types.RuntimePlatform{}
	}
	return platform{
		architecture: cmp.Or(p.CpuArchitecture, types.CPUArchitectureX8664),
		system:       cmp.Or(p.OperatingSystemFamily, types.OSFamilyLinux),
	}
}

func (p platform) isWindows() bool { return p.system != types.OSFamilyLinux }

func (p platform) valid() error {
	switch p.architecture {
	case types.CPUArchitectureX8664, types.CPUArchitectureArm64:
	default:
		return kernel.InvalidParameter("Invalid cpuArchitecture %q.", p.architecture)
	}
	switch p.system {
	case types.OSFamilyLinux:
		return nil
	case "WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE",
		"WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_FULL",
		"WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2025_FULL", "WINDOWS_SERVER_2025_CORE":
		if p.architecture == types.CPUArchitectureArm64 {
			return clientException("The ARM64 architecture is not supported with %s.", p.system)
		}
		return nil
	}
	return kernel.InvalidParameter("Invalid operatingSystemFamily %q.", p.system)
}

// family is how tasks and services show the operating system, such as Linux or
// Windows_Server_2022_Core.
func (p platform) family() string {
	words := strings.Split(strings.ToLower(string(p.system)), "_")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "_")
}

// architectureAttribute is how tasks and their events show the architecture.
func (p platform) architectureAttribute() string { return strings.ToLower(string(p.architecture)) }

// resolveVersion is what a launch gets for a platform version. Linux and
// Windows have series of their own; older ones than these are retired.
func (p platform) resolveVersion(asked string) (string, error) {
	latest, older := "1.4.0", "1.3.0"
	if p.isWindows() {
		latest, older = "1.0.0", ""
	}
	switch asked {
	case "", "LATEST", latest:
		return latest, nil
	case "1.4.0", "1.3.0":
		// ARM64 and Windows came with later platforms than 1.3.0.
		if asked == older && p.architecture != types.CPUArchitectureArm64 {
			return older, nil
		}
		return "", kernel.ClientError("PlatformTaskDefinitionIncompatibilityException",
			"The platform version %s does not support %s on %s.", asked, p.system, p.architecture)
	}
	return "", kernel.ClientError("PlatformUnknownException", "The specified platform does not exist.")
}
