package trail

import (
	"cmp"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// settingStates decodes a write call on an account setting.
func settingStates(r *record, cause guard.Cause) ([]guard.State, string) {
	asked, answered := r.RequestParameters.orZero(), r.ResponseElements.orZero().Setting.orZero()
	// An AWS sample names another setting in the request than in the answer:
	// the record is about FIPS mode if either does.
	isFIPS := strings.EqualFold(string(asked.Name), guard.SettingName) || strings.EqualFold(string(answered.Name), guard.SettingName)
	named := asked.Name != "" || answered.Name != ""
	if named && !isFIPS {
		return nil, fmt.Sprintf("The call is about setting %s.", cmp.Or(string(asked.Name), string(answered.Name)))
	}
	s := guard.Setting{Account: cause.Account, Region: cause.Region}
	s.Scope, s.Principal = settingScope(r)
	switch {
	case !named:
		s.Unknown = "the record names no setting; it may be fargateFIPSMode"
	case r.EventName == "DeleteAccountSetting":
		s.Deleted = true
	default:
		s.Mode = worstMode(string(asked.Value), string(answered.Value))
		s.Unknown = "the record shows no value"
	}
	if s.Mode != guard.ModeUnknown || s.Deleted {
		s.Unknown = ""
	}
	return []guard.State{s}, ""
}

// worstMode: where request and answer disagree, off counts.
func worstMode(asked, answered string) guard.Mode {
	a, b := guard.ParseMode(asked), guard.ParseMode(answered)
	switch {
	case a == guard.ModeOff || b == guard.ModeOff:
		return guard.ModeOff
	case a == guard.ModeOn || b == guard.ModeOn:
		return guard.ModeOn
	}
	return guard.ModeUnknown
}

// settingScope tells the account default from a principal's override by the
// call, the principal asked for and the caller. The principal in the answer is
// no help for a default: AWS's own sample shows the caller there.
func settingScope(r *record) (guard.Scope, string) {
	if r.EventName == "PutAccountSettingDefault" {
		return guard.ScopeAccount, ""
	}
	who := r.UserIdentity.orZero()
	target := cmp.Or(
		string(r.RequestParameters.orZero().PrincipalARN),
		string(r.ResponseElements.orZero().Setting.orZero().PrincipalARN),
	)
	switch {
	case isRoot(target), target == "" && who.Type == "Root":
		return guard.ScopeAccount, ""
	case target == "":
		target = who.principal()
	default:
		target = userOrRole(target)
	}
	if target == "" {
		return guard.ScopeUnknown, ""
	}
	return guard.ScopePrincipal, target
}

// isRoot reports whether an ARN is an account's root user.
func isRoot(arn string) bool { return strings.HasSuffix(arn, ":root") }
