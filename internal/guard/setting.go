package guard

import (
	"fmt"
	"strings"
	"time"
)

// SettingName is the ECS account setting that the guard keeps on.
const SettingName = "fargateFIPSMode"

// InScope reports whether Fargate's FIPS-140 mode exists in a Region. It does
// in AWS GovCloud (US) only (ECS developer guide, "AWS Fargate FIPS-140").
func InScope(region string) bool {
	switch region {
	case "us-gov-west-1", "us-gov-east-1":
		return true
	}
	return false
}

// Scope tells whose value of the account setting a Setting is.
type Scope uint8

const (
	ScopeUnknown   Scope = iota // someone's; it may be the account's
	ScopeAccount                // the account default, which root's own value is too
	ScopePrincipal              // one user's or role's override
)

// Mode is a value of the setting, reduced to what matters.
type Mode uint8

const (
	ModeUnknown Mode = iota
	ModeOn
	ModeOff
)

// ParseMode reads a value of the setting: "enabled" and "on" in any letter
// case are on, an empty text is unknown, everything else is off.
func ParseMode(value string) Mode {
	switch strings.ToLower(value) {
	case "":
		return ModeUnknown
	case "enabled", "on":
		return ModeOn
	}
	return ModeOff
}

func (m Mode) String() string {
	switch m {
	case ModeOn:
		return "on"
	case ModeOff:
		return "off"
	case ModeUnknown:
	}
	return "unknown"
}

// rank orders modes from harmless to bad.
func (m Mode) rank() int {
	switch m {
	case ModeOn:
		return 0
	case ModeUnknown:
		return 1
	case ModeOff:
		return 2
	}
	return 1
}

// Setting is fargateFIPSMode in one account and Region.
type Setting struct {
	Account   string
	Region    string
	Scope     Scope
	Principal string // user or role ARN; set only with ScopePrincipal
	Mode      Mode
	Deleted   bool   // the value was deleted; Mode is then ModeUnknown
	Unknown   string // why Mode is unknown, as the end of a sentence: "because …"
	// OnBy is when it was observed to be on, after what was recorded of it: it
	// was turned on again by then, and nothing says when. Zero when it was not.
	OnBy time.Time
}

// Subject is fargateFIPSMode@ACCOUNT/REGION[/PRINCIPAL].
func (s Setting) Subject() string {
	subject := SettingName + "@" + orUnknown(s.Account) + "/" + orUnknown(s.Region)
	switch s.Scope {
	case ScopePrincipal:
		subject += "/" + s.Principal
	case ScopeUnknown:
		subject += "/unknown"
	case ScopeAccount:
	}
	return subject
}

// FIPSModeDefault is about the value that holds for everybody without one of their own.
const FIPSModeDefault RuleID = "fips-mode-default"

func fipsModeDefault() Rule {
	return Rule{
		ID:          FIPSModeDefault,
		Group:       GroupSetting,
		Requirement: "The account default of fargateFIPSMode is enabled.",
		Why:         "Fargate tasks launched while it is off run on a kernel without FIPS mode until they are replaced.",
		Headlines:   Headlines{Violated: "FIPS mode was turned off", Found: "FIPS mode was found off", Unknown: "FIPS mode may be off: it could not be read"},
		Severity:    Critical,
		Default:     Enforce,
		Controls:    []Control{SC13, CM6x1, CM6x2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      enableDefault,
	}
}

// FIPSModeOverride is about the value of one user or role.
const FIPSModeOverride RuleID = "fips-mode-override"

func fipsModeOverride() Rule {
	return Rule{
		ID:          FIPSModeOverride,
		Group:       GroupSetting,
		Requirement: "No user or role overrides fargateFIPSMode with anything but enabled.",
		Why:         "AWS does not document whether a role's override affects the tasks that the role launches. Assume that it does.",
		Headlines:   Headlines{Violated: "FIPS mode was turned off for one principal", Found: "FIPS mode was found off for one principal", Unknown: "FIPS mode may be off: it could not be read"},
		Severity:    High,
		Default:     Enforce,
		Controls:    []Control{SC13, CM6x1, CM6x2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      enableOverride,
	}
}

// FIPSModeDeleted is about the call that takes the value away.
const FIPSModeDeleted RuleID = "fips-mode-deleted"

func fipsModeDeleted() Rule {
	return Rule{
		ID:          FIPSModeDeleted,
		Group:       GroupSetting,
		Requirement: "The account's value of fargateFIPSMode is not deleted.",
		Why:         "A deleted value falls back to disabled.",
		Headlines:   headlines("The FIPS mode setting was deleted", "FIPS mode may be off: it could not be read"),
		Severity:    Critical,
		Default:     Enforce,
		Controls:    []Control{SC13, CM6x1, CM6x2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      enableDefault,
	}
}

func enableDefault(s State) string {
	setting := settingOf(s)
	fix := Remediation{Call: PutAccountSettingDefault{Name: SettingName, Value: "enabled"}}
	return "Run: " + fix.Command(pasted(setting.Region, "REGION"))
}

func enableOverride(s State) string {
	setting := settingOf(s)
	fix := Remediation{Call: PutAccountSetting{Name: SettingName, Value: "enabled", PrincipalARN: pasted(setting.Principal, "PRINCIPAL")}}
	return "Root, or the user or role itself, runs: " + fix.Command(pasted(setting.Region, "REGION"))
}

// settingOf is the setting that a state is about.
func settingOf(s State) Setting {
	switch s := s.(type) {
	case Setting:
		return s
	case OffPeriod:
		return s.setting()
	}
	return Setting{}
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
	switch {
	case s.unclear():
		return checkUnclearSetting(s)
	case s.Deleted:
		return checkDeletedSetting(s)
	}
	if !s.OnBy.IsZero() {
		return finding(rule, s, NonCompliant, sentence(whose)+" was turned off"+onAgain(s))
	}
	switch s.Mode {
	case ModeOn:
		return finding(rule, s, Compliant, fmt.Sprintf("%s is enabled.", sentence(whose)))
	case ModeOff:
		return finding(rule, s, NonCompliant, fmt.Sprintf("%s is off.", sentence(whose)))
	case ModeUnknown:
	}
	return finding(rule, s, InsufficientData, fmt.Sprintf("%s is unknown%s.", sentence(whose), because(s.Unknown)))
}

// unclear reports whether someone changed a value, and whose is not known: a
// federated user who names no principal, say.
func (s Setting) unclear() bool {
	return s.Scope == ScopeUnknown && (s.Deleted || s.Mode != ModeUnknown)
}

// checkUnclearSetting: whatever the value, nobody can tell from such a write what
// the account default is now.
func checkUnclearSetting(s Setting) Finding {
	if s.Deleted {
		return finding(FIPSModeDeleted, s, InsufficientData, "A value was deleted, and the record does not say whose. It may be the account's, which then falls back to disabled.")
	}
	return finding(FIPSModeDefault, s, InsufficientData, fmt.Sprintf("FIPS mode was turned %s, and the record does not say for whom. It may be the account default.", s.Mode))
}

// checkDeletedSetting: a deleted override hands its principal back to the
// account default, which the record of the deletion does not show.
func checkDeletedSetting(s Setting) Finding {
	if s.Scope == ScopePrincipal {
		return finding(FIPSModeOverride, s, InsufficientData,
			fmt.Sprintf("The override of %s was deleted. The account default applies now, and this record does not show it.", s.Principal))
	}
	if !s.OnBy.IsZero() {
		return finding(FIPSModeDeleted, s, NonCompliant, "The account's value was deleted"+onAgain(s))
	}
	return finding(FIPSModeDeleted, s, NonCompliant, "The account's value was deleted, so it falls back to disabled.")
}

// onAgain is what is known of a setting that was found on later.
func onAgain(s Setting) string {
	return "; the account default was on when it was read at " + s.OnBy.UTC().Format(time.RFC3339) + ". When it was turned on again is not known."
}

func outOfScope(region string) string {
	return fmt.Sprintf("Fargate has no FIPS-140 mode in Region %s.", region)
}

// settingFix: everything but a known principal's override is undone by the
// account default, which is harmless when it was on all along.
func settingFix(s Setting) Call {
	if s.Scope == ScopePrincipal {
		return PutAccountSetting{Name: SettingName, Value: "enabled", PrincipalARN: s.Principal}
	}
	return PutAccountSettingDefault{Name: SettingName, Value: "enabled"}
}

// PutAccountSettingDefault sets the account default.
type PutAccountSettingDefault struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (PutAccountSettingDefault) API() string     { return "ecs:PutAccountSettingDefault" }
func (PutAccountSettingDefault) Ending() string  { return " and is back on" }
func (PutAccountSettingDefault) Immediate() bool { return true }

// Exposes is about tasks launched while the setting was off.
func (PutAccountSettingDefault) Exposes(a Aftermath) string {
	if a.Result.Accepted() {
		return "Tasks launched while it was off, " + a.Between + ", " + keptKernel + " " + notChecked
	}
	return stillOff(a.Result, "") + " Fargate tasks launched while it is off " + keptKernel
}

func (c PutAccountSettingDefault) args() []string {
	return []string{"put-account-setting-default", "--name", c.Name, "--value", c.Value}
}

// PutAccountSetting sets the value of one user or role.
type PutAccountSetting struct {
	Name         string `json:"name"`
	Value        string `json:"value"`
	PrincipalARN string `json:"principalArn"`
}

func (PutAccountSetting) API() string     { return "ecs:PutAccountSetting" }
func (PutAccountSetting) Ending() string  { return " and is back on" }
func (PutAccountSetting) Immediate() bool { return true }

// Exposes is about tasks that the principal launched.
func (c PutAccountSetting) Exposes(a Aftermath) string {
	if a.Result.Accepted() {
		return undocumented + " If it does, tasks launched " + a.Between + " " + keptKernel + " " + notChecked
	}
	return stillOff(a.Result, " for "+a.Name(c.PrincipalARN)) + " " + undocumented + " Assume that such tasks " + keptKernel
}

func (c PutAccountSetting) args() []string {
	return []string{"put-account-setting", "--name", c.Name, "--value", c.Value, "--principal-arn", c.PrincipalARN}
}

// undocumented is what AWS does not say about overrides (docs/facts.md).
const undocumented = "AWS does not document whether an override affects the tasks that a role launches."

func stillOff(r Result, whose string) string {
	if r == Unconfirmed {
		return "FIPS mode may still be off" + whose + ": the guard could not confirm it."
	}
	return "As far as the guard knows, FIPS mode is still off" + whose + "."
}

// keptKernel: a running task keeps the kernel that it booted with
// (docs/facts.md).
const keptKernel = "run on a kernel without FIPS mode until they are replaced."

// notChecked: an alert about a setting says nothing of tasks that are running.
const notChecked = "This alert did not check running tasks."
