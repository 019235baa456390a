package ecsexec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	s := session{id: testSession, stream: "wss://host", token: newSecret(testToken)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{s, &s, s.token, &s.token, []session{s}, channel{token: s.token}} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, testToken) || strings.Contains(text, fmt.Sprintf("%x", testToken)) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
	if text, err := json.Marshal(struct{ Token secret }{s.token}); err == nil && strings.Contains(string(text), testToken) {
		t.Errorf("JSON: %s", text)
	}
	if got := fmt.Sprint(s.token); got != "[secret]" {
		t.Errorf("printed %q", got)
	}
}
