package ecsexec

import (
	"context"
	"crypto/fips140"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/coder/websocket"
)

const (
	testRegion  = "us-gov-west-1"
	testSession = "ecs-execute-command-0123456789abcdef0"
	testToken   = "AAEAAToken+that/must+never/be/printed=="
	testCommand = "cat /proc/sys/crypto/fips_enabled"
)

var testCredentials = aws.Credentials{
	AccessKeyID:     "AKIAEXAMPLEEXAMPLE00",
	SecretAccessKey: "dummydummydummydummydummydummydummydummy",
	SessionToken:    "dummy-session-token",
}

var testTarget = Target{
	Cluster:   "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/prod",
	Task:      "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
	Container: "app",
	RuntimeID: "0123456789abcdef0123456789abcdef-1234567890",
}

// gateway is everything the client talks to, on loopback: ECS's ExecuteCommand
// behind the real SDK client, Systems Manager's message gateway, TerminateSession
// and KMS. A script plays the agent.
type gateway struct {
	server  *httptest.Server
	session string
	// stream is the stream URL that ECS answers; the server's own by default.
	stream string
	// execute, if set, answers ExecuteCommand instead.
	execute http.HandlerFunc
	// upgrade, if set, answers the websocket upgrade instead.
	upgrade http.HandlerFunc
	// play is the agent's side of the data channel, from after its opening.
	play func(*agent) error
	// dataKey answers GenerateDataKey; nil refuses.
	dataKey func(keyID string, encryptionContext map[string]string) (plain, wrapped []byte, err error)
	// terminateErr is what TerminateSession fails with.
	terminateErr error

	played chan error

	mu         sync.Mutex
	executed   []executeRequest
	terminated []string
}

type executeRequest struct {
	Cluster, Task, Container, Command string
	Interactive                       bool
}

func newGateway(t testing.TB, play func(*agent) error) *gateway {
	t.Helper()
	g := &gateway{session: testSession, play: play, played: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", g.serveExecute)
	mux.HandleFunc("GET /v1/data-channel/{session}", g.serveChannel)
	g.server = httptest.NewServer(mux)
	t.Cleanup(g.server.Close)
	g.stream = "ws" + strings.TrimPrefix(g.server.URL, "http") + "/v1/data-channel/" + g.session + "?role=publish_subscribe&cell-number=AAEAAb%2Bc%3D"
	return g
}

func (g *gateway) client() *Client {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return testCredentials, nil
	})
	return &Client{
		ECS: ecs.New(ecs.Options{
			Region:       testRegion,
			BaseEndpoint: aws.String(g.server.URL),
			Credentials:  credentials,
			HTTPClient:   &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		}),
		Sessions:    g,
		Keys:        g,
		Credentials: credentials,
		Region:      testRegion,
		Now:         time.Now,
		Loopback:    true,
	}
}

func (g *gateway) serveExecute(w http.ResponseWriter, r *http.Request) {
	var request executeRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil ||
		r.Header.Get("X-Amz-Target") != "AmazonEC2ContainerServiceV20141113.ExecuteCommand" {
		http.Error(w, "not ExecuteCommand", http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	g.executed = append(g.executed, request)
	g.mu.Unlock()
	if g.execute != nil {
		g.execute(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{"session": map[string]string{
		"sessionId": g.session, "streamUrl": g.stream, "tokenValue": testToken,
	}})
}

// awsError answers the way ECS does.
func awsError(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
	}
}

func (g *gateway) serveChannel(w http.ResponseWriter, r *http.Request) {
	if g.upgrade != nil {
		g.upgrade(w, r)
		return
	}
	g.played <- g.hold(w, r)
}

// hold holds one data channel, for at most 10 s.
func (g *gateway) hold(w http.ResponseWriter, r *http.Request) error {
	if err := checkSignature(r); err != nil && g.upgrade == nil {
		http.Error(w, "bad signature", http.StatusForbidden)
		return err
	}
	var conn *websocket.Conn
	var err error
	fips140.WithoutEnforcement(func() { conn, err = websocket.Accept(w, r, nil) })
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	a := &agent{ctx: ctx, conn: conn, session: r.PathValue("session"), gateway: g}
	if err := a.opened(); err != nil {
		return err
	}
	return g.play(a)
}

// checkSignature signs the request again and compares.
func checkSignature(r *http.Request) error {
	if r.URL.Query().Has("X-Amz-Signature") {
		if r.Header.Get("Authorization") != "" {
			return errors.New("a presigned upgrade was signed again")
		}
		return nil
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return fmt.Errorf("upgrade without a date: %w", err)
	}
	again, err := http.NewRequest(http.MethodGet, "http://"+r.Host+r.RequestURI, nil)
	if err != nil {
		return err
	}
	if err := v4.NewSigner().SignHTTP(r.Context(), testCredentials, again, emptyHash, "ssmmessages", testRegion, at); err != nil {
		return err
	}
	if want, got := again.Header.Get("Authorization"), r.Header.Get("Authorization"); got != want {
		return fmt.Errorf("upgrade signed\n%s, want\n%s", got, want)
	}
	return nil
}

// TerminateSession makes the gateway a Sessions. It fails if its context is
// over or endless.
func (g *gateway) TerminateSession(ctx context.Context, sessionID string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, ok := ctx.Deadline(); !ok {
		return errors.New("TerminateSession without a deadline")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.terminated = append(g.terminated, sessionID)
	return g.terminateErr
}

// GenerateDataKey makes the gateway a Keys.
func (g *gateway) GenerateDataKey(_ context.Context, keyID string, encryptionContext map[string]string) ([]byte, []byte, error) {
	if g.dataKey == nil {
		return nil, nil, errors.New("AccessDeniedException: not authorized to perform kms:GenerateDataKey")
	}
	return g.dataKey(keyID, encryptionContext)
}

// run runs the command and checks what holds for every session: it is
// terminated if and only if it failed, and no error names token or command.
func (g *gateway) run(t testing.TB, ctx context.Context) (string, error) {
	t.Helper()
	return g.runAs(t, ctx, g.client(), testTarget, testCommand)
}

func (g *gateway) runAs(t testing.TB, ctx context.Context, client *Client, target Target, command string) (string, error) {
	t.Helper()
	output, err := client.Run(ctx, target, command)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		if len(g.terminated) != 0 {
			t.Errorf("a session that answered was terminated: %q", g.terminated)
		}
		return output, nil
	}
	if output != "" {
		t.Errorf("output %q along with an error", output)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%#v", err)} {
		if strings.Contains(text, testToken) || strings.Contains(text, command) || strings.Contains(text, "X-Amz-") {
			t.Errorf("the error names what it must not: %s", text)
		}
	}
	if g.execute == nil && (len(g.terminated) != 1 || g.terminated[0] != g.session) {
		t.Errorf("a session that failed was not terminated once: %q", g.terminated)
	}
	return "", err
}

// agentDone fails the test if the agent's script met anything unexpected.
func (g *gateway) agentDone(t testing.TB) {
	t.Helper()
	select {
	case err := <-g.played:
		if err != nil {
			t.Errorf("agent: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the agent's script did not end")
	}
}
