package ecs

import (
	"fmt"
	"maps"
	"slices"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Exec is how a task answers commands. The zero value answers as a container
// does: what its kernel says, one session at a time per slot.
type Exec struct {
	Answer     string // printed instead of what the kernel says
	Failure    string // the command cannot be started: the agent's words
	Silent     bool   // the session opens and nothing comes
	EarlyClose bool   // the channel ends without an answer
	NoAgent    bool   // the agent of ECS Exec is not running
}

// SetExec changes how a running task answers commands.
func (e *ECS) SetExec(taskARN string, x Exec) error {
	return e.change(taskARN, func(t *task) {
		t.exec = x
		if !x.NoAgent {
			return
		}
		for i := range t.Containers {
			for n := range t.Containers[i].ManagedAgents {
				t.Containers[i].ManagedAgents[n].LastStatus = aws.String("STOPPED")
			}
		}
	})
}

// SetTaskFIPS makes a task's kernel one that runs in FIPS mode, or not,
// whatever the setting was at its launch.
func (e *ECS) SetTaskFIPS(taskARN string, on bool) error {
	return e.change(taskARN, func(t *task) { t.fips = on })
}

func (e *ECS) change(taskARN string, change func(*task)) error {
	e.kernel.Lock()
	defer e.kernel.Unlock()
	for _, r := range e.regions {
		if t := r.task(taskARN); t != nil {
			change(t)
			return nil
		}
	}
	return fmt.Errorf("the account has no task %s", taskARN)
}

// The limits of the agent, as measured with AWS's own: it runs two sessions in
// a container and queues one more, and five at once wedge it for good.
const (
	sessionsAtOnce = 2
	sessionsWedge  = 5
)

// execSession is one session of ECS Exec.
type execSession struct {
	id, token string
	container string // its key: the task's ARN and the container's name
	command   string
	exec      Exec
	fips      bool
	order     int           // among those of its container
	used      bool          // the token was presented
	ended     chan struct{} // closed when it is over
}

// ExecUse counts the sessions of one container.
type ExecUse struct {
	Started    int
	MostAtOnce int
	Wedged     bool
}

// ExecUses are the sessions so far, by the task's ARN and the container's name,
// with a blank between.
func (e *ECS) ExecUses() map[string]ExecUse {
	e.kernel.Lock()
	defer e.kernel.Unlock()
	uses := map[string]ExecUse{}
	for container, use := range e.execUses {
		uses[container] = *use
	}
	return uses
}

func (e *ECS) execOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"ExecuteCommand": {Limit: taskWrites, Perform: input(e, e.executeCommand), Shown: withoutToken},
	}
}

// executeCommand opens a session and leaves it to the message gateway.
func (e *ECS) executeCommand(c *call, in *sdk.ExecuteCommandInput) (*sdk.ExecuteCommandOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	t, name := c.region.taskIn(k, aws.ToString(in.Task)), aws.ToString(in.Container)
	switch {
	case t == nil:
		return nil, kernel.InvalidParameter("The referenced task was not found.")
	case !in.Interactive:
		return nil, kernel.InvalidParameter("Interactive is the only mode supported currently.")
	case name == "" && len(t.Containers) > 1:
		return nil, kernel.InvalidParameter("A container name is required for tasks with several containers.")
	}
	i := slices.IndexFunc(t.Containers, func(c types.Container) bool { return name == "" || *c.Name == name })
	if i < 0 {
		return nil, kernel.InvalidParameter("The container %s was not found in the task.", name)
	}
	of := t.Containers[i]
	if !t.EnableExecuteCommand || t.status() != "RUNNING" {
		return nil, kernel.InvalidParameter("The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.")
	}
	key := t.arn() + " " + *of.Name
	use := e.useOf(key)
	if use.Wedged || len(of.ManagedAgents) == 0 || *of.ManagedAgents[0].LastStatus != "RUNNING" {
		return nil, kernel.ClientError("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")
	}
	s := &execSession{
		id: "ecs-execute-command-" + e.kernel.IDs.Hex(9)[:17], token: "AAEAA" + e.kernel.IDs.Hex(48), container: key,
		command: aws.ToString(in.Command), exec: t.exec, fips: t.fips, ended: make(chan struct{}),
	}
	e.begin(s, use)
	return &sdk.ExecuteCommandOutput{
		ClusterArn: k.ClusterArn, ContainerArn: of.ContainerArn, ContainerName: of.Name, Interactive: true, TaskArn: t.TaskArn,
		Session: &types.Session{SessionId: &s.id, StreamUrl: aws.String(e.streamURL(s)), TokenValue: &s.token},
	}, nil
}

func (e *ECS) useOf(container string) *ExecUse {
	if e.execUses[container] == nil {
		e.execUses[container] = &ExecUse{}
	}
	return e.execUses[container]
}

// begin counts a session, which keeps its slot until it ends or is terminated.
func (e *ECS) begin(s *execSession, use *ExecUse) {
	e.sessions[s.id] = s
	open := 0
	for _, other := range e.sessions {
		if other.container == s.container {
			open++
		}
	}
	use.Started++
	s.order = use.Started
	use.MostAtOnce = max(use.MostAtOnce, open)
	use.Wedged = use.Wedged || open >= sessionsWedge
}

// end frees a session's slot. It needs the lock.
func (e *ECS) end(s *execSession) {
	if e.sessions[s.id] == s {
		delete(e.sessions, s.id)
		close(s.ended)
	}
}

// waits reports whether as many sessions as the agent runs began before this
// one.
func (e *ECS) waits(s *execSession) bool {
	e.kernel.Lock()
	defer e.kernel.Unlock()
	before := 0
	for _, other := range e.sessions {
		if other.container == s.container && other.order < s.order {
			before++
		}
	}
	return before >= sessionsAtOnce
}

type terminateSessionInput struct {
	SessionID string `json:"SessionId"`
}

// terminateSession may be repeated, also for a session that is over.
func (e *ECS) terminateSession(_ *kernel.Request, in terminateSessionInput) (terminateSessionInput, error) {
	if s := e.sessions[in.SessionID]; s != nil {
		e.end(s)
	}
	return in, nil
}

// withoutToken is an answer as CloudTrail records it.
func withoutToken(answer any) any {
	tree, ok := answer.(map[string]any)
	if !ok {
		return nil
	}
	session, ok := tree["session"].(map[string]any)
	if !ok {
		return nil
	}
	session = maps.Clone(session)
	session["tokenValue"] = "HIDDEN_DUE_TO_SECURITY_REASONS"
	tree = maps.Clone(tree)
	tree["session"] = session
	return tree
}
