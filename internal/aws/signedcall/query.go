package signedcall

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
)

// Query is a service that speaks AWS's Query protocol: a form goes out, XML comes
// back.
type Query struct {
	service
	version string
}

// Call makes one call with a form of the operation's parameters, again where the
// SDK would. An answer of another shape than out's is an error. One that AWS
// answered is a smithy.APIError.
func (q Query) Call(ctx context.Context, operation string, parameters url.Values, out any) error {
	form := url.Values{"Action": {operation}, "Version": {q.version}}
	maps.Copy(form, parameters)
	return q.send(ctx, exchange{
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		body:   []byte(form.Encode()),
		read: func(answer []byte) error {
			if err := xml.Unmarshal(answer, out); err != nil {
				return fmt.Errorf("the answer of %s to %s: %w", q.id, operation, err)
			}
			return nil
		},
		refusal: func(_ http.Header, answer []byte) refusal {
			var body struct {
				Code      string `xml:"Error>Code"`
				Message   string `xml:"Error>Message"`
				RequestID string `xml:"RequestId"`
			}
			_ = xml.Unmarshal(answer, &body) // the status alone then says it
			return refusal{code: body.Code, message: body.Message, requestID: body.RequestID}
		},
	})
}
