package ecsapi

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/singleflight"
)

// ObserveTaskDefinition reads a revision, by its ARN or, while that is
// unknown, the family's newest ACTIVE one.
func (a *Account) ObserveTaskDefinition(ctx context.Context, d guard.TaskDefinition) (guard.TaskDefinition, error) {
	name := d.ARN
	if name == "" {
		name = d.Family
	}
	if name == "" {
		return d, nil // nothing to ask for
	}
	out, err := a.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(name)})
	if err != nil {
		d.Unknown = "ECS did not answer DescribeTaskDefinition"
		return d, fmt.Errorf("describe task definition %s: %w", name, err)
	}
	if out.TaskDefinition == nil {
		d.Unknown = "ECS answered DescribeTaskDefinition without one"
		return d, nil
	}
	observed := definitionState(out.TaskDefinition)
	a.platforms.keep(observed)
	return observed, nil
}

// DefinitionOf is a revision's platform, from memory when it was read before:
// a revision never changes but for its status, which is left out here.
func (a *Account) DefinitionOf(ctx context.Context, arn string) (guard.TaskDefinition, error) {
	if d, ok := a.platforms.find(arn); ok {
		return d, nil
	}
	// Many tasks of one definition are looked at side by side: one call for all.
	observed, err, _ := a.platforms.asked.Do(arn, func() (any, error) {
		return a.ObserveTaskDefinition(ctx, guard.TaskDefinition{ARN: arn})
	})
	d, _ := observed.(guard.TaskDefinition)
	d.Inactive = false
	return d, err
}

// maxCandidates bounds how far back a compliant revision is looked for.
const maxCandidates = 20

// compliantRevision finds the newest ACTIVE revision of a definition's family
// that passes, or an empty ARN when none of the newest few does.
func (a *Account) compliantRevision(ctx context.Context, definition string) (string, error) {
	out, err := a.ecs.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: aws.String(family(definition)),
		Status:       types.TaskDefinitionStatusActive,
		Sort:         types.SortOrderDesc,
		MaxResults:   aws.Int32(maxCandidates),
	})
	if err != nil {
		return "", fmt.Errorf("list task definitions of %s: %w", family(definition), err)
	}
	for _, arn := range out.TaskDefinitionArns {
		d, err := a.DefinitionOf(ctx, arn)
		if err != nil {
			return "", err
		}
		if d.Fargate == guard.Yes && guard.Worst(guard.Check(d)) == guard.Compliant {
			return arn, nil
		}
	}
	return "", nil
}

// family is the family in arn:…:task-definition/FAMILY:REVISION.
func family(definition string) string {
	_, name, found := strings.Cut(definition, "task-definition/")
	if !found {
		name = definition
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

// deregister: a revision that is INACTIVE already answers the same.
func (a *Account) deregister(ctx context.Context, call guard.DeregisterTaskDefinition) (guard.Result, string, error) {
	out, err := a.ecs.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(call.TaskDefinition)})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("deregister task definition %s: %w", call.TaskDefinition, err)
	}
	if out.TaskDefinition == nil || out.TaskDefinition.Status == types.TaskDefinitionStatusActive {
		return guard.Unconfirmed, "AWS accepted the call without answering that the revision is INACTIVE.", nil
	}
	return guard.Answered, "AWS answered that the revision is " + string(out.TaskDefinition.Status) + "; for up to 10 minutes tasks can still start from it.", nil
}

func definitionState(d *types.TaskDefinition) guard.TaskDefinition {
	state := guard.TaskDefinition{
		ARN:          aws.ToString(d.TaskDefinitionArn),
		Family:       aws.ToString(d.Family),
		Platform:     guard.DefinitionPlatform(nil, nil),
		Fargate:      guard.DefinitionOnFargate(names(d.RequiresCompatibilities), names(d.Compatibilities)),
		Managed:      guard.DefinitionOnManaged(names(d.RequiresCompatibilities)),
		Inactive:     d.Status != types.TaskDefinitionStatusActive,
		RegisteredBy: aws.ToString(d.RegisteredBy),
	}
	if p := d.RuntimePlatform; p != nil {
		state.Platform = guard.DefinitionPlatform(member(p.OperatingSystemFamily), member(p.CpuArchitecture))
	}
	if state.Fargate == guard.Unknown {
		state.Unknown = "ECS answered no compatibilities"
	}
	return state
}

// member is an enum's value, or nil where ECS left it out.
func member[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	text := string(value)
	return &text
}

func names[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// maxPlatforms bounds the memory of revisions.
const maxPlatforms = 10_000

// platformCache remembers revisions. When full it forgets all: revisions come
// back at the price of one call each.
type platformCache struct {
	asked singleflight.Group
	mu    sync.Mutex
	known map[string]guard.TaskDefinition
}

func (c *platformCache) find(arn string) (guard.TaskDefinition, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.known[arn]
	return d, ok
}

func (c *platformCache) keep(d guard.TaskDefinition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxPlatforms {
		c.known = map[string]guard.TaskDefinition{}
	}
	d.Inactive = false
	c.known[d.ARN] = d
}
