package signedcall

import (
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Query is a service that speaks AWS's Query protocol: a form goes out, XML comes
// back.
type Query struct {
	service
	version string
}

// Within limits what one attempt may take, unless the configuration has a client of
// its own.
func (q Query) Within(limit time.Duration) Query {
	q.limit = limit
	return q
}

// Call makes one call with a form of the operation's parameters, again where the
// SDK would, and returns one text of its result. An answer without that is an
// error. One that AWS answered is a smithy.APIError.
func (q Query) Call(ctx context.Context, operation string, parameters url.Values, wanted string) (result string, err error) {
	form := url.Values{"Action": {operation}, "Version": {q.version}}
	maps.Copy(form, parameters)
	err = q.send(ctx, exchange{
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		body:   []byte(form.Encode()),
		read: func(answer []byte) error {
			result = element(string(answer), operation+"Response", operation+"Result", wanted)
			if result == "" {
				return fmt.Errorf("the answer of %s to %s has no %s", q.id, operation, wanted)
			}
			return nil
		},
		refusal: func(_ http.Header, answer []byte) refusal {
			text := string(answer) // of another form, the status alone says it
			return refusal{
				code: element(text, "ErrorResponse", "Error", "Code"), message: element(text, "ErrorResponse", "Error", "Message"),
				requestID: element(text, "ErrorResponse", "RequestId"),
			}
		},
	})
	return result, err
}

// element is the text of the element to which the names of XML elements lead, or
// empty. The protocol's answers need no more of XML: its library fills a table of
// entities at each start of a function, before the repair.
func element(text string, names ...string) string {
	for _, name := range names {
		_, begun, _ := strings.Cut(text, "<"+name)
		attributes, inside, _ := strings.Cut(begun, ">")
		whole := false
		text, _, whole = strings.Cut(inside, "</"+name+">")
		if another := strings.TrimLeft(attributes, " \t\r\n") == attributes && attributes != ""; another || !whole {
			return ""
		}
	}
	if strings.Contains(text, "<") {
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(text))
}
