package ecsexec

import (
	"errors"
	"strings"
	"testing"
)

func TestStreamURL(t *testing.T) {
	const path = "/v1/data-channel/ecs-execute-command-0?role=publish_subscribe"
	tests := map[string]struct{ always, loopback bool }{
		"wss://ssmmessages.us-gov-west-1.amazonaws.com":                                      {true, true},
		"wss://ssmmessages-fips.us-gov-west-1.amazonaws.com":                                 {true, true},
		"wss://ssmmessages.us-gov-west-1.api.aws":                                            {true, true},
		"wss://SSMMessages.us-gov-west-1.amazonaws.com:443":                                  {true, true},
		"wss://vpce-0a1b2c-3d4e.ssmmessages.us-gov-west-1.vpce.amazonaws.com":                {true, true},
		"wss://vpce-0a1b2c-3d4e-us-gov-west-1a.ssmmessages.us-gov-west-1.vpce.amazonaws.com": {true, true},

		"ws://127.0.0.1:8080":    {false, true},
		"wss://127.9.9.9":        {false, true},
		"ws://[::1]:8080":        {false, true},
		"http://127.0.0.1:8080":  {},
		"ws://127.0.0.1@evil.io": {},
		"ws://localhost:8080":    {}, // a resolver's word
		"ws://0.0.0.0:8080":      {},
		"ws://169.254.169.254":   {},
		"ws://10.0.0.1":          {},

		"ws://ssmmessages.us-gov-west-1.amazonaws.com":                         {},
		"https://ssmmessages.us-gov-west-1.amazonaws.com":                      {},
		"wss://ssmmessages.us-gov-west-1.amazonaws.com:8443":                   {},
		"wss://ssmmessages.us-gov-west-1.amazonaws.com.":                       {},
		"wss://ssmmessages.us-gov-east-1.amazonaws.com":                        {},
		"wss://user@ssmmessages.us-gov-west-1.amazonaws.com":                   {},
		"wss://ssmmessages.us-gov-west-1.amazonaws.com.evil.io":                {},
		"wss://evil.io/ssmmessages.us-gov-west-1.amazonaws.com":                {},
		"wss://evil-ssmmessages.us-gov-west-1.amazonaws.com":                   {},
		"wss://a.ssmmessages.us-gov-west-1.amazonaws.com":                      {},
		"wss://ssmmessages.us-gov-west-1.vpce.amazonaws.com":                   {},
		"wss://.ssmmessages.us-gov-west-1.vpce.amazonaws.com":                  {},
		"wss://evil.io%2f.ssmmessages.us-gov-west-1.vpce.amazonaws.com":        {},
		"wss://evil.io/.ssmmessages.us-gov-west-1.vpce.amazonaws.com":          {},
		"wss://evil.io#.ssmmessages.us-gov-west-1.vpce.amazonaws.com":          {},
		"wss://vpce-0a1b.ssmmessages.us-gov-east-1.vpce.amazonaws.com":         {},
		"wss://vpce-0a1b.ssmmessages.us-gov-west-1.vpce.amazonaws.com.evil.io": {},
		"wss://ssmmessages.us-gov-west-1.amazonaws.com\\@evil.io":              {},
		"wss://ec2messages.us-gov-west-1.amazonaws.com":                        {},
		"ssmmessages.us-gov-west-1.amazonaws.com":                              {},
		"": {},
	}
	for address, want := range tests {
		for _, loopback := range []bool{false, true} {
			u, err := streamURL(address+path, testRegion, loopback)
			allowed := want.always || loopback && want.loopback
			if (err == nil) != allowed || err != nil && !errors.Is(err, ErrProtocol) {
				t.Errorf("%s (loopback %v): %v, want allowed %v", address, loopback, err, allowed)
			}
			if err == nil && u.String() != address+path {
				t.Errorf("%s became %s", address, u)
			}
			if err != nil && strings.Contains(err.Error(), "role=") {
				t.Errorf("%v names the query", err)
			}
		}
	}
}
