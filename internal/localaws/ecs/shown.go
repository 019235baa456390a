package ecs

import (
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Shown is what is in a Region, for people: FIPS mode, and the tasks with the
// kernels that no call shows.
type Shown struct {
	FIPS      bool            // of the account
	Overrides map[string]bool // by the principal's ARN
	Tasks     []ShownTask     // in order of launch
}

// ShownTask is a task.
type ShownTask struct {
	ARN, ID, Definition, Group string
	Platform                   string // such as "Linux 1.4.0" or "Managed Instances, main"
	Status                     string
	Stopping                   bool
	FIPS                       bool // of its kernel
	Created                    time.Time
}

// Show shows a Region.
func (e *ECS) Show(name string) Shown {
	e.kernel.Lock()
	defer e.kernel.Unlock()
	r, ok := e.regions[kernel.Region(name)]
	if !ok {
		return Shown{}
	}
	shown := Shown{FIPS: r.fipsMode(kernel.IAMARN("root")), Overrides: map[string]bool{}}
	for owner, own := range r.own {
		if _, ok := own.values[types.SettingNameFargateFipsMode]; ok {
			shown.Overrides[owner] = r.fipsMode(owner)
		}
	}
	for _, t := range r.tasks {
		definition := aws.ToString(t.TaskDefinitionArn)
		shown.Tasks = append(shown.Tasks, ShownTask{
			ARN: t.arn(), ID: t.id(), Definition: definition[strings.LastIndex(definition, "/")+1:], Group: aws.ToString(t.Group),
			Platform: t.runsOn(),
			Status:   t.status(), Stopping: t.stopping(), FIPS: t.fips, Created: aws.ToTime(t.CreatedAt),
		})
	}
	return shown
}

func (t *task) runsOn() string {
	if t.LaunchType == types.LaunchTypeManagedInstances {
		return "Managed Instances, " + aws.ToString(t.CapacityProviderName)
	}
	return aws.ToString(t.PlatformFamily) + " " + aws.ToString(t.PlatformVersion)
}
