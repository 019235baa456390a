// Package answer says in words what AWS answered to a call that failed.
package answer

import (
	"errors"

	"github.com/aws/smithy-go"
)

// Why is the reason why something is unknown after a call failed, as the end of a
// sentence: with the code that AWS answered, which tells no one's names, or that
// there was no answer. call is the operation, with what it was about if need be.
func Why(call string, err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return "AWS answered " + call + " with " + api.ErrorCode()
	}
	return "AWS did not answer " + call
}
