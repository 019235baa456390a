package ecsapi

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// API is the part of ECS that the guard uses; *ecs.Client has it.
type API interface {
	Settings
	Workloads
}

// Settings is the part of ECS that is about account settings. The enforcer's
// role allows no other.
type Settings interface {
	PutAccountSettingDefault(context.Context, *ecs.PutAccountSettingDefaultInput, ...func(*ecs.Options)) (*ecs.PutAccountSettingDefaultOutput, error)
	PutAccountSetting(context.Context, *ecs.PutAccountSettingInput, ...func(*ecs.Options)) (*ecs.PutAccountSettingOutput, error)
	ListAccountSettings(context.Context, *ecs.ListAccountSettingsInput, ...func(*ecs.Options)) (*ecs.ListAccountSettingsOutput, error)
}

// Workloads is the part of ECS that is about what runs.
type Workloads interface {
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
	ListTaskDefinitions(context.Context, *ecs.ListTaskDefinitionsInput, ...func(*ecs.Options)) (*ecs.ListTaskDefinitionsOutput, error)
	DeregisterTaskDefinition(context.Context, *ecs.DeregisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DeregisterTaskDefinitionOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	StopTask(context.Context, *ecs.StopTaskInput, ...func(*ecs.Options)) (*ecs.StopTaskOutput, error)
	DescribeCapacityProviders(context.Context, *ecs.DescribeCapacityProvidersInput, ...func(*ecs.Options)) (*ecs.DescribeCapacityProvidersOutput, error)
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error)
}

// Account is ECS in one account and Region. It is safe for concurrent use.
type Account struct {
	ecs       API
	scaling   Scaling
	now       func() time.Time
	platforms platformCache
	providers providerCache
}

// Scaling is Application Auto Scaling as the guard needs it.
type Scaling interface {
	// Minimum is the count to which a service, CLUSTER/NAME, is scaled back.
	Minimum(ctx context.Context, service string) (int, error)
}

// NewAccount talks through clients, whose credentials and Region say which
// account and Region it is. Without scaling no service is scaled to zero. The
// clock stamps outcomes.
func NewAccount(client API, scaling Scaling, now func() time.Time) *Account {
	return &Account{ecs: client, scaling: scaling, now: now}
}

// Apply makes an action's call and says what became of it. An account default
// is Unconfirmed until guard.Confirm has seen it read back; every other call is
// settled by AWS's answer. Every call is safe to repeat.
func (a *Account) Apply(ctx context.Context, action guard.Remediation) guard.Outcome {
	options := []func(*ecs.Options){shortPauses}
	if action.Unseen {
		options = append(options, func(o *ecs.Options) { o.AppID = product.Unseen })
	}
	result, detail, err := a.call(ctx, action.Call, options)
	if err != nil {
		result, detail = failure(action.Call, err)
	}
	return guard.Outcome{Remediation: action, Result: result, Detail: detail, At: a.now().UTC()}
}

func (a *Account) call(ctx context.Context, call guard.Call, options []func(*ecs.Options)) (guard.Result, string, error) {
	switch call := call.(type) {
	case guard.PutAccountSettingDefault:
		return a.putDefault(ctx, call, options)
	case guard.PutAccountSetting:
		return a.putOverride(ctx, call)
	case guard.DeregisterTaskDefinition:
		return a.deregister(ctx, call)
	case guard.StopTask:
		return a.stopTask(ctx, call)
	case guard.RollBackService:
		return a.rollBack(ctx, call)
	case guard.ScaleServiceToZero:
		return a.scaleToZero(ctx, call)
	case guard.ForceNewDeployment:
		return a.redeploy(ctx, call)
	}
	return guard.Failed, "", fmt.Errorf("no way to make the call %T", call)
}
