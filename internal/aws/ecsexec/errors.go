package ecsexec

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/sanitize"
)

// What Run's errors are matched by, with errors.Is. An error that matches none
// of them and is no *ChannelError is throttling (in the SDK's own types), an
// unreachable network, a cancelled context.
var (
	// ErrRefused: AWS denied the caller the session or its data channel.
	ErrRefused = errors.New("refused by AWS")
	// ErrNotReady: the task runs without ECS Exec, or the container's agent is
	// not running or not connected (yet). ECS answers these with
	// InvalidParameterException and TargetNotConnectedException, so a task or
	// container that does not exist may look the same.
	ErrNotReady = errors.New("ECS Exec is not ready in this container")
	// ErrTimedOut: the context's deadline passed before the answer was complete.
	ErrTimedOut = errors.New("timed out")
	// ErrIncomplete: the channel ended before the answer was complete.
	ErrIncomplete = errors.New("the answer is incomplete")
	// ErrTooLong: the command answered more than MaxOutput bytes.
	ErrTooLong = errors.New("the output is too long")
	// ErrProtocol: the other side sent what the protocol does not allow, or the
	// stream is at an address that is not Systems Manager's.
	ErrProtocol = errors.New("the message channel broke its protocol")
	// ErrEncryption: encryption was asked for and could not be had. Nothing was
	// read or sent in plain text instead.
	ErrEncryption = errors.New("the session could not be encrypted")
	// ErrNotTerminated comes with one of the others: the session may still run
	// and keep its slot in the container, so do not try again soon.
	ErrNotTerminated = errors.New("the session was not terminated")
)

// RunError is what Run returns when a container did not answer.
type RunError struct {
	doing     string // what failed: "execute a command in container main of task …"
	container string
	err       error
}

func (e *RunError) Error() string { return e.doing + ": " + e.err.Error() }

func (e *RunError) Unwrap() error { return e.err }

// MayPass reports whether trying again makes sense. A session that may still
// run keeps its slot in the container, and what AWS refuses it refuses again.
func (e *RunError) MayPass() bool {
	return !errors.Is(e.err, ErrNotTerminated) && !errors.Is(e.err, ErrRefused) && !errors.Is(e.err, ErrEncryption)
}

// Refused reports whether AWS denied the caller the session, whatever the
// container.
func (e *RunError) Refused() bool { return errors.Is(e.err, ErrRefused) }

// Reason is why the container did not answer, for people, as the end of a
// sentence: "because …".
func (e *RunError) Reason() string {
	var failed *ChannelError
	switch {
	case errors.Is(e.err, ErrRefused):
		return "AWS refused the session in container " + e.container
	case errors.Is(e.err, ErrNotReady):
		return "ECS Exec is not ready in container " + e.container
	case errors.As(e.err, &failed):
		return fmt.Sprintf("the command could not be run in container %s (%v)", e.container, failed)
	case errors.Is(e.err, ErrTimedOut), errors.Is(e.err, context.DeadlineExceeded):
		return "container " + e.container + " did not answer in time"
	case errors.Is(e.err, ErrIncomplete):
		return "the answer of container " + e.container + " was cut off"
	case errors.Is(e.err, ErrTooLong):
		return "container " + e.container + " answered too much"
	case errors.Is(e.err, ErrEncryption):
		return "the session in container " + e.container + " could not be encrypted"
	case errors.Is(e.err, ErrProtocol):
		return "the message channel of container " + e.container + " broke its protocol"
	}
	return "AWS did not open a session in container " + e.container
}

// ChannelError is a session that the agent or the service ended with a failure,
// such as a command that could not be started.
type ChannelError struct {
	// Text is the failure in the other side's words: one printable line of at
	// most 256 characters, possibly empty. Do not decide on it.
	Text string
}

func (e *ChannelError) Error() string {
	if e.Text == "" {
		return "the session failed without saying why"
	}
	return "the session failed: " + e.Text
}

// stopped is err as the end of ctx explains it: work that failed because its
// context ended timed out or was cancelled, whatever it says itself.
func stopped(ctx context.Context, err error) error {
	switch ended := ctx.Err(); {
	case ended == nil:
		return err
	case errors.Is(ended, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrTimedOut, ended)
	default:
		return ended
	}
}

const maxText = 256

// printable makes the other side's text fit for an error: one bounded line
// without control characters and without the session's token.
func printable(text string, token secret) string {
	text = strings.Join(strings.Fields(token.redact(sanitize.Replace(text, ' '))), " ")
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return text
}
