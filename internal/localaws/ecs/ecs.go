// Package ecs is ECS with Fargate and Managed Instances: settings, task definitions, clusters, tasks
// that live and stop, services that roll out, and sessions of ECS Exec with the
// message gateway behind them.
package ecs

import (
	"maps"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Options say how ECS behaves.
type Options struct {
	// Publish sends an event, with the lock held.
	Publish func(kernel.Event)
	// Command is what a container prints when a session runs a command in it:
	// false when its image has no such command. The kernel that it runs on is in
	// FIPS mode or not.
	Command func(command string, fips bool) (output string, ok bool)
	// Exits is the exit code of an image's program that ends by itself at once:
	// false of every other. The kernel under it is in FIPS mode or not.
	Exits func(image string, fips bool) (code int32, ends bool)
	// ExecTime is how long a session lasts at least, in real time.
	ExecTime time.Duration
}

// ECS is an account's ECS.
type ECS struct {
	kernel   *kernel.Kernel
	publish  func(kernel.Event)
	command  func(string, bool) (string, bool)
	exits    func(string, bool) (int32, bool)
	execTime time.Duration

	regions  map[kernel.Region]*region
	sessions map[string]*execSession // those under way, by ID
	execUses map[string]*ExecUse     // by container
}

// region is what ECS keeps apart by Region.
type region struct {
	kernel.Region
	account *settings
	own     map[string]*settings // by the principal's ARN

	clusters map[string]*cluster          // by name
	families map[string][]*taskDefinition // by name, in order of revision
	tasks    []*task                      // in order of launch
	byARN    map[string]*task
	launched map[string][]*task // by the client token of RunTask
	services []*service         // in order of creation

	providers []*types.CapacityProvider // of ECS Managed Instances, in order of creation
}

// New adds ECS to an account, with a cluster named default in each Region, and
// of Systems Manager its sessions.
func New(k *kernel.Kernel, o Options) *ECS {
	e := &ECS{
		kernel: k, publish: o.Publish, command: o.Command, exits: o.Exits, execTime: o.ExecTime,
		regions: map[kernel.Region]*region{}, sessions: map[string]*execSession{}, execUses: map[string]*ExecUse{},
	}
	for _, name := range kernel.Regions() {
		e.regions[name] = newRegion(name)
	}
	operations := map[string]kernel.Operation{}
	for _, some := range []map[string]kernel.Operation{
		e.settingOperations(), e.definitionOperations(), e.clusterOperations(), e.providerOperations(), e.taskOperations(),
		e.serviceOperations(), e.taskSetOperations(), e.execOperations(),
	} {
		maps.Copy(operations, some)
	}
	k.Serve(kernel.Service{
		Name: "ecs", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AmazonEC2ContainerServiceV20141113"},
		Operations: operations, Recorded: true,
	})
	k.ServePath(channelPath, e.serveChannel)
	return e
}

// SessionOperations are those of Systems Manager on sessions of ECS Exec.
func (e *ECS) SessionOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{"TerminateSession": {Perform: kernel.With(e.terminateSession)}}
}

func newRegion(name kernel.Region) *region {
	r := &region{
		Region:   name,
		account:  newSettings(),
		own:      map[string]*settings{},
		clusters: map[string]*cluster{},
		families: map[string][]*taskDefinition{},
		launched: map[string][]*task{},
		byARN:    map[string]*task{},
	}
	// As the console makes it: with Fargate, but without a default strategy.
	r.addCluster("default", &sdk.CreateClusterInput{CapacityProviders: []string{"FARGATE", "FARGATE_SPOT"}})
	return r
}

// call is a request with what ECS keeps of its Region.
type call struct {
	*kernel.Request
	region *region
}

// input makes an operation of a function whose input and output are the SDK's.
func input[In, Out any](e *ECS, f func(*call, *In) (*Out, error)) func(*kernel.Request) (any, error) {
	return kernel.Types(lowerFirst, func(r *kernel.Request, in *In) (*Out, error) { return f(&call{r, e.regions[r.Region]}, in) })
}

// lowerFirst is how ECS writes the names of members.
func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// orNil is nil for what is left out when it is empty.
func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
