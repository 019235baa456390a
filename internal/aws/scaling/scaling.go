// Package scaling reads Application Auto Scaling. It is apart so that the
// enforcer, which needs none of it, does not link it: that would cost each start
// 0.2 ms.
package scaling

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
)

// Targets are the services that Application Auto Scaling scales.
type Targets struct {
	client *applicationautoscaling.Client
}

// New makes a client.
func New(config aws.Config) Targets { return Targets{applicationautoscaling.NewFromConfig(config)} }

// Minimum is the count to which a service, CLUSTER/NAME, is scaled back when it
// has fewer tasks; 0 when nothing scales it.
func (t Targets) Minimum(ctx context.Context, service string) (int, error) {
	out, err := t.client.DescribeScalableTargets(ctx, &applicationautoscaling.DescribeScalableTargetsInput{
		ServiceNamespace:  types.ServiceNamespaceEcs,
		ResourceIds:       []string{"service/" + service},
		ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
	})
	if err != nil {
		return 0, fmt.Errorf("describe scalable targets of %s: %w", service, err)
	}
	least := 0
	for _, target := range out.ScalableTargets {
		least = max(least, int(aws.ToInt32(target.MinCapacity)))
	}
	return least, nil
}
