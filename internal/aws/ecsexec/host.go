package ecsexec

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// streamURL parses a stream's address and refuses every one that is not
// Systems Manager's in the Region, over TLS and at the usual port: the token
// and a signature go there. Addresses on loopback are accepted, at any port and
// in plain text too, only if loopback says so. Errors name the host alone,
// since a presigned URL is a credential.
//
// Hosts: https://docs.aws.amazon.com/general/latest/gr/ssm.html
func streamURL(address, region string, loopback bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: a stream URL that cannot be read", ErrProtocol)
	}
	if u.User != nil {
		return nil, fmt.Errorf("%w: a stream URL with a user in it", ErrProtocol)
	}
	host := strings.ToLower(u.Hostname())
	if loopback && isLoopback(host) && (u.Scheme == "ws" || u.Scheme == "wss") {
		return u, nil
	}
	if u.Scheme != "wss" || (u.Port() != "" && u.Port() != "443") || !isMessageHost(host, region) {
		return nil, fmt.Errorf("%w: the stream is at %.100q over %.10q, not at Systems Manager in %s over wss",
			ErrProtocol, u.Host, u.Scheme, region)
	}
	return u, nil
}

func isMessageHost(host, region string) bool {
	switch host {
	case "ssmmessages." + region + ".amazonaws.com",
		"ssmmessages-fips." + region + ".amazonaws.com",
		"ssmmessages." + region + ".api.aws":
		return true
	}
	endpoint, ok := strings.CutSuffix(host, ".ssmmessages."+region+".vpce.amazonaws.com")
	return ok && endpoint != ""
}

// isLoopback takes addresses only: what a name such as localhost means is the
// resolver's to say.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
