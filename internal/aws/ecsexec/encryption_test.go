package ecsexec

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newDataKey() []byte {
	key := make([]byte, dataKeySize)
	_, _ = rand.Read(key)
	return key
}

// keysOf makes the gateway's KMS give out one data key and checks what for.
func keysOf(g *gateway, dataKey []byte) {
	g.dataKey = func(keyID string, encryptionContext map[string]string) ([]byte, []byte, error) {
		want := map[string]string{
			"aws:ssm:SessionId": testSession,
			"aws:ssm:TargetId":  "ecs:prod_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef-1234567890",
		}
		if diff := cmp.Diff(want, encryptionContext); diff != "" || keyID != testKey {
			return nil, nil, errors.New("data key under " + keyID + " (-want +got):\n" + diff)
		}
		return bytes.Clone(dataKey), []byte("wrapped"), nil
	}
}

func TestEncrypted(t *testing.T) {
	type test struct {
		after func(*agent, *sessionKeys) error // the handshake
		want  string
		err   error
	}
	tests := map[string]test{
		"encrypted": {want: "1\r\n", after: func(a *agent, keys *sessionKeys) error {
			return errors.Join(a.say(payloadOutput, keys.seal([]byte("1"))), a.say(payloadStderr, keys.seal([]byte("\r\n"))),
				a.say(payloadExitCode, keys.seal([]byte("0"))), a.bye(""))
		}},
		"plain output after all": {err: ErrEncryption, after: func(a *agent, _ *sessionKeys) error {
			return errors.Join(a.print("1\r\n"), a.gone())
		}},
		"empty output after all": {err: ErrEncryption, after: func(a *agent, _ *sessionKeys) error {
			return errors.Join(a.print(""), a.gone())
		}},
		"output changed on the way": {err: ErrEncryption, after: func(a *agent, keys *sessionKeys) error {
			sealed := keys.seal([]byte("0\r\n"))
			sealed[len(sealed)-1] ^= 1
			return errors.Join(a.say(payloadOutput, sealed), a.gone())
		}},
		"output under the other key": {err: ErrEncryption, after: func(a *agent, keys *sessionKeys) error {
			keys.toAgent = keys.fromAgent
			return errors.Join(a.say(payloadOutput, keys.seal([]byte("1\r\n"))), a.gone())
		}},
		"a second handshake": {err: ErrProtocol, after: func(a *agent, _ *sessionKeys) error {
			return errors.Join(a.request(), a.gone())
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dataKey := newDataKey()
			g := newGateway(t, func(a *agent) error {
				keys, err := a.negotiate(dataKey)
				if err != nil {
					return err
				}
				return test.after(a, keys)
			})
			keysOf(g, dataKey)
			got, err := g.run(t, t.Context())
			g.agentDone(t)
			check(t, got, err, test.want, test.err, nil)
		})
	}
}

// Asked for encryption, the client never goes on without it.
func TestEncryptionRefused(t *testing.T) {
	asked := func(a *agent) error { return errors.Join(a.request(), a.gone()) }
	challenged := func(payload string) func(a *agent) error {
		return func(a *agent) error {
			err := a.request()
			if err == nil {
				_, err = a.answered(payloadHandshakeResponse)
			}
			return errors.Join(err, a.say(payloadChallenge, []byte(payload)), a.gone())
		}
	}
	tests := map[string]struct {
		play   func(*agent) error
		change func(*gateway, *Client)
		err    error
	}{
		"by KMS":             {play: asked, err: ErrEncryption, change: func(g *gateway, _ *Client) { g.dataKey = nil }},
		"for want of a KMS":  {play: asked, err: ErrEncryption, change: func(_ *gateway, c *Client) { c.Keys = nil }},
		"key too short":      {play: asked, err: ErrEncryption, change: func(g *gateway, _ *Client) { keysOf(g, make([]byte, 32)) }},
		"key too long":       {play: asked, err: ErrEncryption, change: func(g *gateway, _ *Client) { keysOf(g, make([]byte, 65)) }},
		"foreign challenge":  {play: challenged(`{"Challenge":"` + strings.Repeat("AAAA", 20) + `"}`), err: ErrEncryption},
		"empty challenge":    {play: challenged(`{}`), err: ErrEncryption},
		"challenge no JSON":  {play: challenged(`Challenge`), err: ErrProtocol},
		"challenge no bytes": {play: challenged(`{"Challenge":"~"}`), err: ErrProtocol},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, test.play)
			keysOf(g, newDataKey())
			client := g.client()
			if test.change != nil {
				test.change(g, client)
			}
			got, err := g.runAs(t, t.Context(), client, testTarget, testCommand)
			g.agentDone(t)
			check(t, got, err, "", test.err, nil)
		})
	}
}

// KMS that does not answer is a timeout, not a refusal.
func TestEncryptionTimesOut(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	g := newGateway(t, func(a *agent) error { return errors.Join(a.request(), a.gone()) })
	g.dataKey = func(string, map[string]string) ([]byte, []byte, error) {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}
	got, err := g.run(t, ctx)
	g.agentDone(t)
	check(t, got, err, "", ErrTimedOut, nil)
}

// The handshake's steps come in one order only, with or without encryption.
func TestHandshakeOrder(t *testing.T) {
	const plain = `{"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands"}}]}`
	ask := func(a *agent, request string) error {
		if err := a.say(payloadHandshakeRequest, []byte(request)); err != nil {
			return err
		}
		_, err := a.answered(payloadHandshakeResponse)
		return err
	}
	complete := func(a *agent) error { return a.say(payloadHandshakeComplete, []byte(`{}`)) }
	tests := map[string]struct {
		play func(*agent) error
		want string
		err  error
	}{
		"without encryption": {want: "1\r\n", play: func(a *agent) error {
			return errors.Join(ask(a, plain), complete(a), a.print("1\r\n"), a.bye(""))
		}},
		"output before the end": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(ask(a, plain), a.print("1\r\n"), a.gone())
		}},
		"plain output before the challenge": {err: ErrProtocol, play: func(a *agent) error {
			if err := a.request(); err != nil {
				return err
			}
			_, err := a.answered(payloadHandshakeResponse)
			return errors.Join(err, a.print("1\r\n"), a.gone())
		}},
		"end before the challenge": {err: ErrProtocol, play: func(a *agent) error {
			if err := a.request(); err != nil {
				return err
			}
			_, err := a.answered(payloadHandshakeResponse)
			return errors.Join(err, complete(a), a.gone())
		}},
		"close before the challenge": {err: ErrIncomplete, play: func(a *agent) error {
			if err := a.request(); err != nil {
				return err
			}
			_, err := a.answered(payloadHandshakeResponse)
			return errors.Join(err, a.bye(""), a.gone())
		}},
		"close before the end": {err: ErrIncomplete, play: func(a *agent) error {
			return errors.Join(ask(a, plain), a.bye(""), a.gone())
		}},
		"end without a beginning":       {err: ErrProtocol, play: func(a *agent) error { return errors.Join(complete(a), a.gone()) }},
		"challenge without a beginning": {err: ErrProtocol, play: func(a *agent) error { return errors.Join(a.say(payloadChallenge, []byte(`{}`)), a.gone()) }},
		"beginning after output": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.print("1\r\n"), a.request(), a.gone())
		}},
		"unknown action": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.say(payloadHandshakeRequest, []byte(`{"RequestedClientActions":[{"ActionType":"Invention"}]}`)), a.gone())
		}},
		"encryption twice": {err: ErrProtocol, play: func(a *agent) error {
			action := `{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"` + testKey + `"}}`
			return errors.Join(a.say(payloadHandshakeRequest, []byte(`{"RequestedClientActions":[`+action+`,`+action+`]}`)), a.gone())
		}},
		"encryption without parameters": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.say(payloadHandshakeRequest, []byte(`{"RequestedClientActions":[{"ActionType":"KMSEncryption"}]}`)), a.gone())
		}},
		"no JSON": {err: ErrProtocol, play: func(a *agent) error {
			return errors.Join(a.say(payloadHandshakeRequest, []byte(`hello`)), a.gone())
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, test.play)
			keysOf(g, newDataKey())
			got, err := g.run(t, t.Context())
			g.agentDone(t)
			check(t, got, err, test.want, test.err, nil)
		})
	}
}

// The recorded data key opens what AWS's agent encrypted with it.
func TestRecordedEncryption(t *testing.T) {
	for _, r := range recordings(t) {
		if r.DataKey == nil {
			continue
		}
		keys, err := newSessionKeys(r.DataKey)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range r.Lines {
			f, err := decode(line.Message)
			if err != nil {
				t.Fatal(err)
			}
			switch f.PayloadType {
			case payloadOutput:
				if plain, err := keys.open(f.Payload); err != nil || string(plain) != "0\r\n" {
					t.Errorf("output %q, %v", plain, err)
				}
			case payloadChallenge:
				var c challenge
				if err := json.Unmarshal(f.Payload, &c); err != nil {
					t.Fatal(err)
				}
				if plain, err := keys.open(c.Challenge); err != nil || len(plain) == 0 {
					t.Errorf("challenge %q, %v", plain, err)
				}
			}
		}
		return
	}
	t.Fatal("no encrypted recording")
}
