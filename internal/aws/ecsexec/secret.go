package ecsexec

import (
	"fmt"
	"strings"
)

// secret holds a session's token behind a function, so that no verb of fmt and
// no encoder can print it, however deep it is nested.
type secret struct {
	reveal func() string
}

func newSecret(value string) secret {
	return secret{reveal: func() string { return value }}
}

// Format writes a placeholder for every verb.
func (secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[secret]")) }

// redact is text without the secret.
func (s secret) redact(text string) string {
	value := s.reveal()
	if value == "" {
		return text
	}
	return strings.ReplaceAll(text, value, "[secret]")
}
