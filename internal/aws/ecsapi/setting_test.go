package ecsapi

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// listed is ECS with a page for each of its lists.
type listed struct {
	API
	pages [][]types.Setting
}

func (l listed) ListAccountSettings(_ context.Context, in *ecs.ListAccountSettingsInput, _ ...func(*ecs.Options)) (*ecs.ListAccountSettingsOutput, error) {
	page := len(aws.ToString(in.NextToken))
	out := &ecs.ListAccountSettingsOutput{Settings: l.pages[page]}
	if page+1 < len(l.pages) {
		out.NextToken = aws.String(strings.Repeat("+", page+1))
	}
	return out, nil
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
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Unknown: "ECS answered the override of " + role + ", which hides it"},
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopePrincipal, Principal: role, Mode: own},
		}
	}
	account := func(mode guard.Mode) []guard.State {
		return []guard.State{guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Mode: mode}}
	}
	const other = "arn:aws-us-gov:iam::999999999999:root"
	notOurs := []guard.State{guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Unknown: "ECS answered no value of this account"}}
	for name, c := range map[string]struct {
		settings []types.Setting
		want     []guard.State
	}{
		"another account's root, on":       {[]types.Setting{value(guard.SettingName, other, "enabled")}, notOurs},
		"another account's root, and ours": {[]types.Setting{value(guard.SettingName, other, "enabled"), value(guard.SettingName, root, "disabled")}, account(guard.ModeOff)},
		"what only ends like root":         {[]types.Setting{value(guard.SettingName, "x:root", "enabled")}, notOurs},
		"a user called root": {[]types.Setting{value(guard.SettingName, "arn:aws-us-gov:iam::111122223333:user/x:root", "enabled")}, []guard.State{
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopeAccount, Unknown: "ECS answered the override of arn:aws-us-gov:iam::111122223333:user/x:root, which hides it"},
			guard.Setting{Account: "111122223333", Region: region, Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:user/x:root", Mode: guard.ModeOn},
		}},
		"an empty list":                      {nil, account(guard.ModeOff)},
		"only other settings":                {[]types.Setting{value("containerInsights", root, "enabled")}, account(guard.ModeOff)},
		"the account default, on":            {[]types.Setting{value(guard.SettingName, root, "enabled")}, account(guard.ModeOn)},
		"the account default, off":           {[]types.Setting{value(guard.SettingName, root, "disabled")}, account(guard.ModeOff)},
		"the guard's own override, on":       {[]types.Setting{value(guard.SettingName, role, "enabled")}, hidden(guard.ModeOn)},
		"the guard's own override, off":      {[]types.Setting{value(guard.SettingName, role, "disabled")}, hidden(guard.ModeOff)},
		"the account default behind another": {[]types.Setting{value("containerInsights", role, "disabled"), value(guard.SettingName, root, "enabled")}, account(guard.ModeOn)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pages := range [][][]types.Setting{{c.settings}, {nil, nil, c.settings}} {
				got, err := NewAccount(listed{pages: pages}, nil, time.Now).ObserveSetting(t.Context(), "111122223333", region)
				if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
					t.Errorf("%d pages: error %v, the setting is read otherwise (-want +got):\n%s", len(pages), err, diff)
				}
			}
		})
	}
}

// TestAListWithoutEndIsNoAnswer.
func TestAListWithoutEndIsNoAnswer(t *testing.T) {
	states, err := NewAccount(listed{pages: make([][]types.Setting, maxPages+1)}, nil, time.Now).ObserveSetting(t.Context(), "111122223333", region)
	if err == nil || guard.Worst(guard.CheckAll(states)) != guard.InsufficientData {
		t.Errorf("a list without an end is read as %+v, error %v", states, err)
	}
}
