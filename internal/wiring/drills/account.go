package drills

import (
	"context"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// account is an account in the hands of the drill's role.
type account struct {
	guard.Location
	me            string // the session's ARN
	ecs           *ecs.Client
	sqs           *sqs.Client
	sns           *sns.Client
	cloudtrail    *cloudtrail.Client
	deployed      scans.Guard
	configuration aws.Config
	network       Network
}

// Account is the account at a location, as the drill's role sees it.
func Account(settings aws.Config, at guard.Location, me string, n Network) drill.Account {
	deployed := scans.Deployed(at)
	deployed.TopicARN = "arn:aws-us-gov:sns:" + at.Region + ":" + at.Account + ":" + product.Alerts
	a := account{
		Location: at, me: me, deployed: deployed, configuration: settings, network: n,
		ecs: ecs.NewFromConfig(settings, ecsapi.ShortAttempts(ecsapi.AttemptTime)), sqs: sqs.NewFromConfig(settings),
		sns: sns.NewFromConfig(settings), cloudtrail: cloudtrail.NewFromConfig(settings),
	}
	a.deployed.QueueURLs = []string{a.queue(product.Undelivered), a.queue(product.Failed)}
	return a
}

func (a account) queue(name string) string {
	return "https://sqs." + a.Region + ".amazonaws.com/" + a.Account + "/" + name
}

// Modes reads FIPS mode of the account and of the role itself.
func (a account) Modes(ctx context.Context) (guard.Mode, *guard.Mode, error) {
	states, err := ecsapi.NewAccount(a.ecs, nil, nil).ObserveSetting(ctx, a.Account, a.Region)
	mode := guard.ModeUnknown
	var own *guard.Mode
	for _, s := range states {
		switch s, ok := s.(guard.Setting); {
		case !ok:
		case s.Scope == guard.ScopeAccount:
			mode = s.Mode
		default:
			own = &s.Mode
		}
	}
	return mode, own, err
}

const setting = types.SettingNameFargateFipsMode

func (a account) PutOwn(ctx context.Context, value string) error {
	_, err := a.ecs.PutAccountSetting(ctx, &ecs.PutAccountSettingInput{Name: setting, Value: &value})
	return err
}

func (a account) DeleteOwn(ctx context.Context) error {
	_, err := a.ecs.DeleteAccountSetting(ctx, &ecs.DeleteAccountSettingInput{Name: setting})
	return err
}

func (a account) PutDefault(ctx context.Context, value string) error {
	_, err := a.ecs.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: setting, Value: &value})
	return err
}

// image is one that no registry has: the name cannot be resolved, ever.
const image = product.Drill + ".invalid/none:none"

func (a account) Register(ctx context.Context, family, architecture string) (string, error) {
	out, err := a.ecs.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		RuntimePlatform:         &types.RuntimePlatform{CpuArchitecture: types.CPUArchitecture(architecture), OperatingSystemFamily: types.OSFamilyLinux},
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("none"), Image: aws.String(image), Essential: aws.Bool(true)}},
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.TaskDefinition.TaskDefinitionArn), nil
}

func (a account) Revisions(ctx context.Context, family, status string) ([]string, error) {
	var all []string
	pages := ecs.NewListTaskDefinitionsPaginator(a.ecs, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Status: types.TaskDefinitionStatus(status), Sort: types.SortOrderDesc,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, page.TaskDefinitionArns...)
	}
	return all, nil
}

func (a account) Revision(ctx context.Context, arn string) (drill.Revision, error) {
	out, err := a.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &arn})
	if err != nil {
		return drill.Revision{}, err
	}
	return drill.Revision{Status: string(out.TaskDefinition.Status), Registered: aws.ToTime(out.TaskDefinition.RegisteredAt)}, nil
}

func (a account) Deregister(ctx context.Context, arn string) (string, error) {
	out, err := a.ecs.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn})
	if err != nil {
		return "", err
	}
	return string(out.TaskDefinition.Status), nil
}

func (a account) Delete(ctx context.Context, arns []string) ([]string, error) {
	out, err := a.ecs.DeleteTaskDefinitions(ctx, &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: arns})
	if err != nil {
		return nil, err
	}
	var left []string
	for _, f := range out.Failures {
		left = append(left, aws.ToString(f.Arn)+": "+aws.ToString(f.Reason))
	}
	return left, nil
}
