package ecsexec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/coder/websocket"
)

const (
	// MaxOutput is the most bytes that a command may answer.
	MaxOutput = 64 << 10
	// maxMessage is the largest message the client reads. The agent sends at
	// most 1 KiB of output and a handshake of a few KiB in one (measured).
	maxMessage = 32 << 10
)

// channel is one session's data channel, used by one goroutine.
type channel struct {
	conn      *websocket.Conn
	token     secret
	now       func() time.Time
	handshake handshake
	arrived   window
	output    []byte
	sent      int64 // frames of the input stream
}

// converse opens the data channel and answers the command's output once the
// other side has closed the channel without a failure.
func (c *channel) converse(ctx context.Context) (string, error) {
	if err := c.open(ctx); err != nil {
		return "", err
	}
	for {
		message, err := c.receive(ctx)
		if err != nil {
			return "", err
		}
		kind, err := typeOf(message)
		if err != nil {
			return "", err
		}
		switch kind {
		case typeOutput:
			err = c.accept(ctx, message)
		case typeClosed:
			return c.close(message)
		}
		if err != nil {
			return "", err
		}
	}
}

// open shows the token, which is what admits a client to the channel.
func (c *channel) open(ctx context.Context) error {
	message, err := json.Marshal(struct {
		MessageSchemaVersion string
		RequestID            string `json:"RequestId"`
		TokenValue           string
		ClientID             string `json:"ClientId"`
		ClientVersion        string
	}{"1.0", newID().String(), c.token.reveal(), newID().String(), clientVersion})
	if err != nil {
		return fmt.Errorf("encode the opening of the data channel: %w", err)
	}
	if err := c.conn.Write(ctx, websocket.MessageText, message); err != nil {
		return c.broken(ctx, err)
	}
	return nil
}

func (c *channel) receive(ctx context.Context) ([]byte, error) {
	kind, message, err := c.conn.Read(ctx)
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return nil, fmt.Errorf("%w: a message of more than %d bytes", ErrProtocol, maxMessage)
	case err != nil:
		return nil, c.broken(ctx, err)
	case kind != websocket.MessageBinary:
		return nil, fmt.Errorf("%w: a text message where frames are due", ErrProtocol)
	}
	return message, nil
}

// accept takes a frame of the output stream and then delivers what is in order.
func (c *channel) accept(ctx context.Context, message []byte) error {
	f, err := decode(message)
	if err != nil {
		return err
	}
	if f.Sequence < 0 {
		return fmt.Errorf("%w: sequence number %d", ErrProtocol, f.Sequence)
	}
	if c.arrived.admit(f) {
		if err := c.acknowledge(ctx, f); err != nil {
			return err
		}
	}
	for f, ok := c.arrived.take(); ok; f, ok = c.arrived.take() {
		if err := c.deliver(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// deliver acts on the next frame of the output stream. A payload type it does
// not know is an error: what cannot be read may be a part of the answer.
func (c *channel) deliver(ctx context.Context, f frame) error {
	switch f.PayloadType {
	case payloadOutput, payloadStderr:
		return c.append(f.Payload)
	case payloadHandshakeRequest:
		response, err := c.handshake.answer(ctx, f.Payload)
		if err != nil {
			return err
		}
		return c.input(ctx, payloadHandshakeResponse, response)
	case payloadChallenge:
		response, err := c.handshake.prove(f.Payload)
		if err != nil {
			return err
		}
		return c.input(ctx, payloadChallengeResponse, response)
	case payloadHandshakeComplete:
		return c.handshake.complete()
	case payloadError:
		return &ChannelError{Text: printable(string(f.Payload), c.token)}
	case payloadFlag, payloadExitCode:
		return nil // for port forwarding and for commands without a terminal
	default:
		return fmt.Errorf("%w: payload type %d in the output", ErrProtocol, f.PayloadType)
	}
}

func (c *channel) append(payload []byte) error {
	text, err := c.handshake.read(payload)
	if err != nil {
		return err
	}
	if len(c.output)+len(text) > MaxOutput {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLong, MaxOutput)
	}
	c.output = append(c.output, text...)
	return nil
}

// close reads the end of the channel: only an empty Output completes the
// answer, and only if nothing of it is missing.
func (c *channel) close(message []byte) (string, error) {
	f, err := decode(message)
	if err != nil {
		return "", err
	}
	var closed struct{ Output string }
	if err := json.Unmarshal(f.Payload, &closed); err != nil {
		return "", fmt.Errorf("%w: an end of the channel that cannot be read", ErrProtocol)
	}
	switch {
	case closed.Output != "":
		return "", &ChannelError{Text: printable(closed.Output, c.token)}
	case c.arrived.gap():
		return "", fmt.Errorf("%w: the channel closed before frame %d arrived", ErrIncomplete, c.arrived.next)
	case c.handshake.pending():
		return "", fmt.Errorf("%w: the channel closed in the middle of the handshake", ErrIncomplete)
	}
	return string(c.output), nil
}

// acknowledge tells the agent that it need not send a frame again. Agents send
// again what is not acknowledged soon, so repeats are normal.
func (c *channel) acknowledge(ctx context.Context, f frame) error {
	payload, err := json.Marshal(struct {
		AcknowledgedMessageType           string
		AcknowledgedMessageID             string `json:"AcknowledgedMessageId"`
		AcknowledgedMessageSequenceNumber int64
		IsSequentialMessage               bool
	}{f.Type, f.ID.String(), f.Sequence, true})
	if err != nil {
		return fmt.Errorf("encode an acknowledgement: %w", err)
	}
	return c.send(ctx, frame{
		Type:        typeAcknowledge,
		Flags:       flagSYN | flagFIN,
		PayloadType: payloadNone,
		Payload:     payload,
	})
}

// input sends the next frame of the client's own stream. It is sent once: if it
// is lost the session times out.
func (c *channel) input(ctx context.Context, payloadType uint32, payload []byte) error {
	f := frame{Type: typeInput, Sequence: c.sent, PayloadType: payloadType, Payload: payload}
	if c.sent == 0 {
		f.Flags = flagSYN
	}
	c.sent++
	return c.send(ctx, f)
}

func (c *channel) send(ctx context.Context, f frame) error {
	f.ID, f.Created = newID(), c.now()
	if err := c.conn.Write(ctx, websocket.MessageBinary, f.encode()); err != nil {
		return c.broken(ctx, err)
	}
	return nil
}

// broken is a failed read or write: the context ended, or the connection did
// and left the answer incomplete.
func (c *channel) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return stopped(ctx, err)
	}
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed):
		return fmt.Errorf("%w: the connection closed with status %d %q",
			ErrIncomplete, closed.Code, printable(closed.Reason, c.token))
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: the connection ended", ErrIncomplete)
	default:
		return fmt.Errorf("%w: the connection broke: %w", ErrIncomplete, err)
	}
}
