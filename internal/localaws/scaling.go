package localaws

import (
	"fipsguard/internal/localaws/kernel"
	"fmt"
	"slices"
	"time"
)

// ScalableTarget is a service's range in Application Auto Scaling.
type ScalableTarget struct {
	ResourceID  string // "service/CLUSTER/SERVICE"
	MinCapacity int
	MaxCapacity int
}

// SetScalableTarget registers a service with Application Auto Scaling in a
// Region, or changes its range. Nothing scales by itself here.
func (a *Account) SetScalableTarget(regionName string, target ScalableTarget) error {
	r, ok := a.regions[kernel.Region(regionName)]
	if !ok {
		return fmt.Errorf("set scalable target %s: the account is not in Region %q", target.ResourceID, regionName)
	}
	a.Lock()
	defer a.Unlock()
	r.targets = slices.DeleteFunc(r.targets, func(t scalableTarget) bool { return t.ResourceID == target.ResourceID })
	r.targets = append(r.targets, scalableTarget{
		ServiceNamespace: ecsNamespace, ResourceID: target.ResourceID, ScalableDimension: desiredCountDimension,
		MinCapacity: target.MinCapacity, MaxCapacity: target.MaxCapacity,
		RoleARN:      kernel.IAMARN("role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
		CreationTime: float64(a.Clock.Now().UnixMilli()) / float64(time.Second/time.Millisecond),
		ARN:          r.ARN("application-autoscaling", "scalable-target/"+a.IDs.Hex(16)),
	})
	return nil
}

const (
	ecsNamespace          = "ecs"
	desiredCountDimension = "ecs:service:DesiredCount"
)

type scalableTarget struct {
	ServiceNamespace  string
	ResourceID        string `json:"ResourceId"`
	ScalableDimension string
	MinCapacity       int
	MaxCapacity       int
	RoleARN           string
	CreationTime      float64
	ARN               string `json:"ScalableTargetARN"`
}

func (a *Account) scalingOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"DescribeScalableTargets": {Perform: input(a, a.describeScalableTargets)},
	}
}

type describeScalableTargetsInput struct {
	ServiceNamespace  string
	ResourceIDs       []string `json:"ResourceIds"`
	ScalableDimension string
}

type describeScalableTargetsOutput struct {
	ScalableTargets []scalableTarget
}

func (a *Account) describeScalableTargets(c *call, in describeScalableTargetsInput) (describeScalableTargetsOutput, error) {
	out := describeScalableTargetsOutput{ScalableTargets: []scalableTarget{}}
	if in.ServiceNamespace == "" {
		return out, kernel.ClientError("ValidationException", "ServiceNamespace is required.")
	}
	for _, t := range c.region.targets {
		if t.ServiceNamespace == in.ServiceNamespace &&
			(in.ScalableDimension == "" || t.ScalableDimension == in.ScalableDimension) &&
			(len(in.ResourceIDs) == 0 || slices.Contains(in.ResourceIDs, t.ResourceID)) {
			out.ScalableTargets = append(out.ScalableTargets, t)
		}
	}
	return out, nil
}
