package ecsexec

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

func answerOne(a *agent) error { return errors.Join(a.print("1\r\n"), a.bye("")) }

// A presigned URL is a credential already: it is dialled as it is, and never
// shown.
func TestPresigned(t *testing.T) {
	const presigned = "&X-Amz-Credential=AKIA&X-Amz-Signature=0123"
	g := newGateway(t, answerOne)
	g.stream += presigned
	client := g.client()
	client.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("not to be asked")
	})
	got, err := g.runAs(t, t.Context(), client, testTarget, testCommand)
	check(t, got, err, "1\r\n", nil, nil)
	g.agentDone(t)

	g = newGateway(t, nil)
	g.stream = strings.Replace(g.stream, g.server.Listener.Addr().String(), "127.0.0.1:1", 1) + presigned
	if _, err := g.run(t, t.Context()); err == nil { // run checks what the error names
		t.Error("no error from a port where nobody listens")
	}
}

// TestRefusedSignature: a caller without the permission for the data channel is
// let in by the session's token, in one more try.
func TestRefusedSignature(t *testing.T) {
	g := newGateway(t, answerOne)
	var upgrades atomic.Int32
	g.upgrade = func(w http.ResponseWriter, r *http.Request) {
		upgrades.Add(1)
		if r.Header.Get("Authorization") != "" {
			http.Error(w, "not authorized to perform ssmmessages:OpenDataChannel", http.StatusForbidden)
			return
		}
		g.played <- g.hold(w, r)
	}
	got, err := g.run(t, t.Context())
	check(t, got, err, "1\r\n", nil, nil)
	g.agentDone(t)
	if n := upgrades.Load(); n != 2 {
		t.Errorf("%d upgrades were tried, want 2", n)
	}
}

func TestNoCredentials(t *testing.T) {
	g := newGateway(t, nil)
	client := g.client()
	gone := errors.New("no credentials")
	client.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, gone
	})
	if _, err := g.runAs(t, t.Context(), client, testTarget, testCommand); !errors.Is(err, gone) {
		t.Errorf("%v, want %v", err, gone)
	}
}

func TestUpgradeRefused(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "see "+testToken, code) }
	}
	tests := map[string]struct {
		upgrade http.HandlerFunc
		err     error
	}{
		"unauthorized": {status(http.StatusUnauthorized), ErrRefused},
		"forbidden":    {status(http.StatusForbidden), ErrRefused},
		"gone":         {status(http.StatusGone), nil},
		"failing":      {status(http.StatusInternalServerError), nil},
		"no websocket": {status(http.StatusOK), nil},
		"wrong accept": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"+
				"Upgrade: websocket\r\nSec-WebSocket-Accept: "+testToken+"\r\n\r\n")
		}, ErrProtocol},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, nil)
			g.upgrade = test.upgrade
			got, err := g.run(t, t.Context())
			if err == nil {
				t.Fatal("no error")
			}
			for _, category := range categories {
				if errors.Is(err, category) != errors.Is(test.err, category) {
					t.Errorf("error %v, want %v alone", err, test.err)
				}
			}
			if got != "" {
				t.Errorf("output %q", got)
			}
		})
	}
}

// What is not a websocket cannot fill the memory: a header beyond the bound is
// given up before its status is known.
func TestEndlessHeader(t *testing.T) {
	g := newGateway(t, nil)
	g.upgrade = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Endless", strings.Repeat("x", 2*maxResponseHeader))
	}
	if _, err := g.run(t, t.Context()); err == nil || strings.Contains(err.Error(), "status") {
		t.Errorf("%v", err)
	}
}

// A redirect leads nowhere: it could lead around the list of hosts.
func TestRedirect(t *testing.T) {
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer elsewhere.Close()
	g := newGateway(t, nil)
	g.upgrade = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}
	if _, err := g.run(t, t.Context()); err == nil || followed.Load() {
		t.Errorf("%v, followed %v", err, followed.Load())
	}
}

// A stream elsewhere is not dialled, and its session is terminated.
func TestStreamElsewhere(t *testing.T) {
	g := newGateway(t, nil)
	g.upgrade = func(http.ResponseWriter, *http.Request) { t.Error("the stream was dialled") }
	client := g.client()
	client.Loopback = false
	got, err := g.runAs(t, t.Context(), client, testTarget, testCommand)
	check(t, got, err, "", ErrProtocol, nil)

	g = newGateway(t, nil)
	g.stream = ""
	got, err = g.run(t, t.Context())
	check(t, got, err, "", ErrProtocol, nil)
}

func TestOverTLS(t *testing.T) {
	g := newGateway(t, answerOne)
	secure := httptest.NewTLSServer(g.server.Config.Handler)
	defer secure.Close()
	g.stream = "wss" + strings.TrimPrefix(secure.URL, "https") + "/v1/data-channel/" + g.session

	client := g.client()
	client.Transport = secure.Client().Transport.(*http.Transport)
	bound := client.Transport.MaxResponseHeaderBytes
	got, err := g.runAs(t, t.Context(), client, testTarget, testCommand)
	check(t, got, err, "1\r\n", nil, nil)
	g.agentDone(t)
	if client.Transport.MaxResponseHeaderBytes != bound {
		t.Error("the caller's transport was changed")
	}

	if _, err := g.run(t, t.Context()); err == nil {
		t.Error("a certificate of nobody's was trusted")
	}
}

// Whoever accepts a connection and then says nothing holds the call until its
// deadline, and no longer.
func TestSilentServer(t *testing.T) {
	for _, scheme := range []string{"ws", "wss"} {
		t.Run(scheme, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			hungUp := make(chan error, 1)
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					hungUp <- err
					return
				}
				defer conn.Close()
				_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
				_, err = io.Copy(io.Discard, conn)
				hungUp <- err
			}()
			g := newGateway(t, nil)
			g.stream = scheme + "://" + listener.Addr().String() + "/"
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			got, err := g.run(t, ctx)
			check(t, got, err, "", ErrTimedOut, nil)
			listener.Close()
			var timeout net.Error
			if err := <-hungUp; errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("the connection outlived the call")
			}
		})
	}
}

func TestNotStarted(t *testing.T) {
	tests := map[string]struct {
		execute http.HandlerFunc
		err     error
		code    string
	}{
		"denied":        {awsError(400, "AccessDeniedException", "User: arn:aws-us-gov:iam::111122223333:role/guard is not authorized"), ErrRefused, "AccessDeniedException"},
		"not enabled":   {awsError(400, "InvalidParameterException", "The execute command failed because execute command was not enabled"), ErrNotReady, "InvalidParameterException"},
		"not connected": {awsError(400, "TargetNotConnectedException", "The execute command failed due to an internal error"), ErrNotReady, "TargetNotConnectedException"},
		"throttled":     {awsError(400, "ThrottlingException", "Rate exceeded"), nil, "ThrottlingException"},
		"no cluster":    {awsError(400, "ClusterNotFoundException", "Cluster not found."), nil, "ClusterNotFoundException"},
		"broken":        {awsError(500, "ServerException", "Internal"), nil, "ServerException"},
		"no session":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }, ErrProtocol, ""},
		"no session id": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"session":{"streamUrl":"wss://x","tokenValue":"`+testToken+`"}}`)
		}, ErrProtocol, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, nil)
			g.execute = test.execute
			_, err := g.run(t, t.Context())
			for _, category := range categories {
				if errors.Is(err, category) != errors.Is(test.err, category) {
					t.Errorf("error %v, want %v alone", err, test.err)
				}
			}
			var api smithy.APIError
			if code := ""; errors.As(err, &api) {
				if code = api.ErrorCode(); code != test.code {
					t.Errorf("code %s, want %s", code, test.code)
				}
			} else if test.code != "" || err == nil {
				t.Errorf("error %v without the code %s", err, test.code)
			}
			if len(g.executed) != 1 || len(g.terminated) != 0 {
				t.Errorf("%d ExecuteCommand, %d TerminateSession, want 1 and 0", len(g.executed), len(g.terminated))
			}
		})
	}
}

func TestECSTimesOut(t *testing.T) {
	g := newGateway(t, nil)
	g.execute = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	got, err := g.run(t, ctx)
	check(t, got, err, "", ErrTimedOut, nil)
}
