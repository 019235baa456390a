package ecs

import (
	"encoding/json"
	"fmt"
	"slices"

	"fipsguard/internal/localaws/kernel"
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
				t.Containers[i].ManagedAgents[n].LastStatus = "STOPPED"
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

type executeCommandInput struct {
	Cluster     string `json:"cluster"`
	Task        string `json:"task"`
	Container   string `json:"container"`
	Command     string `json:"command"`
	Interactive bool   `json:"interactive"`
}

type executeCommandOutput struct {
	ClusterARN    string      `json:"clusterArn"`
	ContainerARN  string      `json:"containerArn"`
	ContainerName string      `json:"containerName"`
	Interactive   bool        `json:"interactive"`
	Session       sessionData `json:"session"`
	TaskARN       string      `json:"taskArn"`
}

type sessionData struct {
	SessionID  string `json:"sessionId"`
	StreamURL  string `json:"streamUrl"`
	TokenValue string `json:"tokenValue"`
}

// executeCommand opens a session and leaves it to the message gateway.
func (e *ECS) executeCommand(c *call, in executeCommandInput) (executeCommandOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return executeCommandOutput{}, err
	}
	t := c.region.taskIn(k, in.Task)
	switch {
	case t == nil:
		return executeCommandOutput{}, kernel.InvalidParameter("The referenced task was not found.")
	case !in.Interactive:
		return executeCommandOutput{}, kernel.InvalidParameter("Interactive is the only mode supported currently.")
	case in.Container == "" && len(t.Containers) > 1:
		return executeCommandOutput{}, kernel.InvalidParameter("A container name is required for tasks with several containers.")
	}
	i := slices.IndexFunc(t.Containers, func(c container) bool { return in.Container == "" || c.Name == in.Container })
	if i < 0 {
		return executeCommandOutput{}, kernel.InvalidParameter("The container %s was not found in the task.", in.Container)
	}
	of := t.Containers[i]
	if !t.EnableExecuteCommand || t.LastStatus != "RUNNING" {
		return executeCommandOutput{}, kernel.InvalidParameter("The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.")
	}
	use := e.useOf(t.ARN + " " + of.Name)
	if use.Wedged || len(of.ManagedAgents) == 0 || of.ManagedAgents[0].LastStatus != "RUNNING" {
		return executeCommandOutput{}, kernel.ClientError("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")
	}
	s := &execSession{
		id: "ecs-execute-command-" + e.kernel.IDs.Hex(9)[:17], token: "AAEAA" + e.kernel.IDs.Hex(48), container: t.ARN + " " + of.Name,
		command: in.Command, exec: t.exec, fips: t.fips, ended: make(chan struct{}),
	}
	e.begin(s, use)
	return executeCommandOutput{
		ClusterARN: k.ARN, ContainerARN: of.ARN, ContainerName: of.Name, Interactive: true, TaskARN: t.ARN,
		Session: sessionData{s.id, e.streamURL(s), s.token},
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
func (e *ECS) terminateSession(_ *call, in terminateSessionInput) (terminateSessionInput, error) {
	if s := e.sessions[in.SessionID]; s != nil {
		e.end(s)
	}
	return in, nil
}

// withoutToken is an answer as CloudTrail records it.
func withoutToken(answer any) any {
	data, ok := answer.(json.RawMessage)
	var out executeCommandOutput
	if !ok || json.Unmarshal(data, &out) != nil {
		return nil
	}
	out.Session.TokenValue = "HIDDEN_DUE_TO_SECURITY_REASONS"
	return out
}
