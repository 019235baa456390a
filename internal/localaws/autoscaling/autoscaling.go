// Package autoscaling is Application Auto Scaling, of which an account has the
// ranges of its services. Nothing scales by itself.
package autoscaling

import (
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Targets are an account's scalable targets.
type Targets struct {
	kernel   *kernel.Kernel
	byRegion map[kernel.Region][]scalableTarget
}

// New adds Application Auto Scaling to an account.
func New(k *kernel.Kernel) *Targets {
	s := &Targets{kernel: k, byRegion: map[kernel.Region][]scalableTarget{}}
	k.Serve(kernel.Service{
		Name: "application-autoscaling", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AnyScaleFrontendService"},
		Operations: map[string]kernel.Operation{"DescribeScalableTargets": {Perform: kernel.With(s.describeScalableTargets)}},
	})
	return s
}

// ScalableTarget is a service's range in Application Auto Scaling.
type ScalableTarget struct {
	ResourceID  string // "service/CLUSTER/SERVICE"
	MinCapacity int
	MaxCapacity int
}

// SetScalableTarget registers a service with Application Auto Scaling in a
// Region, or changes its range.
func (s *Targets) SetScalableTarget(regionName string, target ScalableTarget) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("set scalable target %s: %w", target.ResourceID, err)
	}
	s.kernel.Lock()
	defer s.kernel.Unlock()
	others := slices.DeleteFunc(s.byRegion[region], func(t scalableTarget) bool { return t.ResourceID == target.ResourceID })
	s.byRegion[region] = append(others, scalableTarget{
		ServiceNamespace: ecsNamespace, ResourceID: target.ResourceID, ScalableDimension: desiredCountDimension,
		MinCapacity: target.MinCapacity, MaxCapacity: target.MaxCapacity,
		RoleARN:      kernel.IAMARN("role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
		CreationTime: float64(s.kernel.Clock.Now().UnixMilli()) / float64(time.Second/time.Millisecond),
		ARN:          region.ARN("application-autoscaling", "scalable-target/"+s.kernel.IDs.Hex(16)),
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

type describeScalableTargetsInput struct {
	ServiceNamespace  string
	ResourceIDs       []string `json:"ResourceIds"`
	ScalableDimension string
}

type describeScalableTargetsOutput struct {
	ScalableTargets []scalableTarget
}

func (s *Targets) describeScalableTargets(r *kernel.Request, in describeScalableTargetsInput) (describeScalableTargetsOutput, error) {
	out := describeScalableTargetsOutput{ScalableTargets: []scalableTarget{}}
	if in.ServiceNamespace == "" {
		return out, kernel.ClientError("ValidationException", "ServiceNamespace is required.")
	}
	for _, t := range s.byRegion[r.Region] {
		if t.ServiceNamespace == in.ServiceNamespace &&
			(in.ScalableDimension == "" || t.ScalableDimension == in.ScalableDimension) &&
			(len(in.ResourceIDs) == 0 || slices.Contains(in.ResourceIDs, t.ResourceID)) {
			out.ScalableTargets = append(out.ScalableTargets, t)
		}
	}
	return out, nil
}
