package ecsapi

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (a *Account) putDefault(ctx context.Context, call guard.PutAccountSettingDefault) (guard.Result, string, error) {
	_, err := a.ecs.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{
		Name:  types.SettingName(call.Name),
		Value: aws.String(call.Value),
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("put account setting default %s: %w", call.Name, err)
	}
	return guard.Unconfirmed, "AWS accepted the call; the account default was not read back.", nil
}

// putOverride is settled by AWS's answer, since no API reads another
// principal's override back.
func (a *Account) putOverride(ctx context.Context, call guard.PutAccountSetting) (guard.Result, string, error) {
	out, err := a.ecs.PutAccountSetting(ctx, &ecs.PutAccountSettingInput{
		Name:         types.SettingName(call.Name),
		Value:        aws.String(call.Value),
		PrincipalArn: aws.String(call.PrincipalARN),
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("put account setting %s of %s: %w", call.Name, call.PrincipalARN, err)
	}
	if out.Setting == nil || guard.ParseMode(aws.ToString(out.Setting.Value)) != guard.ModeOn {
		return guard.Unconfirmed, "AWS accepted the call without answering the new value, and no API reads another principal's override.", nil
	}
	return guard.Done, "AWS answered the new value enabled; no API reads another principal's override back.", nil
}

// ObserveSetting reads fargateFIPSMode now. The first state is the account
// default, of unknown mode when it could not be read; a second one is an
// override of the guard's own role, behind which the account default hides.
func (a *Account) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	def := guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount}
	out, err := a.ecs.ListAccountSettings(ctx, &ecs.ListAccountSettingsInput{
		Name:              types.SettingName(guard.SettingName),
		EffectiveSettings: true,
	})
	if err != nil {
		def.Unknown = "ECS did not answer ListAccountSettings"
		return []guard.State{def}, fmt.Errorf("list account settings %s: %w", guard.SettingName, err)
	}
	for _, s := range out.Settings {
		if string(s.Name) != guard.SettingName {
			continue
		}
		principal := aws.ToString(s.PrincipalArn)
		mode := guard.ParseMode(aws.ToString(s.Value))
		if strings.HasSuffix(principal, ":root") {
			def.Mode = mode
			return []guard.State{def}, nil
		}
		def.Unknown = "the guard's own role carries an override, which hides it"
		own := guard.Setting{Account: account, Region: region, Scope: guard.ScopePrincipal, Principal: principal, Mode: mode}
		return []guard.State{def, own}, nil
	}
	// No value means the account never had one, which is off.
	def.Mode = guard.ModeOff
	return []guard.State{def}, nil
}
