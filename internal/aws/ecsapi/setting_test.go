package ecsapi

import (
	"context"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// listed is ECS with one answer to ListAccountSettings.
type listed struct {
	API
	settings []types.Setting
}

func (l listed) ListAccountSettings(context.Context, *ecs.ListAccountSettingsInput, ...func(*ecs.Options)) (*ecs.ListAccountSettingsOutput, error) {
	return &ecs.ListAccountSettingsOutput{Settings: l.settings}, nil
}

// TestWhatListAccountSettingsMeans: an empty list is an account that is not
// enabled, which is off and no doubt; and only the value of …:root is the
// account default. Any other one says nothing about the account, neither that
// it is on nor that it is off.
func TestWhatListAccountSettingsMeans(t *testing.T) {
	const root, role = "arn:aws-us-gov:iam::111122223333:root", "arn:aws-us-gov:iam::111122223333:role/fipsguard-enforcer"
	value := func(name, principal, value string) types.Setting {
		return types.Setting{Name: types.SettingName(name), PrincipalArn: aws.String(principal), Value: aws.String(value)}
	}
	hidden := func(own guard.Mode) []guard.State {
		return []guard.State{
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Unknown: "the guard's own role carries an override, which hides it"},
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopePrincipal, Principal: role, Mode: own},
		}
	}
	account := func(mode guard.Mode) []guard.State {
		return []guard.State{guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Mode: mode}}
	}
	for name, c := range map[string]struct {
		settings []types.Setting
		want     []guard.State
	}{
		"an empty list":                      {nil, account(guard.ModeOff)},
		"only other settings":                {[]types.Setting{value("containerInsights", root, "enabled")}, account(guard.ModeOff)},
		"the account default, on":            {[]types.Setting{value(guard.SettingName, root, "enabled")}, account(guard.ModeOn)},
		"the account default, off":           {[]types.Setting{value(guard.SettingName, root, "disabled")}, account(guard.ModeOff)},
		"the guard's own override, on":       {[]types.Setting{value(guard.SettingName, role, "enabled")}, hidden(guard.ModeOn)},
		"the guard's own override, off":      {[]types.Setting{value(guard.SettingName, role, "disabled")}, hidden(guard.ModeOff)},
		"the account default behind another": {[]types.Setting{value("containerInsights", role, "disabled"), value(guard.SettingName, root, "enabled")}, account(guard.ModeOn)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NewAccount(listed{settings: c.settings}, nil, time.Now).ObserveSetting(t.Context(), "111122223333", region)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("error %v, the setting is read otherwise (-want +got):\n%s", err, diff)
			}
		})
	}
}
