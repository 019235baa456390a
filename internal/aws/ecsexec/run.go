package ecsexec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
)

// API is the part of ECS that this package uses; *ecs.Client has it.
type API interface {
	ExecuteCommand(context.Context, *ecs.ExecuteCommandInput, ...func(*ecs.Options)) (*ecs.ExecuteCommandOutput, error)
}

// Sessions ends sessions; Systems Manager's TerminateSession does.
type Sessions interface {
	// TerminateSession ends a session and what runs in it. Safe to repeat, also
	// for a session that is over.
	TerminateSession(ctx context.Context, sessionID string) error
}

// Client runs commands in the containers of one account and Region. It is safe
// for concurrent use. It runs one command at a time in one container, and lets
// others wait: the agent allows two sessions, queues one more, and five at once
// wedge it for good (measured). Use one client in a process.
type Client struct {
	ECS         API
	Sessions    Sessions
	Keys        Keys // nil: sessions that ask for encryption fail with ErrEncryption
	Credentials aws.CredentialsProvider
	Region      string
	Now         func() time.Time
	// Transport says how to reach Systems Manager: proxy, certificate
	// authorities. Every session connects through a copy. nil is direct, with
	// the system's authorities.
	Transport *http.Transport
	// Loopback also accepts streams on this machine, without TLS if need be. It
	// is for an account that is simulated here.
	Loopback bool

	turns turns
}

// Target is a container of a running task.
type Target struct {
	Cluster   string // name or ARN
	Task      string // ID or ARN
	Container string // name
	RuntimeID string // from DescribeTasks; only an encrypted session needs it
}

func (t Target) String() string {
	return fmt.Sprintf("container %s of task %s", t.Container, t.Task)
}

// sessionTarget is how Systems Manager names the container.
func (t Target) sessionTarget() string {
	return "ecs:" + path.Base(t.Cluster) + "_" + path.Base(t.Task) + "_" + t.RuntimeID
}

// terminateTime is what TerminateSession may take. It is apart from Run's
// context, so that an expired one still ends the session.
const terminateTime = 5 * time.Second

// Run runs a command and answers everything it wrote to stdout and stderr,
// unchanged: a terminal merges them and ends lines with CR LF. The command is
// split at spaces and run without a shell. How it ended is not known, since no
// exit status ever comes back.
//
// ctx bounds the call and should have a deadline; after it Run takes up to 5 s
// more to terminate the session. Every session lasts at least 1 s (measured).
// Run makes exactly one ExecuteCommand call, without the SDK's retries, because
// one whose answer was lost may have opened a session; pacing and trying again
// are the caller's.
//
// An error is a *RunError and comes without output. The session it belongs to
// has been terminated unless it is ErrNotTerminated; a session whose opening was
// never answered has no name to terminate it by. What errors match is listed
// with ErrRefused. They name neither the command nor the session's token.
func (c *Client) Run(ctx context.Context, target Target, command string) (string, error) {
	free, err := c.turns.take(ctx, target)
	if err != nil {
		return "", &RunError{"wait for another command in " + target.String(), target.Container, stopped(ctx, err)}
	}
	defer free()
	session, err := c.start(ctx, target, command)
	if err != nil {
		return "", &RunError{"execute a command in " + target.String(), target.Container, err}
	}
	output, err := c.talk(ctx, target, session)
	if err != nil {
		return "", &RunError{"run a command in " + target.String(), target.Container, c.terminate(ctx, session.id, err)}
	}
	return output, nil
}

type session struct {
	id     string
	stream string
	token  secret
}

func (c *Client) start(ctx context.Context, target Target, command string) (session, error) {
	out, err := c.ECS.ExecuteCommand(ctx, &ecs.ExecuteCommandInput{
		Cluster:     aws.String(target.Cluster),
		Task:        aws.String(target.Task),
		Container:   aws.String(target.Container),
		Command:     aws.String(command),
		Interactive: true, // ECS supports no other
	}, func(o *ecs.Options) { o.Retryer = aws.NopRetryer{} })
	if err != nil {
		return session{}, notStarted(ctx, err)
	}
	if out.Session == nil || aws.ToString(out.Session.SessionId) == "" {
		return session{}, fmt.Errorf("%w: ECS answered without a session", ErrProtocol)
	}
	return session{
		id:     *out.Session.SessionId,
		stream: aws.ToString(out.Session.StreamUrl),
		token:  newSecret(aws.ToString(out.Session.TokenValue)),
	}, nil
}

// notStarted tells apart why ECS did not open a session, by type and code.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
func notStarted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return stopped(ctx, err)
	}
	var parameter *types.InvalidParameterException
	var target *types.TargetNotConnectedException
	if errors.As(err, &parameter) || errors.As(err, &target) {
		return fmt.Errorf("%w: %w", ErrNotReady, err)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "AccessDeniedException", "AccessDenied", "UnauthorizedException":
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	return err
}

// talk holds the session's conversation. Nothing of it is left when it returns.
func (c *Client) talk(ctx context.Context, target Target, session session) (string, error) {
	conn, err := c.dial(ctx, session.stream)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.CloseNow() }()
	ch := channel{
		conn:  conn,
		token: session.token,
		now:   c.Now,
		handshake: handshake{maker: c.Keys, context: map[string]string{
			"aws:ssm:SessionId": session.id,
			"aws:ssm:TargetId":  target.sessionTarget(),
		}},
	}
	return ch.converse(ctx)
}

// terminate ends a session that failed with err, which keeps its slot in the
// container otherwise, and returns err with what became of that.
func (c *Client) terminate(ctx context.Context, sessionID string, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), terminateTime)
	defer cancel()
	if failed := c.Sessions.TerminateSession(ctx, sessionID); failed != nil {
		// Its own causes must not be mistaken for err's.
		return fmt.Errorf("%w; %w: session %s: %v", err, ErrNotTerminated, sessionID, failed)
	}
	return err
}
