package ecs

import (
	"cmp"
	"context"
	"crypto/fips140"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/coder/websocket"
)

// channelPath is where Systems Manager's message gateway has its data channels.
const channelPath = "/v1/data-channel/"

func (e *ECS) streamURL(s *execSession) string {
	return "ws" + strings.TrimPrefix(e.kernel.Endpoint(), "http") + channelPath + s.id + "?role=publish_subscribe"
}

// serveChannel is the message gateway: it checks who asks, takes the token, and
// acts as the agent of the container.
func (e *ECS) serveChannel(w http.ResponseWriter, r *http.Request) {
	var in kernel.Request
	if err := e.kernel.Identify(&in, r); err != nil || in.Service != "ssmmessages" {
		http.Error(w, "the upgrade is not signed for ssmmessages", http.StatusForbidden)
		return
	}
	e.kernel.Lock()
	s := e.sessions[strings.TrimPrefix(r.URL.Path, channelPath)]
	e.kernel.Unlock()
	if s == nil {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	var conn *websocket.Conn
	var err error
	// The upgrade is answered with a SHA-1, which FIPS-only mode refuses.
	fips140.WithoutEnforcement(func() { conn, err = websocket.Accept(w, r, nil) })
	if err != nil {
		return // websocket has answered
	}
	defer func() { _ = conn.CloseNow() }()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-e.kernel.Closing():
		case <-s.ended:
		case <-ctx.Done():
		}
		cancel()
	}()
	(&agent{ecs: e, session: s, conn: conn}).hold(ctx)
}

// agent is the container's side of one data channel.
type agent struct {
	ecs     *ECS
	session *execSession
	conn    *websocket.Conn
}

// hold holds the conversation: the opening, the answer until it is
// acknowledged, the end. A session that is abandoned keeps its slot until
// TerminateSession.
func (g *agent) hold(ctx context.Context) {
	if !g.opened(ctx) {
		return
	}
	for g.ecs.waits(g.session) {
		kernel.Pause(ctx, 10*time.Millisecond)
		if ctx.Err() != nil {
			return
		}
	}
	as := g.session.exec
	switch {
	case as.Silent:
		<-ctx.Done()
		return
	case as.EarlyClose:
		return
	}
	kernel.Pause(ctx, g.ecs.execTime)
	failure := as.Failure
	output, ok := g.ecs.command(g.session.command, g.session.fips)
	if failure == "" && !ok {
		failure = "Unable to start command: Failed to start pty: fork/exec: no such file or directory"
	}
	if failure == "" && !g.print(ctx, cmp.Or(as.Answer, output)) {
		return
	}
	g.ecs.kernel.Lock()
	g.ecs.end(g.session)
	g.ecs.kernel.Unlock()
	// The session's end cancels ctx; the last word is still to be sent.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	closing, err := json.Marshal(map[string]any{"MessageType": "channel_closed", "SchemaVersion": 1, "SessionId": g.session.id, "Output": failure})
	if err != nil || g.conn.Write(last, websocket.MessageBinary, g.frame("channel_closed", 0, 0, 0, closing)) != nil {
		return
	}
	_, _, _ = g.conn.Read(last) // until the client hangs up
}

// opened reads the opening and takes its token, which counts once.
func (g *agent) opened(ctx context.Context) bool {
	_, message, err := g.conn.Read(ctx)
	if err != nil {
		return false
	}
	var opening struct{ TokenValue string }
	if json.Unmarshal(message, &opening) != nil || opening.TokenValue != g.session.token {
		return false
	}
	g.ecs.kernel.Lock()
	defer g.ecs.kernel.Unlock()
	if g.session.used {
		return false
	}
	g.session.used = true
	return true
}

// print sends an answer in pieces, each until it is acknowledged. The client
// acknowledges in order, so any message from it will do.
func (g *agent) print(ctx context.Context, text string) bool {
	const piece, payloadOutput = 1024, 1
	for sequence := int64(0); len(text) > 0; sequence++ {
		next := text[:min(len(text), piece)]
		text = text[len(next):]
		flags := uint64(0)
		if sequence == 0 {
			flags = 1 // SYN
		}
		if g.conn.Write(ctx, websocket.MessageBinary, g.frame("output_stream_data", sequence, flags, payloadOutput, []byte(next))) != nil {
			return false
		}
		if _, _, err := g.conn.Read(ctx); err != nil {
			return false
		}
	}
	return true
}

// frame is one message on the wire (docs/facts.md, "ECS Exec without the
// plugin"): header length, type, schema version, time, sequence, flags, id,
// digest, payload type, payload length, payload.
func (g *agent) frame(kind string, sequence int64, flags uint64, payloadType uint32, payload []byte) []byte {
	const header = 116
	digest := sha256.Sum256(payload)
	b := binary.BigEndian.AppendUint32(nil, header)
	b = append(b, (kind + strings.Repeat(" ", 32))[:32]...)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint64(b, uint64(time.Now().UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, uint64(sequence))
	b = binary.BigEndian.AppendUint64(b, flags)
	b = append(b, g.ecs.kernel.IDs.Hex(8)...) // 16 bytes that are random enough
	b = append(b, digest[:]...)
	b = binary.BigEndian.AppendUint32(b, payloadType)
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	return append(b, payload...)
}
