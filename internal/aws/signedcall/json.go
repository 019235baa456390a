package signedcall

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// JSON is a service that speaks AWS JSON 1.1.
type JSON struct {
	service
	target string // before the operation in X-Amz-Target
}

// Call makes one call, again where the SDK would. An error that AWS answered is a
// smithy.APIError.
func (j JSON) Call(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	return j.send(ctx, exchange{
		header: map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": j.target + "." + operation},
		body:   body,
		read: func(answer []byte) error {
			if err := json.Unmarshal(answer, out); err != nil {
				return fmt.Errorf("the answer of %s is not JSON", j.id) // the error would quote it
			}
			return nil
		},
		refusal: func(header http.Header, answer []byte) refusal {
			var body struct {
				Type    string `json:"__type"`
				Message string `json:"message"` // also Message
			}
			_ = json.Unmarshal(answer, &body) // the status alone then says it
			code, _, _ := strings.Cut(cmp.Or(header.Get("X-Amzn-Errortype"), body.Type), ":")
			return refusal{code: code[strings.LastIndexByte(code, '#')+1:], message: body.Message}
		},
	})
}
