package ecsexec

import (
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/coder/websocket"
)

const (
	signingName = "ssmmessages"
	// emptyHash is the SHA-256 of nothing, the body of an upgrade.
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	// maxResponseHeader bounds the memory that the answer to an upgrade may take.
	maxResponseHeader = 16 << 10
)

// dial opens the websocket at a stream URL. If it fails it leaves no connection
// behind. An upgrade that is refused because of its signature is tried once
// without: the session's token is what opens the channel, and AWS's own plugin
// dials unsigned when it finds no credentials (docs/facts.md, section 17).
func (c *Client) dial(ctx context.Context, address string) (*websocket.Conn, error) {
	stream, err := streamURL(address, c.Region, c.Loopback)
	if err != nil {
		return nil, err
	}
	signed, header, err := c.sign(ctx, stream)
	if err != nil {
		return nil, err
	}
	conn, err := c.upgrade(ctx, signed, header)
	if header != nil && errors.Is(err, ErrRefused) {
		return c.upgrade(ctx, stream, nil)
	}
	return conn, err
}

func (c *Client) upgrade(ctx context.Context, stream *url.URL, header http.Header) (*websocket.Conn, error) {
	transport := c.transport()
	// This also ends dials that were given up; net/http would let them go on
	// for requests to come.
	defer transport.CloseIdleConnections()
	options := &websocket.DialOptions{
		HTTPHeader: header,
		HTTPClient: &http.Client{
			Transport: transport,
			// A redirect would lead around the list of hosts.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	var conn *websocket.Conn
	var response *http.Response
	var err error
	// The upgrade's key is hashed with SHA-1 (RFC 6455, section 4.2.2), which
	// protects nothing and which FIPS-only mode refuses.
	fips140.WithoutEnforcement(func() {
		conn, response, err = websocket.Dial(ctx, stream.String(), options)
	})
	if err != nil {
		return nil, notUpgraded(ctx, stream.Host, response, err)
	}
	conn.SetReadLimit(maxMessage)
	return conn, nil
}

// sign is the upgrade's address and signature. A presigned URL carries its own.
func (c *Client) sign(ctx context.Context, stream *url.URL) (*url.URL, http.Header, error) {
	if stream.Query().Has("X-Amz-Signature") {
		return stream, nil, nil
	}
	credentials, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("retrieve credentials for the data channel: %w", stopped(ctx, err))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, stream.String(), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: a stream URL that cannot be requested", ErrProtocol)
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, emptyHash, signingName, c.Region, c.Now()); err != nil {
		return nil, nil, fmt.Errorf("sign the upgrade: %w", err)
	}
	return request.URL, request.Header, nil
}

// transport is for one session, so that closing it leaves nothing behind.
func (c *Client) transport() *http.Transport {
	transport := &http.Transport{}
	if c.Transport != nil {
		transport = c.Transport.Clone()
	}
	transport.MaxResponseHeaderBytes = maxResponseHeader
	return transport
}

// notUpgraded is a failed dial without the words of the other side and without
// the URL's query, which net/http puts into its errors.
func notUpgraded(ctx context.Context, host string, response *http.Response, err error) error {
	if ctx.Err() != nil {
		return stopped(ctx, err)
	}
	var request *url.Error
	switch {
	case response == nil && errors.As(err, &request):
		return fmt.Errorf("connect to %s: %w", host, request.Err)
	case response == nil:
		return fmt.Errorf("%w: %s cannot be asked for an upgrade", ErrProtocol, host)
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w: %s answered the upgrade with status %d", ErrRefused, host, response.StatusCode)
	case response.StatusCode != http.StatusSwitchingProtocols:
		return fmt.Errorf("%s answered the upgrade with status %d", host, response.StatusCode)
	default:
		return fmt.Errorf("%w: %s answered the upgrade wrongly", ErrProtocol, host)
	}
}
