package kernel

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
)

// StartInProcess serves without a network, until Close: calls that InProcess
// carries and connections that Dial makes. Nothing in it waits outside of the
// process, so that it runs in a testing/synctest bubble.
func (k *Kernel) StartInProcess() {
	k.memory = &memory{connections: make(chan net.Conn), closed: make(chan struct{})}
	k.serve(k.memory)
}

// InProcess carries a call of the AWS SDK to the kernel and its answer back.
type InProcess struct{ Kernel *Kernel }

// Do answers a request. A connection that the kernel drops is one that the
// other side reset.
func (p InProcess) Do(request *http.Request) (*http.Response, error) {
	received := *request
	if received.Body == nil {
		received.Body = http.NoBody
	}
	if received.Host == "" {
		received.Host = request.URL.Host
	}
	w := &reply{header: http.Header{}, status: http.StatusOK}
	p.Kernel.ServeHTTP(w, &received)
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	if w.dropped {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: request,
	}, nil
}

// reply is an HTTP response while it is written.
type reply struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	dropped bool
}

func (a *reply) Header() http.Header            { return a.header }
func (a *reply) WriteHeader(status int)         { a.status = status }
func (a *reply) Write(data []byte) (int, error) { return a.body.Write(data) }

// Hijack is only asked for by what drops the connection.
func (a *reply) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.dropped = true
	conn, _ := net.Pipe()
	return conn, nil, nil
}

// Dial connects to the kernel, whatever the address.
func (k *Kernel) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case k.memory.connections <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-k.memory.closed:
		return nil, errors.New("the account is closed")
	}
}

// memory is a listener without a network.
type memory struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.connections:
		return conn, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	close(m.closed)
	return nil
}

// Addr is on loopback, by which clients know a simulated account.
func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
