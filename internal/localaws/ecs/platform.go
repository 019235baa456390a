package ecs

import (
	"strings"

	"fipsguard/internal/localaws/kernel"
)

type runtimePlatform struct {
	CPUArchitecture       string `json:"cpuArchitecture,omitempty"`
	OperatingSystemFamily string `json:"operatingSystemFamily,omitempty"`
}

// orDefault: what is omitted means LINUX on X86_64.
func (p *runtimePlatform) orDefault() runtimePlatform {
	full := runtimePlatform{CPUArchitecture: "X86_64", OperatingSystemFamily: "LINUX"}
	if p == nil {
		return full
	}
	if p.CPUArchitecture != "" {
		full.CPUArchitecture = p.CPUArchitecture
	}
	if p.OperatingSystemFamily != "" {
		full.OperatingSystemFamily = p.OperatingSystemFamily
	}
	return full
}

func (p runtimePlatform) isWindows() bool { return p.OperatingSystemFamily != "LINUX" }

func (p *runtimePlatform) valid() error {
	full := p.orDefault()
	switch full.CPUArchitecture {
	case "X86_64", "ARM64":
	default:
		return kernel.InvalidParameter("Invalid cpuArchitecture %q.", full.CPUArchitecture)
	}
	switch full.OperatingSystemFamily {
	case "LINUX":
		return nil
	case "WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE",
		"WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_FULL",
		"WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2025_FULL", "WINDOWS_SERVER_2025_CORE":
		if full.CPUArchitecture == "ARM64" {
			return clientException("The ARM64 architecture is not supported with %s.", full.OperatingSystemFamily)
		}
		return nil
	}
	return kernel.InvalidParameter("Invalid operatingSystemFamily %q.", full.OperatingSystemFamily)
}

// platformFamily is how tasks and services show the operating system, such as
// Linux or Windows_Server_2022_Core.
func (p runtimePlatform) platformFamily() string {
	words := strings.Split(strings.ToLower(p.OperatingSystemFamily), "_")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "_")
}

// architectureAttribute is how tasks and their events show the architecture.
func (p runtimePlatform) architectureAttribute() string { return strings.ToLower(p.CPUArchitecture) }

// resolvePlatformVersion is what a launch gets for a platform version. Linux
// and Windows have series of their own; older ones than these are retired.
func resolvePlatformVersion(asked string, p runtimePlatform) (string, error) {
	latest, older := "1.4.0", "1.3.0"
	if p.isWindows() {
		latest, older = "1.0.0", ""
	}
	switch asked {
	case "", "LATEST", latest:
		return latest, nil
	case "1.4.0", "1.3.0":
		// ARM64 and Windows came with later platforms than 1.3.0.
		if asked == older && p.CPUArchitecture != "ARM64" {
			return older, nil
		}
		return "", kernel.ClientError("PlatformTaskDefinitionIncompatibilityException",
			"The platform version %s does not support %s on %s.", asked, p.OperatingSystemFamily, p.CPUArchitecture)
	}
	return "", kernel.ClientError("PlatformUnknownException", "The specified platform does not exist.")
}
