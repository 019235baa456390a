package wiring

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// failing is a handler that fails with a text.
type failing string

func (f failing) Invoke(context.Context, []byte) ([]byte, error) { return nil, errors.New(string(f)) }

// TestNoErrorEndsTheProcess: what reaches Lambda's runtime can be sent as a
// header's value, which is what it does with it.
func TestNoErrorEndsTheProcess(t *testing.T) {
	received := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer received.Close()
	for text, want := range map[string]string{
		"put x: \x7f":             "put x: ?",
		"a\x00b\x1b[2J\u009bc":    "a?b?[2J?c",
		"first line\nsecond":      "first line\nsecond",
		"of AWS\r\nInjected: yes": "of AWS?\nInjected: yes",
		"left \u202e right":       "left ? right",
		"fine: é":                 "fine: é",
	} {
		_, err := Legible(failing(text)).Invoke(t.Context(), nil)
		if err == nil || err.Error() != want {
			t.Errorf("%q is returned as %q, want %q", text, err, want)
			continue
		}
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, received.URL, nil)
		request.Header.Set("Lambda-Runtime-Function-XRay-Error-Cause", strings.ReplaceAll(err.Error(), "\n", `\n`)) // as JSON writes it
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Errorf("%q cannot be sent: %v", text, err)
			continue
		}
		_ = response.Body.Close()
	}
}
