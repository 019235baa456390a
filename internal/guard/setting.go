package guard

import (
	"fmt"
	"strings"
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
	ScopeUnknown   Scope = iota // somebody's; it may be the account's
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

func outOfScope(region string) string {
	return fmt.Sprintf("Fargate has no FIPS-140 mode in Region %s.", region)
}

// settingRemedy: everything but a known principal's override is undone by the
// account default, which is harmless when it was on all along.
func settingRemedy(s Setting) Call {
	if s.Scope == ScopePrincipal {
		return PutAccountSetting{Name: SettingName, Value: "enabled", PrincipalARN: s.Principal}
	}
	return PutAccountSettingDefault{Name: SettingName, Value: "enabled"}
}
