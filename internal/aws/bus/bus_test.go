package bus

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
)

// TestImport: what is sent names the report and counts what is critical, and only
// an answer that names an event counts as delivered.
func TestImport(t *testing.T) {
	const arn = "arn:aws-us-gov:events:us-gov-west-1:444455556666:event-bus/fipsguard-security"
	for answer, delivered := range map[string]bool{
		`{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`:                      true,
		`{"FailedEntryCount":1,"Entries":[{"ErrorCode":"AccessDeniedException"}]}`: false,
		`{"FailedEntryCount":0,"Entries":[]}`:                                     false,
	} {
		var sent string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, answer)
		}))
		client := eventbridge.New(eventbridge.Options{
			Region: "us-gov-west-1", BaseEndpoint: aws.String(server.URL),
			Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", strings.Repeat("0123456789", 4), ""),
		})
		d := evidence.Document{ID: "r1", Status: guard.NonCompliant, Claims: []evidence.Claim{{Severity: guard.Critical}, {Severity: guard.Warning}}}
		err := Bus{Events: client, ARN: arn}.Import(t.Context(), d, true)
		server.Close()
		if (err == nil) != delivered {
			t.Errorf("%s: error %v", answer, err)
		}
		for _, want := range []string{arn, `\"report\":\"r1\"`, `\"critical\":1`, `"DetailType":"fipsguard scan"`} {
			if !strings.Contains(sent, want) {
				t.Errorf("%s is not in %s", want, sent)
			}
		}
	}
}
