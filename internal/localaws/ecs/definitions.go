package ecs

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// definitionBody is what a caller registers. What the account does not look
// into is kept as it came.
type definitionBody struct {
	Family                  string            `json:"family"`
	ContainerDefinitions    []json.RawMessage `json:"containerDefinitions"`
	NetworkMode             string            `json:"networkMode,omitempty"`
	CPU                     string            `json:"cpu,omitempty"`
	Memory                  string            `json:"memory,omitempty"`
	RequiresCompatibilities []string          `json:"requiresCompatibilities,omitempty"`
	RuntimePlatform         *runtimePlatform  `json:"runtimePlatform,omitempty"`
	TaskRoleARN             string            `json:"taskRoleArn,omitempty"`
	ExecutionRoleARN        string            `json:"executionRoleArn,omitempty"`
	Volumes                 []json.RawMessage `json:"volumes"`
	PlacementConstraints    []json.RawMessage `json:"placementConstraints"`
	EphemeralStorage        json.RawMessage   `json:"ephemeralStorage,omitempty"`
	ProxyConfiguration      json.RawMessage   `json:"proxyConfiguration,omitempty"`
	PIDMode                 string            `json:"pidMode,omitempty"`
	IPCMode                 string            `json:"ipcMode,omitempty"`
}

type taskDefinition struct {
	definitionBody
	ARN             string         `json:"taskDefinitionArn"`
	Revision        int            `json:"revision"`
	Status          string         `json:"status"`
	Compatibilities []string       `json:"compatibilities"`
	RegisteredAt    *kernel.Moment `json:"registeredAt"`
	RegisteredBy    string         `json:"registeredBy"`
	DeregisteredAt  *kernel.Moment `json:"deregisteredAt,omitempty"`

	tags []json.RawMessage
}

// deregistrationLag: "there may be up to a 10-minute window following
// deregistration" in which tasks and services can still be made (API
// reference). Here it always lasts as long as it may.
const deregistrationLag = 10 * time.Minute

// launchable says whether new tasks and services can use the definition.
func (d *taskDefinition) launchable(now time.Time) bool {
	return d.Status == "ACTIVE" || now.Before(d.DeregisteredAt.Add(deregistrationLag))
}

func (d *taskDefinition) supports(launchType string) bool {
	return slices.Contains(d.Compatibilities, launchType)
}

type containerDefinition struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

func (d *definitionBody) containers() ([]containerDefinition, error) {
	var containers []containerDefinition
	for _, raw := range d.ContainerDefinitions {
		var c containerDefinition
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, kernel.NotSerialized(err)
		}
		if c.Name == "" || c.Image == "" {
			return nil, clientException("Container.name and Container.image should not be null or empty.")
		}
		containers = append(containers, c)
	}
	if len(containers) == 0 {
		return nil, clientException("Container list cannot be empty.")
	}
	return containers, nil
}

type definitionOutput struct {
	TaskDefinition *taskDefinition   `json:"taskDefinition"`
	Tags           []json.RawMessage `json:"tags,omitempty"`
}

func (e *ECS) definitionOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"RegisterTaskDefinition":   {Limit: definitionWrites, Perform: input(e, e.registerTaskDefinition)},
		"DeregisterTaskDefinition": {Limit: definitionWrites, Perform: input(e, e.deregisterTaskDefinition)},
		"DescribeTaskDefinition":   {Limit: definitionReads, Perform: input(e, e.describeTaskDefinition)},
		"ListTaskDefinitions":      {Limit: definitionReads, Perform: input(e, e.listTaskDefinitions)},
	}
}

type registerTaskDefinitionInput struct {
	definitionBody
	Tags []json.RawMessage `json:"tags"`
}

func (e *ECS) registerTaskDefinition(c *call, in registerTaskDefinitionInput) (definitionOutput, error) {
	if err := in.valid(); err != nil {
		return definitionOutput{}, err
	}
	revisions := c.region.families[in.Family]
	d := &taskDefinition{
		definitionBody: in.definitionBody,
		Revision:       len(revisions) + 1,
		Status:         "ACTIVE",
		RegisteredAt:   kernel.At(c.At),
		RegisteredBy:   c.Principal.CallerARN(),
		tags:           in.Tags,
	}
	d.Volumes = append([]json.RawMessage{}, d.Volumes...)
	d.PlacementConstraints = append([]json.RawMessage{}, d.PlacementConstraints...)
	d.ARN = c.region.ARN("ecs", "task-definition/"+d.Family+":"+strconv.Itoa(d.Revision))
	if err := d.computeCompatibilities(); err != nil {
		return definitionOutput{}, err
	}
	c.region.families[in.Family] = append(revisions, d)
	return definitionOutput{d, d.tags}, nil
}

func (d *definitionBody) valid() error {
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`).MatchString(d.Family) {
		return clientException("Family contains invalid characters.")
	}
	if _, err := d.containers(); err != nil {
		return err
	}
	switch d.NetworkMode {
	case "", "bridge", "host", "awsvpc", "none":
	default:
		return clientException("Invalid networkMode %q.", d.NetworkMode)
	}
	return d.RuntimePlatform.valid()
}

// deregisterTaskDefinition may be repeated: what is INACTIVE stays it.
func (e *ECS) deregisterTaskDefinition(c *call, in taskDefinitionReference) (definitionOutput, error) {
	d := c.region.definition(in.TaskDefinition)
	if d == nil || !strings.Contains(in.TaskDefinition, ":") {
		return definitionOutput{}, clientException("Unable to describe task definition.")
	}
	if d.Status == "ACTIVE" {
		d.Status, d.DeregisteredAt = "INACTIVE", kernel.At(c.At)
	}
	return definitionOutput{TaskDefinition: d}, nil
}

type taskDefinitionReference struct {
	TaskDefinition string   `json:"taskDefinition"`
	Include        []string `json:"include"`
}

func (e *ECS) describeTaskDefinition(c *call, in taskDefinitionReference) (definitionOutput, error) {
	d := c.region.definition(in.TaskDefinition)
	if d == nil {
		return definitionOutput{}, clientException("Unable to describe task definition.")
	}
	out := definitionOutput{TaskDefinition: d}
	if slices.Contains(in.Include, "TAGS") {
		out.Tags = append([]json.RawMessage{}, d.tags...)
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
		if err != nil || n < 1 || n > len(revisions) {
			return nil
		}
		return revisions[n-1]
	}
	for _, d := range slices.Backward(revisions) {
		if d.Status == "ACTIVE" {
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

type listTaskDefinitionsInput struct {
	FamilyPrefix string  `json:"familyPrefix"`
	Status       string  `json:"status"`
	Sort         string  `json:"sort"`
	MaxResults   *int32  `json:"maxResults"`
	NextToken    *string `json:"nextToken"`
}

type listTaskDefinitionsOutput struct {
	ARNs      []string `json:"taskDefinitionArns"`
	NextToken *string  `json:"nextToken,omitempty"`
}

// listTaskDefinitions: familyPrefix is, despite its name, "the full family
// name" (API reference).
func (e *ECS) listTaskDefinitions(c *call, in listTaskDefinitionsInput) (listTaskDefinitionsOutput, error) {
	arns := []string{}
	for _, revisions := range c.region.families {
		for _, d := range revisions {
			if d.Status == cmp.Or(in.Status, "ACTIVE") && (in.FamilyPrefix == "" || in.FamilyPrefix == d.Family) {
				arns = append(arns, d.ARN)
			}
		}
	}
	order := compareRevisions
	if in.Sort == "DESC" {
		order = func(x, y string) int { return compareRevisions(y, x) }
	}
	slices.SortFunc(arns, order)
	arns, next, err := kernel.Page(arns, order, in.NextToken, in.MaxResults, 100)
	return listTaskDefinitionsOutput{arns, next}, err
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
