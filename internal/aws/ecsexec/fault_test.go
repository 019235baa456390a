package ecsexec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Every fault of the message channel: what the agent's side does, and what
// becomes of the answer. The runs also check TerminateSession and secrecy.
func TestFaults(t *testing.T) {
	type test struct {
		play  func(*agent) error
		want  string // the output, or
		err   error  // what the error is, or
		text  *ChannelError
		limit time.Duration
	}
	tests := map[string]test{
		"repeated": {want: "1\r\n", play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			for range 3 { // each time acknowledged
				if err := errors.Join(a.raw(f.encode()), a.acknowledged(f)); err != nil {
					return err
				}
			}
			return a.bye("")
		}},
		"repeated with other content": {want: "1\r\n", play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			if err := errors.Join(a.raw(f.encode()), a.acknowledged(f)); err != nil {
				return err
			}
			f.Payload = []byte("0\r\n")
			return errors.Join(a.raw(f.encode()), a.acknowledged(f), a.bye(""))
		}},
		"reordered": {want: "abcd", play: func(a *agent) error {
			var frames []frame
			for _, text := range []string{"a", "b", "c", "d"} {
				frames = append(frames, a.out(payloadOutput, []byte(text)))
			}
			for _, n := range []int{2, 3, 1, 0} {
				if err := errors.Join(a.raw(frames[n].encode()), a.acknowledged(frames[n])); err != nil {
					return err
				}
			}
			return a.bye("")
		}},
		"dropped and sent again": {want: "ab", play: func(a *agent) error {
			lost, f := a.out(payloadOutput, []byte("a")), a.out(payloadOutput, []byte("b"))
			return errors.Join(a.raw(f.encode()), a.acknowledged(f), a.raw(lost.encode()), a.acknowledged(lost), a.bye(""))
		}},
		"dropped": {err: ErrIncomplete, play: func(a *agent) error {
			a.out(payloadOutput, []byte("1"))
			return errors.Join(a.print("\r\n"), a.bye(""), a.gone())
		}},
		"too far ahead": {want: "1\r\n", play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			far := f
			far.Sequence = windowSize
			farther := f
			farther.Sequence = math.MaxInt64
			// Not acknowledged, so that the agent sends them again: the first
			// acknowledgement is that of f.
			return errors.Join(a.raw(far.encode()), a.raw(farther.encode()), a.raw(f.encode()), a.acknowledged(f), a.bye(""))
		}},
		"sequence below zero": {err: ErrProtocol, play: func(a *agent) error {
			a.sent = -1
			return errors.Join(a.raw(a.out(payloadOutput, []byte("1")).encode()), a.gone())
		}},
		"split over frames": {want: "1\r\n", play: func(a *agent) error {
			return errors.Join(a.print("1"), a.print("\r"), a.print(""), a.print("\n"), a.bye(""))
		}},
		"split within a message": {want: "1\r\n", play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			w, err := a.conn.Writer(a.ctx, websocket.MessageBinary)
			if err != nil {
				return err
			}
			for part := range bytes.SplitSeq(f.encode(), nil) {
				if _, err := w.Write(part); err != nil {
					return err
				}
			}
			return errors.Join(w.Close(), a.acknowledged(f), a.bye(""))
		}},
		"no output": {want: "", play: func(a *agent) error { return a.bye("") }},
		"stderr": {want: "oops", play: func(a *agent) error {
			return errors.Join(a.say(payloadStderr, []byte("oops")), a.bye(""))
		}},
		"as much output as is allowed": {want: strings.Repeat("x", MaxOutput), play: func(a *agent) error {
			for range MaxOutput / 1024 {
				if err := a.print(strings.Repeat("x", 1024)); err != nil {
					return err
				}
			}
			return a.bye("")
		}},
		"oversized output": {err: ErrTooLong, play: func(a *agent) error {
			for range MaxOutput / 1024 {
				if err := a.print(strings.Repeat("x", 1024)); err != nil {
					return err
				}
			}
			return errors.Join(a.print("x"), a.gone())
		}},
		"oversized message": {err: ErrProtocol, play: func(a *agent) error {
			f := a.out(payloadOutput, make([]byte, maxMessage))
			_ = a.raw(f.encode()) // the client may hang up before it is written
			return a.gone()
		}},
		"oversized claim": {err: ErrProtocol, play: func(a *agent) error {
			b := a.out(payloadOutput, []byte("1")).encode()
			b[longHeader] = 0xff
			return errors.Join(a.raw(b), a.gone())
		}},
		"bad digest": {err: ErrProtocol, play: func(a *agent) error {
			b := a.out(payloadOutput, []byte("0\r\n")).encode()
			b[longHeader+lengthSize] = '1'
			return errors.Join(a.raw(b), a.gone())
		}},
		"bad digest of the end": {err: ErrProtocol, play: func(a *agent) error {
			b := shortened(frame{Type: typeClosed, Payload: []byte(`{"Output":""}`)})
			b[offsetDigest] ^= 1
			return errors.Join(a.print("1\r\n"), a.raw(b), a.gone())
		}},
		"message types to ignore": {want: "1\r\n", play: func(a *agent) error {
			for _, kind := range []string{"start_publication", "pause_publication", "agent_session_state", typeAcknowledge, typeInput, "later_invention", ""} {
				f := frame{Type: kind, PayloadType: payloadOutput, Payload: []byte("0\r\n")}
				spoilt := f.encode() // the plugin does not check what it ignores
				spoilt[offsetDigest] ^= 1
				if err := errors.Join(a.raw(f.encode()), a.raw(spoilt)); err != nil {
					return err
				}
			}
			return errors.Join(a.print("1\r\n"), a.bye("")) // none of them acknowledged
		}},
		"wrong payload type": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.say(99, []byte("1\r\n")), a.gone())
		}},
		"no payload type": {err: ErrProtocol, play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			return errors.Join(a.raw(shortened(f)), a.acknowledged(f), a.gone())
		}},
		"payload types to ignore": {want: "1\r\n", play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.say(payloadFlag, []byte{0, 0, 0, 1}), a.say(payloadExitCode, []byte("0")), a.bye(""))
		}},
		"error payload": {text: &ChannelError{Text: "no such shell"}, play: func(a *agent) error {
			return errors.Join(a.say(payloadError, []byte("no such shell\n")), a.gone())
		}},
		"text for a frame": {err: ErrProtocol, play: func(a *agent) error {
			f := a.out(payloadOutput, []byte("1\r\n"))
			return errors.Join(a.conn.Write(a.ctx, websocket.MessageText, f.encode()), a.bye(""), a.gone())
		}},
		"a message without a type": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.raw([]byte("1\r\n")), a.gone())
		}},
		"silence": {err: ErrTimedOut, limit: 500 * time.Millisecond, play: func(a *agent) error { return a.gone() }},
		"silence after output": {err: ErrTimedOut, limit: 500 * time.Millisecond, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.gone())
		}},
		"silence but for pings": {err: ErrTimedOut, limit: 500 * time.Millisecond, play: func(a *agent) error {
			ctx := a.conn.CloseRead(a.ctx)
			for a.conn.Ping(ctx) == nil {
				time.Sleep(10 * time.Millisecond)
			}
			return nil
		}},
		"early close": {err: ErrIncomplete, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.conn.Close(websocket.StatusNormalClosure, ""))
		}},
		"early end of the connection": {err: ErrIncomplete, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.conn.CloseNow())
		}},
		"error close": {text: &ChannelError{Text: "Unable to start command: no such file"}, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.bye("Unable to start command: no such file"), a.gone())
		}},
		"error close with a hostile text": {
			text: &ChannelError{Text: "token [secret] [31m 2nd line " + strings.Repeat("é", 226) + "…"},
			play: func(a *agent) error {
				return errors.Join(a.bye("token "+testToken+"\x1b[31m\r\n\u202e2nd line\x00 "+strings.Repeat("é", 5000)), a.gone())
			},
		},
		"error close with a blank text": {text: &ChannelError{}, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.bye("\r\n"), a.gone())
		}},
		"error close of the websocket": {err: ErrIncomplete, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.conn.Close(websocket.StatusInternalError, "gone with "+testToken))
		}},
		"an end that cannot be read": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.raw(frame{Type: typeClosed, Payload: []byte(`{"Output":1}`)}.encode()), a.gone())
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, test.play)
			ctx := t.Context()
			if test.limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.limit)
				defer cancel()
			}
			got, err := g.run(t, ctx)
			g.agentDone(t)
			check(t, got, err, test.want, test.err, test.text)
		})
	}
}

// categories are the errors that callers tell apart; one error matches one.
var categories = []error{ErrRefused, ErrNotReady, ErrTimedOut, ErrIncomplete, ErrTooLong, ErrProtocol, ErrEncryption, ErrNotTerminated}

func check(t *testing.T, got string, err error, want string, wantErr error, wantText *ChannelError) {
	t.Helper()
	if got != want {
		t.Errorf("output %.100q, want %.100q", got, want)
	}
	for _, category := range categories {
		if errors.Is(err, category) != errors.Is(wantErr, category) {
			t.Errorf("error %v, want %v alone", err, wantErr)
		}
	}
	var text *ChannelError
	switch errors.As(err, &text); {
	case (text == nil) != (wantText == nil):
		t.Errorf("error %v, want %v", err, wantText)
	case text != nil && *text != *wantText:
		t.Errorf("text\n%q, want\n%q", text.Text, wantText.Text)
	case wantErr == nil && wantText == nil && err != nil:
		t.Errorf("error %v", err)
	}
}

// A cancelled call ends at once, is no timeout, and still ends the session.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g := newGateway(t, func(a *agent) error {
		if err := a.print("1\r\n"); err != nil {
			return err
		}
		cancel()
		return a.gone()
	})
	start := time.Now()
	got, err := g.run(t, ctx)
	if got != "" || !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimedOut) {
		t.Errorf("%q, %v, want context.Canceled", got, err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	g.agentDone(t)
}

// A session that could not be ended is told along with why it had to be, and
// the one reason is not mistaken for the other.
func TestNotTerminated(t *testing.T) {
	g := newGateway(t, func(a *agent) error { return a.conn.CloseNow() })
	g.terminateErr = fmt.Errorf("%w: not authorized", ErrRefused)
	_, err := g.run(t, t.Context())
	if !errors.Is(err, ErrIncomplete) || !errors.Is(err, ErrNotTerminated) || errors.Is(err, ErrRefused) {
		t.Errorf("%v, want ErrIncomplete and ErrNotTerminated alone", err)
	}
	if err == nil || !strings.Contains(err.Error(), testSession) {
		t.Errorf("%v does not name the session", err)
	}
}
