package fargate

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// API is the part of ECS that the guard uses; *ecs.Client has it.
type API interface {
	PutAccountSettingDefault(context.Context, *ecs.PutAccountSettingDefaultInput, ...func(*ecs.Options)) (*ecs.PutAccountSettingDefaultOutput, error)
	PutAccountSetting(context.Context, *ecs.PutAccountSettingInput, ...func(*ecs.Options)) (*ecs.PutAccountSettingOutput, error)
	ListAccountSettings(context.Context, *ecs.ListAccountSettingsInput, ...func(*ecs.Options)) (*ecs.ListAccountSettingsOutput, error)
}

// Account is ECS in one account and Region. It is safe for concurrent use.
type Account struct {
	ecs API
	now func() time.Time
}

// NewAccount talks through an ECS client, whose credentials and Region say
// which account and Region it is. The clock stamps outcomes.
func NewAccount(client API, now func() time.Time) *Account {
	return &Account{ecs: client, now: now}
}

// Apply makes an action's call and says what became of it; it never returns a
// bare success: an account default is Unconfirmed until guard.Confirm has seen
// it read back. Every call is safe to repeat.
func (a *Account) Apply(ctx context.Context, action guard.Action) guard.Outcome {
	outcome := guard.Outcome{Action: action}
	var err error
	switch call := action.Call.(type) {
	case guard.PutAccountSettingDefault:
		outcome.Result, outcome.Detail, err = a.putDefault(ctx, call)
	case guard.PutAccountSetting:
		outcome.Result, outcome.Detail, err = a.putOverride(ctx, call)
	default:
		err = fmt.Errorf("no way to make the call %T", call)
	}
	outcome.At = a.now().UTC()
	if err != nil {
		outcome.Result, outcome.Detail = failure(action.Call, err)
	}
	return outcome
}
