package guard

import (
	"fmt"
	"strconv"
	"strings"
)

// Check judges a state: at least one finding for every state, whatever the
// verdict. It is the one rule book for events, observations, logs and files.
func Check(s State) []Finding {
	switch s := s.(type) {
	case Setting:
		return []Finding{checkSetting(s)}
	case TaskDefinition:
		return []Finding{checkTaskDefinition(s)}
	case Task:
		return []Finding{checkTask(s)}
	case Service:
		return []Finding{checkService(s)}
	case KernelCheck:
		return []Finding{checkKernel(s)}
	case Exposure:
		return []Finding{checkExposure(s)}
	case Component:
		return []Finding{checkComponent(s)}
	case PolicyDocument:
		return []Finding{checkPolicyDocument(s)}
	}
	return nil
}

// CheckAll is Check over several states, in their order.
func CheckAll(states []State) []Finding {
	var findings []Finding
	for _, s := range states {
		findings = append(findings, Check(s)...)
	}
	return findings
}

func checkSetting(s Setting) Finding {
	rule := FIPSModeDefault
	whose := "the account default"
	if s.Scope == ScopePrincipal {
		rule = FIPSModeOverride
		whose = "the override of " + s.Principal
	}
	if s.Region != "" && !InScope(s.Region) {
		return finding(rule, s, NotApplicable, outOfScope(s.Region))
	}
	if s.Deleted {
		return checkDeletedSetting(s)
	}
	switch s.Mode {
	case ModeOn:
		return finding(rule, s, Compliant, fmt.Sprintf("%s is enabled.", sentence(whose)))
	case ModeOff:
		if s.Scope == ScopeUnknown {
			return finding(rule, s, NonCompliant, "FIPS mode was turned off by somebody the record does not name; it may be the account default.")
		}
		return finding(rule, s, NonCompliant, fmt.Sprintf("%s is off.", sentence(whose)))
	case ModeUnknown:
	}
	return finding(rule, s, InsufficientData, fmt.Sprintf("%s is unknown%s.", sentence(whose), because(s.Unknown)))
}

// checkDeletedSetting: a deleted override hands its principal back to the
// account default, which the record of the deletion does not show.
func checkDeletedSetting(s Setting) Finding {
	if s.Scope == ScopePrincipal {
		return finding(FIPSModeOverride, s, InsufficientData,
			fmt.Sprintf("The override of %s was deleted; the account default decides now, and this record does not show it.", s.Principal))
	}
	if s.Scope == ScopeUnknown {
		return finding(FIPSModeDeleted, s, NonCompliant, "A value was deleted by somebody the record does not name; it may be the account's, which then falls back to disabled.")
	}
	return finding(FIPSModeDeleted, s, NonCompliant, "The account's value was deleted, which falls back to disabled.")
}

func checkTaskDefinition(d TaskDefinition) Finding {
	if d.Fargate == No {
		return finding(TaskDefinitionPlatform, d, NotApplicable, "Fargate cannot run this task definition: its compatibilities do not contain FARGATE.")
	}
	wrong, unclear := d.Platform.faults()
	return platformFinding(TaskDefinitionPlatform, d, d.Fargate, wrong, unclear, d.Unknown, "LINUX / X86_64.")
}

func checkTask(t Task) Finding {
	rule := TaskLaunchPlatform
	if t.Started() {
		rule = TaskRunningPlatform
	}
	switch {
	case t.Fargate == No:
		return finding(rule, t, NotApplicable, "It does not run on Fargate.")
	case t.Stopping():
		return finding(rule, t, NotApplicable, "It has stopped, or has been told to.")
	}
	wrong, unclear := t.Platform.faults()
	if t.PlatformVersion == "" || strings.EqualFold(t.PlatformVersion, latest) {
		// What ECS resolved is not known yet; only a request may say LATEST.
		unclear = append(unclear, "platform version")
	} else {
		w, u := versionFaults(t.Platform.OS, t.PlatformVersion)
		wrong, unclear = appendText(wrong, w), appendText(unclear, u)
	}
	return platformFinding(rule, t, t.Fargate, wrong, unclear, t.Unknown, "LINUX / X86_64, platform version "+t.PlatformVersion+".")
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

// platformFinding judges what may run on Fargate by what is wrong and what is
// unclear with it. Where nothing is, it does not matter whether it does.
func platformFinding(rule RuleID, s State, fargate Answer, wrong, unclear []string, unknown, compliant string) Finding {
	switch {
	case len(wrong) > 0 && fargate == Yes:
		return finding(rule, s, NonCompliant, fmt.Sprintf("Fargate has no FIPS-140 mode for it: %s.", strings.Join(wrong, ", ")))
	case len(wrong)+len(unclear) == 0:
		return finding(rule, s, Compliant, compliant)
	case fargate == Unknown:
		return finding(rule, s, InsufficientData, fmt.Sprintf("Whether Fargate runs it is unknown%s.", because(unknown)))
	}
	return finding(rule, s, InsufficientData, fmt.Sprintf("Unknown: %s%s.", strings.Join(unclear, ", "), because(unknown)))
}

func checkPolicyDocument(d PolicyDocument) Finding {
	if len(d.Faults) == 0 {
		return finding(GuardPolicy, d, Compliant, "The policy document is valid.")
	}
	return finding(GuardPolicy, d, NonCompliant, fmt.Sprintf("The policy document is refused and the defaults hold, enforced: %s.", strings.Join(d.Faults, "; ")))
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

// versionFaults judges a platform version of Linux, or of an operating system
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

func outOfScope(region string) string {
	return fmt.Sprintf("Fargate has no FIPS-140 mode in Region %s.", region)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " because " + why
}

func orLatest(version string) string {
	if version == "" {
		return latest
	}
	return version
}

func appendText(list []string, text string) []string {
	if text == "" {
		return list
	}
	return append(list, text)
}

// sentence makes a phrase the start of one.
func sentence(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] }
