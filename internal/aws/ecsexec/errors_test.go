package ecsexec

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestWhyAContainerDidNotAnswer(t *testing.T) {
	for _, c := range []struct {
		err     error
		reason  string
		mayPass bool
	}{
		{ErrRefused, "AWS refused the session in container main", false},
		{ErrNotReady, "ECS Exec is not ready in container main", true},
		{&ChannelError{Text: `exec: "cat": executable file not found in $PATH`}, `the command could not be run in container main (the session failed: exec: "cat": executable file not found in $PATH)`, true},
		{&ChannelError{}, "the command could not be run in container main (the session failed without saying why)", true},
		{ErrTimedOut, "container main did not answer in time", true},
		{context.DeadlineExceeded, "container main did not answer in time", true},
		{ErrIncomplete, "the answer of container main was cut off", true},
		{ErrTooLong, "container main answered too much", true},
		{ErrEncryption, "the session in container main could not be encrypted", false},
		{ErrProtocol, "the message channel of container main broke its protocol", true},
		{errors.New("connection reset"), "AWS did not open a session in container main", true},
		{fmt.Errorf("%w; %w: session x", ErrTimedOut, ErrNotTerminated), "container main did not answer in time", false},
	} {
		err := &RunError{doing: "run a command", container: "main", err: fmt.Errorf("dial: %w", c.err)}
		if err.Reason() != c.reason || err.MayPass() != c.mayPass {
			t.Errorf("%v: the reason is %q, may pass %t; want %q, %t", c.err, err.Reason(), err.MayPass(), c.reason, c.mayPass)
		}
		if !errors.Is(err, c.err) || err.Error() != "run a command: dial: "+c.err.Error() {
			t.Errorf("%v: the error is %q", c.err, err)
		}
	}
}
