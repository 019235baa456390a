package ecs

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// taskDefinition is one revision.
type taskDefinition struct {
	types.TaskDefinition
	tags []types.Tag
	gone bool // deleted for good
}

func (d *taskDefinition) arn() string { return *d.TaskDefinitionArn }

// deregistrationLag: "there may be up to a 10-minute window following
// deregistration" in which tasks and services can still be made (API
// reference). Here it always lasts as long as it may.
const deregistrationLag = 10 * time.Minute

// launchable says whether new tasks and services can use the definition.
func (d *taskDefinition) launchable(now time.Time) bool {
	if d.Status == types.TaskDefinitionStatusDeleteInProgress {
		return false
	}
	return d.active() || now.Before(d.DeregisteredAt.Add(deregistrationLag))
}

func (d *taskDefinition) active() bool { return d.Status == types.TaskDefinitionStatusActive }

func (d *taskDefinition) supports(launchType types.Compatibility) bool {
	return slices.Contains(d.Compatibilities, launchType)
}

func (e *ECS) definitionOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"RegisterTaskDefinition":   {Limit: definitionWrites, Perform: input(e, e.registerTaskDefinition)},
		"DeleteTaskDefinitions":    {Limit: definitionWrites, Perform: input(e, e.deleteTaskDefinitions)},
		"DeregisterTaskDefinition": {Limit: definitionWrites, Perform: input(e, e.deregisterTaskDefinition)},
		"DescribeTaskDefinition":   {Limit: definitionReads, Perform: input(e, e.describeTaskDefinition)},
		"ListTaskDefinitions":      {Limit: definitionReads, Perform: input(e, e.listTaskDefinitions)},
	}
}

func (e *ECS) registerTaskDefinition(c *call, in *sdk.RegisterTaskDefinitionInput) (*sdk.RegisterTaskDefinitionOutput, error) {
	if err := validDefinition(in); err != nil {
		return nil, err
	}
	family := aws.ToString(in.Family)
	revisions := c.region.families[family]
	number := len(revisions) + 1
	d := &taskDefinition{types.TaskDefinition{
		TaskDefinitionArn:       aws.String(c.region.ARN("ecs", "task-definition/"+family+":"+strconv.Itoa(number))),
		Family:                  in.Family,
		Revision:                int32(number),
		Status:                  types.TaskDefinitionStatusActive,
		RegisteredAt:            &c.At,
		RegisteredBy:            aws.String(c.Principal.CallerARN()),
		ContainerDefinitions:    in.ContainerDefinitions,
		NetworkMode:             in.NetworkMode,
		Cpu:                     in.Cpu,
		Memory:                  in.Memory,
		RequiresCompatibilities: in.RequiresCompatibilities,
		RuntimePlatform:         in.RuntimePlatform,
		TaskRoleArn:             in.TaskRoleArn,
		ExecutionRoleArn:        in.ExecutionRoleArn,
		Volumes:                 append([]types.Volume{}, in.Volumes...),
		PlacementConstraints:    append([]types.TaskDefinitionPlacementConstraint{}, in.PlacementConstraints...),
		EphemeralStorage:        in.EphemeralStorage,
		ProxyConfiguration:      in.ProxyConfiguration,
		PidMode:                 in.PidMode,
		IpcMode:                 in.IpcMode,
	}, in.Tags, false}
	if err := d.computeCompatibilities(); err != nil {
		return nil, err
	}
	c.region.families[family] = append(revisions, d)
	return &sdk.RegisterTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition, Tags: d.tags}, nil
}

func validDefinition(in *sdk.RegisterTaskDefinitionInput) error {
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`).MatchString(aws.ToString(in.Family)) {
		return clientException("Family contains invalid characters.")
	}
	for _, c := range in.ContainerDefinitions {
		if aws.ToString(c.Name) == "" || aws.ToString(c.Image) == "" {
			return clientException("Container.name and Container.image should not be null or empty.")
		}
	}
	if len(in.ContainerDefinitions) == 0 {
		return clientException("Container list cannot be empty.")
	}
	if in.NetworkMode != "" && !slices.Contains(in.NetworkMode.Values(), in.NetworkMode) {
		return clientException("Invalid networkMode %q.", in.NetworkMode)
	}
	return platformOf(in.RuntimePlatform).valid()
}

// deregisterTaskDefinition may be repeated: what is INACTIVE stays it.
func (e *ECS) deregisterTaskDefinition(c *call, in *sdk.DeregisterTaskDefinitionInput) (*sdk.DeregisterTaskDefinitionOutput, error) {
	reference := aws.ToString(in.TaskDefinition)
	d := c.region.definition(reference)
	if d == nil || !strings.Contains(reference, ":") {
		return nil, clientException("Unable to describe task definition.")
	}
	if d.active() {
		d.Status, d.DeregisteredAt = types.TaskDefinitionStatusInactive, &c.At
	}
	return &sdk.DeregisterTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition}, nil
}

func (e *ECS) describeTaskDefinition(c *call, in *sdk.DescribeTaskDefinitionInput) (*sdk.DescribeTaskDefinitionOutput, error) {
	d := c.region.definition(aws.ToString(in.TaskDefinition))
	if d == nil {
		return nil, clientException("Unable to describe task definition.")
	}
	out := &sdk.DescribeTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition}
	if slices.Contains(in.Include, types.TaskDefinitionFieldTags) {
		out.Tags = append([]types.Tag{}, d.tags...)
	}
	return out, nil
}

// definition finds a revision by ARN or family:revision, or the newest ACTIVE
// one by family; nil when there is none.
func (r *region) definition(reference string) *taskDefinition {
	name, ok := r.Named("ecs", "task-definition/", reference)
	if !ok {
		return nil
	}
	family, number, numbered := strings.Cut(name, ":")
	revisions := r.families[family]
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(revisions) || revisions[n-1].gone {
			return nil
		}
		return revisions[n-1]
	}
	for _, d := range slices.Backward(revisions) {
		if d.active() {
			return d
		}
	}
	return nil
}

// usable is the definition for a new task or service.
func (r *region) usable(reference string, now time.Time) (*taskDefinition, error) {
	d := r.definition(reference)
	switch {
	case reference == "":
		return nil, kernel.InvalidParameter("TaskDefinition can not be blank.")
	case d == nil:
		return nil, clientException("TaskDefinition not found.")
	case !d.launchable(now):
		return nil, clientException("TaskDefinition is inactive")
	}
	return d, nil
}

// listTaskDefinitions: familyPrefix is, despite its name, "the full family
// name" (API reference).
func (e *ECS) listTaskDefinitions(c *call, in *sdk.ListTaskDefinitionsInput) (*sdk.ListTaskDefinitionsOutput, error) {
	family := aws.ToString(in.FamilyPrefix)
	arns := []string{}
	for _, revisions := range c.region.families {
		for _, d := range revisions {
			if !d.gone && d.Status == cmp.Or(in.Status, types.TaskDefinitionStatusActive) && (family == "" || family == *d.Family) {
				arns = append(arns, d.arn())
			}
		}
	}
	order := compareRevisions
	if in.Sort == types.SortOrderDesc {
		order = func(x, y string) int { return compareRevisions(y, x) }
	}
	slices.SortFunc(arns, order)
	arns, next, err := kernel.Page(arns, order, in.NextToken, in.MaxResults, 100)
	return &sdk.ListTaskDefinitionsOutput{TaskDefinitionArns: arns, NextToken: next}, err
}

// compareRevisions orders ARNs of task definitions by family, then by number.
func compareRevisions(x, y string) int {
	i, j := strings.LastIndex(x, ":"), strings.LastIndex(y, ":")
	if i < 0 || j < 0 {
		return strings.Compare(x, y)
	}
	return cmp.Or(
		strings.Compare(x[:i], y[:j]),
		cmp.Compare(len(x)-i, len(y)-j), // the longer number is the larger
		strings.Compare(x[i:], y[j:]),
	)
}
