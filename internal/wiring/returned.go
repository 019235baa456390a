package wiring

import (
	"context"
	"errors"
	"strings"

	"fipsguard/internal/sanitize"
)

// legible is a handler whose errors can be returned to Lambda. Its runtime sends
// an error's text in an HTTP header, too, as JSON, which leaves the byte 0x7f as
// it is: the header is refused, and the runtime ends the process. Errors have
// texts that other people chose in them, such as the messages of AWS.
type legible struct{ Function }

// Legible makes a handler's errors fit to be returned to Lambda.
func Legible(h Function) Function { return legible{h} }

func (l legible) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	answer, err := l.Function.Invoke(ctx, event)
	if err == nil {
		return answer, nil
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = sanitize.Printable(line)
	}
	if text := strings.Join(lines, "\n"); text != err.Error() {
		return answer, errors.New(text)
	}
	return answer, err
}
