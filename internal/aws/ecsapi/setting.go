package ecsapi

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (a *Account) putDefault(ctx context.Context, call guard.PutAccountSettingDefault, options []func(*ecs.Options)) (guard.Result, string, error) {
	_, err := a.ecs.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{
		Name:  types.SettingName(call.Name),
		Value: aws.String(call.Value),
	}, options...)
	if err != nil {
		return guard.Failed, "", fmt.Errorf("put account setting default %s: %w", call.Name, err)
	}
	return guard.Unconfirmed, "AWS accepted the call; the account default was not read back.", nil
}

// SendCanary turns the account default on, where it is on. The call says in its
// user agent what it is, "app/fipsguard-canary" (product.Canary), so that the
// enforcer answers it with nothing but a line in its log.
func (a *Account) SendCanary(ctx context.Context) error {
	_, _, err := a.putDefault(ctx, guard.PutAccountSettingDefault{Name: guard.SettingName, Value: "enabled"}, []func(*ecs.Options){
		shortPauses, func(o *ecs.Options) { o.AppID = product.Canary },
	})
	return err
}

// putOverride is settled by AWS's answer, since no API reads another
// principal's override back.
func (a *Account) putOverride(ctx context.Context, call guard.PutAccountSetting) (guard.Result, string, error) {
	out, err := a.ecs.PutAccountSetting(ctx, &ecs.PutAccountSettingInput{
		Name:         types.SettingName(call.Name),
		Value:        aws.String(call.Value),
		PrincipalArn: aws.String(call.PrincipalARN),
	}, shortPauses)
	if err != nil {
		return guard.Failed, "", fmt.Errorf("put account setting %s of %s: %w", call.Name, call.PrincipalARN, err)
	}
	if out.Setting == nil || guard.ParseMode(aws.ToString(out.Setting.Value)) != guard.ModeOn {
		return guard.Unconfirmed, "AWS accepted the call without answering the new value, and no API reads another principal's override.", nil
	}
	return guard.Answered, "AWS answered the new value enabled; no API reads another principal's override back.", nil
}

// ObserveSetting reads fargateFIPSMode now. The first state is the account
// default, of unknown mode when it could not be read; a second one is an
// override of the caller's own, behind which the account default hides.
func (a *Account) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	def := guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount}
	listed, err := a.listSettings(ctx)
	if err != nil {
		def.Unknown = "ECS did not answer ListAccountSettings"
		return []guard.State{def}, fmt.Errorf("list account settings %s: %w", guard.SettingName, err)
	}
	if len(listed) == 0 {
		// No value means the account never had one, which is off.
		def.Mode = guard.ModeOff
		return []guard.State{def}, nil
	}
	def.Unknown = "ECS answered no value of this account"
	states := []guard.State{def}
	for _, s := range listed {
		principal, mode := aws.ToString(s.PrincipalArn), guard.ParseMode(aws.ToString(s.Value))
		switch owner, name := ownerOf(principal); {
		case owner != account:
		case name == "root":
			def.Mode, def.Unknown = mode, ""
		default:
			states = append(states, guard.Setting{Account: account, Region: region, Scope: guard.ScopePrincipal, Principal: principal, Mode: mode})
			if def.Mode == guard.ModeUnknown {
				def.Unknown = "ECS answered the override of " + principal + ", which hides it"
			}
		}
	}
	states[0] = def
	return states, nil
}

// maxPages bounds a list of which one value is needed.
const maxPages = 20

// listSettings reads every page: a page may be empty and the value on the next.
func (a *Account) listSettings(ctx context.Context) ([]types.Setting, error) {
	var found []types.Setting
	in := &ecs.ListAccountSettingsInput{Name: types.SettingName(guard.SettingName), EffectiveSettings: true}
	for range maxPages {
		out, err := a.ecs.ListAccountSettings(ctx, in, shortPauses)
		if err != nil {
			return nil, err
		}
		for _, s := range out.Settings {
			if string(s.Name) == guard.SettingName {
				found = append(found, s)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return found, nil
		}
		in.NextToken = out.NextToken
	}
	return nil, fmt.Errorf("it goes on after %d pages", maxPages)
}

// ownerOf returns the account of an IAM principal and the last part of its ARN,
// arn:PARTITION:iam::ACCOUNT:NAME; both are empty for anything else.
func ownerOf(principal string) (account, name string) {
	parts := strings.SplitN(principal, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || parts[3] != "" {
		return "", ""
	}
	return parts[4], parts[5]
}
