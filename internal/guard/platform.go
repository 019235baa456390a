package guard

import (
	"fmt"
	"strconv"
	"strings"
)

// Platform is what a task runs on. Values are upper case, as ECS's enums
// write them; empty is unknown, never the default: whoever decodes or observes
// a definition turns an omitted member into LINUX or X86_64, because ECS does.
type Platform struct {
	OS           string // LINUX, WINDOWS_SERVER_…
	Architecture string // X86_64, ARM64
}

// faults lists what of a platform is wrong and what is unknown.
func (p Platform) faults() (wrong, unclear []string) {
	switch p.OS {
	case "LINUX":
	case "":
		unclear = append(unclear, "operating system family")
	default:
		wrong = append(wrong, "operating system family "+p.OS+" instead of LINUX")
	}
	switch p.Architecture {
	case "X86_64":
	case "":
		unclear = append(unclear, "CPU architecture")
	default:
		wrong = append(wrong, "CPU architecture "+p.Architecture+" instead of X86_64")
	}
	return wrong, unclear
}

const latest = "LATEST"

// minimumVersion is the first Linux platform version with FIPS-140 mode.
var minimumVersion = [3]int{1, 4, 0}

// versionFaults checks a platform version of Linux, or of an operating system
// that is not known. Linux and Windows have two independent series; a low
// number is wrong in both. LATEST and empty are resolved at launch, on Linux to
// 1.4.0 or later.
func versionFaults(os, version string) (wrong, unclear string) {
	if version == "" || strings.EqualFold(version, latest) || os != "" && os != "LINUX" {
		return "", ""
	}
	v, ok := parseVersion(version)
	switch {
	case !ok:
		return "", fmt.Sprintf("platform version %q", version)
	case older(v, minimumVersion):
		return "platform version " + version + " instead of 1.4.0 or later", ""
	}
	return "", ""
}

// parseVersion reads up to three decimal components; missing ones are 0.
func parseVersion(text string) (version [3]int, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) > len(version) {
		return version, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return version, false
		}
		version[i] = int(n)
	}
	return version, true
}

func older(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

func orLatest(version string) string {
	if version == "" {
		return latest
	}
	return version
}

// platformFinding evaluates what may run on Fargate by what is wrong and what is
// unclear with it. Where nothing is, it does not matter whether it does.
func platformFinding(rule RuleID, s State, fargate Answer, wrong, unclear []string, unknown, compliant string) Finding {
	switch {
	case len(wrong) > 0 && fargate == Yes:
		return finding(rule, s, NonCompliant, fmt.Sprintf("Fargate has no FIPS-140 mode for it: %s.", strings.Join(wrong, ", ")))
	case len(wrong)+len(unclear) == 0:
		return finding(rule, s, Compliant, compliant)
	case fargate == Unknown:
		return finding(rule, s, InsufficientData, fmt.Sprintf("It is unknown whether it runs on Fargate%s.", because(unknown)))
	}
	return finding(rule, s, InsufficientData, fmt.Sprintf("Unknown: %s%s.", strings.Join(unclear, ", "), because(unknown)))
}

func appendText(list []string, text string) []string {
	if text == "" {
		return list
	}
	return append(list, text)
}
