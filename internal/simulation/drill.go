package simulation

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// DeployDrill adds what the stack has with -c drill=true: two queues that are
// subscribed to the topic, beside the on-call, and a key for the drill's report. The
// drill's role may turn FIPS mode off only where the guard turns it on again.
func (a *Account) DeployDrill(ctx context.Context) error {
	topic, err := a.AWS.CreateTopic(Region, product.Alerts)
	if err != nil {
		return err
	}
	if a.SigningKey, err = a.AWS.CreateSigningKey(Region, a.People.Admin); err != nil {
		return err
	}
	for _, name := range []string{product.Drill, product.Filtered} {
		if _, err := a.AWS.CreateQueue(Region, name); err != nil {
			return err
		}
		if err := a.AWS.SubscribeQueue(topic, queueARN(name)); err != nil {
			return err
		}
	}
	if err := a.AWS.Subscribe(topic, "email", "soc@example.gov", true); err != nil {
		return err
	}
	if a.policy.Modes[guard.FIPSModeDefault] != guard.Enforce {
		a.AWS.Deny(a.People.Drill, "ecs:PutAccountSettingDefault")
	}
	return errors.Join(a.deployWitness(ctx), a.sendCanary(ctx))
}

// deployWitness makes what the stack has with -c witnessSubnets, its image pushed.
func (a *Account) deployWitness(ctx context.Context) error {
	client := a.as(a.People.Admin)
	if _, err := client.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String(product.Witness)}); err != nil {
		return err
	}
	_, err := client.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(product.Witness), NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("witness"), Image: aws.String("111122223333.dkr.ecr." + Region + ".amazonaws.com/" + product.Witness + "@" + witness.Digest),
		}},
	})
	return err
}

// sendCanary sends one, as the verifier's hourly scan does, which the simulation
// has no schedule of.
func (a *Account) sendCanary(ctx context.Context) error {
	if a.policy.Modes[guard.FIPSModeDefault] != guard.Enforce {
		return nil
	}
	config := a.configFor(a.People.Verifier)
	config.AppID = product.Canary
	_, err := ecs.NewFromConfig(config).PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: types.SettingNameFargateFipsMode, Value: aws.String("enabled")})
	return err
}
