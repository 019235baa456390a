package ecsexec

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

// agent is the other side of one data channel, one frame at a time.
type agent struct {
	ctx     context.Context
	conn    *websocket.Conn
	session string
	gateway *gateway
	sent    int64 // output frames
	heard   int64 // input frames
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// opened reads and checks the opening of the data channel.
func (a *agent) opened() error {
	kind, message, err := a.conn.Read(a.ctx)
	if err != nil {
		return fmt.Errorf("read the opening: %w", err)
	}
	var opening map[string]string
	if err := json.Unmarshal(message, &opening); err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	for _, member := range []string{"RequestId", "ClientId"} {
		if !uuid4.MatchString(opening[member]) {
			return fmt.Errorf("opening: %s %q is no UUID", member, opening[member])
		}
		delete(opening, member)
	}
	want := map[string]string{"MessageSchemaVersion": "1.0", "TokenValue": testToken, "ClientVersion": "1.3.0.0"}
	if diff := cmp.Diff(want, opening); diff != "" || kind != websocket.MessageText {
		return fmt.Errorf("opening of type %v (-want +got):\n%s", kind, diff)
	}
	return nil
}

// raw sends a message as it is.
func (a *agent) raw(message []byte) error {
	return a.conn.Write(a.ctx, websocket.MessageBinary, message)
}

// out is the next frame of the output stream, not sent yet.
func (a *agent) out(payloadType uint32, payload []byte) frame {
	f := frame{
		Type: typeOutput, Created: time.Now(), Sequence: a.sent, ID: newID(),
		PayloadType: payloadType, Payload: payload,
	}
	if a.sent == 0 {
		f.Flags = flagSYN
	}
	a.sent++
	return f
}

// say sends the next frame of the output stream and waits for its
// acknowledgement.
func (a *agent) say(payloadType uint32, payload []byte) error {
	f := a.out(payloadType, payload)
	if err := a.raw(f.encode()); err != nil {
		return err
	}
	return a.acknowledged(f)
}

func (a *agent) print(text string) error { return a.say(payloadOutput, []byte(text)) }

// hear reads the client's next frame.
func (a *agent) hear() (frame, error) {
	kind, message, err := a.conn.Read(a.ctx)
	if err != nil {
		return frame{}, fmt.Errorf("read from the client: %w", err)
	}
	f, err := decode(message)
	if err != nil {
		return frame{}, fmt.Errorf("from the client: %w", err)
	}
	if kind != websocket.MessageBinary || !uuid4.MatchString(f.ID.String()) || f.Created.IsZero() {
		return frame{}, fmt.Errorf("from the client: message of type %v with id %s, created %s", kind, f.ID, f.Created)
	}
	return f, nil
}

// acknowledged expects the acknowledgement of a frame, and nothing before it.
func (a *agent) acknowledged(f frame) error {
	got, err := a.hear()
	if err != nil {
		return err
	}
	var content map[string]any
	if err := json.Unmarshal(got.Payload, &content); err != nil {
		return fmt.Errorf("acknowledgement: %w", err)
	}
	got.ID, got.Created, got.Payload = messageID{}, time.Time{}, nil
	want := frame{Type: typeAcknowledge, Flags: 3}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("acknowledgement (-want +got):\n%s", diff)
	}
	wantContent := map[string]any{
		"AcknowledgedMessageType":           f.Type,
		"AcknowledgedMessageId":             f.ID.String(),
		"AcknowledgedMessageSequenceNumber": float64(f.Sequence),
		"IsSequentialMessage":               true,
	}
	if diff := cmp.Diff(wantContent, content); diff != "" {
		return fmt.Errorf("acknowledgement (-want +got):\n%s", diff)
	}
	return nil
}

// answered expects the client's next input frame.
func (a *agent) answered(payloadType uint32) ([]byte, error) {
	f, err := a.hear()
	if err != nil {
		return nil, err
	}
	want := frame{Type: typeInput, Sequence: a.heard, PayloadType: payloadType}
	if a.heard == 0 {
		want.Flags = flagSYN
	}
	a.heard++
	payload := f.Payload
	f.ID, f.Created, f.Payload = messageID{}, time.Time{}, nil
	if diff := cmp.Diff(want, f); diff != "" {
		return nil, fmt.Errorf("input (-want +got):\n%s", diff)
	}
	return payload, nil
}

// bye closes the channel the way the service does.
func (a *agent) bye(output string) error {
	payload, err := json.Marshal(map[string]any{
		"MessageType": typeClosed, "SchemaVersion": 1, "SessionId": a.session, "Output": output,
	})
	if err != nil {
		return err
	}
	return a.raw(shortened(frame{Type: typeClosed, Created: time.Now(), ID: newID(), Payload: payload}))
}

// gone waits for the client to hang up.
func (a *agent) gone() error {
	for {
		if _, _, err := a.conn.Read(a.ctx); err != nil {
			return a.ctx.Err()
		}
	}
}

// shortened is a frame's wire form with the header that has no payload type.
func shortened(f frame) []byte {
	b := f.encode()
	binary.BigEndian.PutUint32(b, shortHeader)
	return append(b[:offsetPayload], b[longHeader:]...)
}

// request begins a handshake that asks for encryption.
func (a *agent) request() error {
	return a.say(payloadHandshakeRequest, []byte(`{"AgentVersion":"3.3.0.0","RequestedClientActions":[`+
		`{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands","Properties":null}},`+
		`{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"`+testKey+`"}}]}`))
}

const testKey = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/fake"

// negotiate holds a whole handshake with encryption, as the agent does, and
// answers the agent's keys.
func (a *agent) negotiate(dataKey []byte) (*sessionKeys, error) {
	if err := a.request(); err != nil {
		return nil, err
	}
	response, err := a.answered(payloadHandshakeResponse)
	if err != nil {
		return nil, err
	}
	want := `{"ClientVersion":"1.3.0.0","ProcessedClientActions":[` +
		`{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},` +
		`{"ActionType":"KMSEncryption","ActionStatus":1,"ActionResult":{"KMSCipherTextKey":"d3JhcHBlZA=="},"Error":""}],"Errors":[]}`
	if diff := cmp.Diff(want, string(response)); diff != "" {
		return nil, fmt.Errorf("handshake response (-want +got):\n%s", diff)
	}
	keys, err := agentKeys(dataKey)
	if err != nil {
		return nil, err
	}
	nonsense := []byte("a challenge of the agent")
	asked, err := json.Marshal(challenge{Challenge: keys.seal(nonsense)})
	if err != nil {
		return nil, err
	}
	if err := a.say(payloadChallenge, asked); err != nil {
		return nil, err
	}
	proof, err := a.answered(payloadChallengeResponse)
	if err != nil {
		return nil, err
	}
	var proved challenge
	if err := json.Unmarshal(proof, &proved); err != nil {
		return nil, err
	}
	plain, err := keys.open(proved.Challenge)
	if err != nil {
		return nil, err
	}
	if string(plain) != string(nonsense) {
		return nil, fmt.Errorf("the client proved %q", plain)
	}
	return keys, a.say(payloadHandshakeComplete, []byte(`{"HandshakeTimeToComplete":20104665,"CustomerMessage":"This session is encrypted using AWS KMS."}`))
}

// agentKeys are the client's keys seen from the other side.
func agentKeys(dataKey []byte) (*sessionKeys, error) {
	keys, err := newSessionKeys(dataKey)
	if err != nil {
		return nil, err
	}
	keys.fromAgent, keys.toAgent = keys.toAgent, keys.fromAgent
	return keys, nil
}
