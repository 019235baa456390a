package ecs

import (
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// settings are the values of a principal, or those of the account that hold
// for every principal without one of its own.
type settings struct{ values map[types.SettingName]string }

func newSettings() *settings { return &settings{values: map[types.SettingName]string{}} }

// settingKind is an account setting that ECS has.
type settingKind struct {
	name   types.SettingName
	unset  string   // the effective value where nobody set one
	values []string // those that can be set
}

// settingKinds are the names of the API reference (Setting), in the order in
// which they are listed.
func settingKinds() []settingKind {
	onOff := []string{"enabled", "disabled", "on", "off"}
	return []settingKind{
		{"awsvpcTrunking", "disabled", onOff},
		{"containerInsights", "disabled", append([]string{"enhanced"}, onOff...)},
		{"containerInstanceLongArnFormat", "enabled", onOff},
		{"defaultLogDriverMode", "non-blocking", []string{"blocking", "non-blocking"}},
		{"fargateEventWindows", "disabled", onOff},
		{"fargateFIPSMode", "disabled", onOff},
		{"fargateTaskRetirementWaitPeriod", "7", []string{"0", "7", "14"}},
		// "guardDutyActivate … is read-only" (API reference).
		{"guardDutyActivate", "off", nil},
		{"serviceLongArnFormat", "enabled", onOff},
		{"tagResourceAuthorization", "off", onOff},
		{"taskLongArnFormat", "enabled", onOff},
	}
}

func settingNamed(name types.SettingName) (settingKind, error) {
	for _, kind := range settingKinds() {
		if kind.name == name {
			return kind, nil
		}
	}
	return settingKind{}, kernel.InvalidParameter("Unknown setting name %q.", name)
}

// accepts takes values in any letter case, and keeps them as they came.
func (k settingKind) accepts(value string) bool {
	return slices.ContainsFunc(k.values, func(v string) bool { return strings.EqualFold(v, value) })
}

func (e *ECS) settingOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"PutAccountSettingDefault": {Limit: settingWrites, Perform: input(e, e.putAccountSettingDefault)},
		"PutAccountSetting":        {Limit: settingWrites, Perform: input(e, e.putAccountSetting)},
		"DeleteAccountSetting":     {Limit: settingWrites, Perform: input(e, e.deleteAccountSetting)},
		"ListAccountSettings":      {Limit: settingReads, Perform: input(e, e.listAccountSettings)},
	}
}

// putAccountSettingDefault sets the account's value. AWS's sample record shows
// the caller as the principal of its answer.
func (e *ECS) putAccountSettingDefault(c *call, in *sdk.PutAccountSettingDefaultInput) (*sdk.PutAccountSettingDefaultOutput, error) {
	set, err := put(in.Name, aws.ToString(in.Value), c.region.account, c.Principal.ARN)
	return &sdk.PutAccountSettingDefaultOutput{Setting: set}, err
}

// putAccountSetting sets a principal's own value, or the account's when root
// is meant.
func (e *ECS) putAccountSetting(c *call, in *sdk.PutAccountSettingInput) (*sdk.PutAccountSettingOutput, error) {
	owner, err := settingOwner(c, aws.ToString(in.PrincipalArn))
	if err != nil {
		return nil, err
	}
	set, err := put(in.Name, aws.ToString(in.Value), c.region.settingsOf(owner), owner)
	return &sdk.PutAccountSettingOutput{Setting: set}, err
}

func put(name types.SettingName, value string, where *settings, shown string) (*types.Setting, error) {
	kind, err := settingNamed(name)
	if err != nil {
		return nil, err
	}
	if !kind.accepts(value) {
		return nil, kernel.InvalidParameter("Invalid value %q for setting %s.", value, name)
	}
	where.values[kind.name] = value
	return &types.Setting{Name: kind.name, Value: &value, PrincipalArn: &shown, Type: types.SettingTypeUser}, nil
}

// deleteAccountSetting removes a value, and returns the one removed. There may
// be none: the call is safe to repeat.
func (e *ECS) deleteAccountSetting(c *call, in *sdk.DeleteAccountSettingInput) (*sdk.DeleteAccountSettingOutput, error) {
	kind, err := settingNamed(in.Name)
	if err != nil {
		return nil, err
	}
	owner, err := settingOwner(c, aws.ToString(in.PrincipalArn))
	if err != nil {
		return nil, err
	}
	values := c.region.settingsOf(owner).values
	removed := values[kind.name]
	delete(values, kind.name)
	return &sdk.DeleteAccountSettingOutput{
		Setting: &types.Setting{Name: kind.name, Value: &removed, PrincipalArn: &owner, Type: types.SettingTypeUser},
	}, nil
}

// listAccountSettings: "If true, the account settings for the root user or the
// default setting for the principalArn are returned. If false, the account
// settings for the principalArn are returned if they're set. Otherwise, no
// account settings are returned." (API reference)
func (e *ECS) listAccountSettings(c *call, in *sdk.ListAccountSettingsInput) (*sdk.ListAccountSettingsOutput, error) {
	value := aws.ToString(in.Value)
	if value != "" && in.Name == "" {
		return nil, kernel.InvalidParameter("A value needs the name of its setting.")
	}
	if in.Name != "" {
		if _, err := settingNamed(in.Name); err != nil {
			return nil, err
		}
	}
	owner, err := settingOwner(c, aws.ToString(in.PrincipalArn))
	if err != nil {
		return nil, err
	}
	found := map[string]types.Setting{}
	var names []string
	for _, kind := range settingKinds() {
		s, ok := c.region.setting(kind, owner, in.EffectiveSettings)
		if !ok || in.Name != "" && in.Name != kind.name || value != "" && value != *s.Value {
			continue
		}
		found[string(kind.name)] = s
		names = append(names, string(kind.name))
	}
	names, next, err := kernel.Page(names, strings.Compare, in.NextToken, &in.MaxResults, 10)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListAccountSettingsOutput{Settings: []types.Setting{}, NextToken: next}
	for _, name := range names {
		out.Settings = append(out.Settings, found[name])
	}
	return out, nil
}

// setting is what a principal's list shows.
func (r *region) setting(kind settingKind, owner string, effective bool) (types.Setting, bool) {
	shown := types.Setting{Name: kind.name, Type: types.SettingTypeUser}
	if len(kind.values) == 0 {
		shown.Type = types.SettingTypeAwsManaged
	}
	if value, ok := r.settingsOf(owner).values[kind.name]; ok {
		shown.Value, shown.PrincipalArn = &value, &owner
		return shown, true
	}
	if !effective {
		return types.Setting{}, false
	}
	shown.Value, shown.PrincipalArn = aws.String(r.effective(kind, owner)), aws.String(kernel.IAMARN("root"))
	return shown, true
}

// effective is the value that holds for a principal.
func (r *region) effective(kind settingKind, owner string) string {
	for _, s := range []*settings{r.settingsOf(owner), r.account} {
		if value, ok := s.values[kind.name]; ok {
			return value
		}
	}
	return kind.unset
}

// settingsOf are the values of a principal by its ARN; root's are the
// account's.
func (r *region) settingsOf(owner string) *settings {
	if owner == kernel.IAMARN("root") {
		return r.account
	}
	if r.own[owner] == nil {
		r.own[owner] = newSettings()
	}
	return r.own[owner]
}

// settingOwner is whose setting a caller sees or changes. "Only the root user can view
// or modify the account settings for another user" (API reference); naming
// root itself changes the account's value, for every principal that may call.
func settingOwner(c *call, named string) (string, error) {
	root := kernel.IAMARN("root")
	switch {
	case named == "" || named == c.Principal.ARN:
		return c.Principal.ARN, nil
	case named == root:
		return root, nil
	}
	if !isPrincipalARN(named) {
		return "", kernel.InvalidParameter("Invalid principal ARN %q.", named)
	}
	if c.Principal.Kind != kernel.Root {
		return "", kernel.AccessDenied(c.Principal, c.Action()+" on the settings of "+named)
	}
	return named, nil
}

// isPrincipalARN accepts this account's users and roles.
func isPrincipalARN(arn string) bool {
	for _, prefix := range []string{"user/", "role/"} {
		if name, ok := strings.CutPrefix(arn, kernel.IAMARN(prefix)); ok && name != "" {
			return true
		}
	}
	return false
}
