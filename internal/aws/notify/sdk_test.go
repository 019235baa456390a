package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fipsguard/internal/alert"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// wire answers in SNS's place, and keeps what was requested.
type wire struct {
	requests []request
	answers  []string // "STATUS BODY", one after the other; the last again and again
	id       string   // of the requests, in the answers' headers
}

// request is what matters of one that arrived.
type request struct {
	To, ContentType, Token string
	Length                 int64
	Scope                  string   // date, Region and service of the signature
	Signed                 []string // headers
	Form                   url.Values
}

// onlySDK are the headers of which only the SDK's retries know.
func onlySDK(header string) bool { return strings.HasPrefix(header, "amz-sdk-") }

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	scope, rest, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ", SignedHeaders=")
	signed, _, _ := strings.Cut(rest, ", Signature=")
	w.requests = append(w.requests, request{
		To: r.Method + " " + r.URL.String(), ContentType: r.Header.Get("Content-Type"), Token: r.Header.Get("X-Amz-Security-Token"),
		Length: r.ContentLength, Scope: scope, Signed: slices.DeleteFunc(strings.Split(signed, ";"), onlySDK), Form: form,
	})
	answer := w.answers[min(len(w.requests), len(w.answers))-1]
	status, text, _ := strings.Cut(answer, " ")
	if status == "none" {
		return nil, syscall.ECONNRESET
	}
	response := &http.Response{Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}
	response.Header.Set("Content-Type", "text/xml")
	if w.id != "" {
		response.Header.Set("X-Amzn-Requestid", w.id)
	}
	_, err = fmt.Sscan(status, &response.StatusCode)
	return response, err
}

// publishers are ours and the SDK's.
var publishers = map[string]func(context.Context, aws.Config, alert.Message) error{
	"ours": func(ctx context.Context, c aws.Config, m alert.Message) error {
		return NewTopic(c, arn).Publish(ctx, m)
	},
	"the SDK's": func(ctx context.Context, c aws.Config, m alert.Message) error {
		variants, err := m.Variants()
		if err != nil {
			return err
		}
		attributes := map[string]types.MessageAttributeValue{}
		for name, value := range m.Attributes {
			attributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
		}
		_, err = sns.NewFromConfig(c).Publish(ctx, &sns.PublishInput{
			TopicArn: aws.String(arn), Subject: aws.String(m.Subject), Message: aws.String(string(variants)),
			MessageStructure: aws.String("json"), MessageAttributes: attributes,
		})
		return err
	},
}

// requested is what each publisher sends of an alert.
func requested(t *testing.T, m alert.Message, load func(*wire) aws.Config) (ours, theirs []request) {
	t.Helper()
	sent, failed := map[string][]request{}, map[string]error{}
	for who, publish := range publishers {
		w := wire{answers: []string{"200 " + taken}}
		failed[who] = publish(t.Context(), load(&w), m)
		sent[who] = w.requests
	}
	if (failed["ours"] == nil) != (failed["the SDK's"] == nil) {
		t.Errorf("ours: %v\nthe SDK's: %v", failed["ours"], failed["the SDK's"])
	}
	return sent["ours"], sent["the SDK's"]
}

func inWest(w *wire) aws.Config {
	return aws.Config{Region: "us-gov-west-1", HTTPClient: w, Credentials: someone()}
}

// TestRequestsAreTheSDKs: whatever is set in the environment and in profiles, an
// alert goes to where the SDK's client sends it, in the same form, signed for the
// same service.
func TestRequestsAreTheSDKs(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "config")
	text := "[profile own]\nservices = own\nendpoint_url = http://127.0.0.1:1\n[services own]\nsns =\n  endpoint_url = http://127.0.0.1:2/behind/it\n"
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m := alert.Message{Subject: "s", Text: "t", JSON: []byte("{}"), Attributes: map[string]string{"rule": "r", "account": "a"}}
	for name, environment := range map[string][]string{
		"nothing":                           nil,
		"east":                              {"AWS_REGION=us-gov-east-1"},
		"FIPS endpoints":                    {"AWS_USE_FIPS_ENDPOINT=true"},
		"FIPS endpoints, east":              {"AWS_USE_FIPS_ENDPOINT=true", "AWS_REGION=us-gov-east-1"},
		"dual stack":                        {"AWS_USE_DUALSTACK_ENDPOINT=true"},
		"both":                              {"AWS_USE_FIPS_ENDPOINT=true", "AWS_USE_DUALSTACK_ENDPOINT=true"},
		"one endpoint for all":              {"AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"one endpoint for SNS":              {"AWS_ENDPOINT_URL_SNS=http://127.0.0.1:4/"},
		"one endpoint behind a path":        {"AWS_ENDPOINT_URL_SNS=http://127.0.0.1:4/behind/it/"},
		"one for SNS and one for all":       {"AWS_ENDPOINT_URL_SNS=http://127.0.0.1:5", "AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"a profile":                         {"AWS_PROFILE=own"},
		"a profile and one for all":         {"AWS_PROFILE=own", "AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"a profile that is disregarded":     {"AWS_PROFILE=own", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"},
		"an endpoint where FIPS's is asked": {"AWS_USE_FIPS_ENDPOINT=true", "AWS_ENDPOINT_URL_SNS=http://127.0.0.1:4"},
		"an endpoint where both are asked":  {"AWS_USE_DUALSTACK_ENDPOINT=true", "AWS_ENDPOINT_URL=http://127.0.0.1:4"},
		"no session":                        {"AWS_SESSION_TOKEN="},
	} {
		t.Run(name, func(t *testing.T) {
			given := []string{
				"AWS_CONFIG_FILE=" + profile, "AWS_CA_BUNDLE=", "AWS_REGION=us-gov-west-1",
				"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=" + strings.Repeat("s", 40), "AWS_SESSION_TOKEN=token",
			}
			for _, set := range append(given, environment...) {
				name, value, _ := strings.Cut(set, "=")
				t.Setenv(name, value)
			}
			ours, theirs := requested(t, m, func(w *wire) aws.Config {
				c, err := config.LoadDefaultConfig(t.Context(), config.WithHTTPClient(w))
				if err != nil {
					t.Fatal(err)
				}
				return c
			})
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("it calls otherwise than the SDK (-SDK +ours):\n%s", diff)
			}
		})
	}
}

// FuzzRequestsAreTheSDKs: whatever is in an alert arrives as it does with the SDK.
func FuzzRequestsAreTheSDKs(f *testing.F) {
	f.Add("[HIGH] it", "for people\n", `{"a":"b"}`, "severity", "HIGH", "rule", "it", true)
	f.Add("", "", "", "", "", "", "", false)
	f.Add("100% & more = a+b;c/d?e#f~", "é \u2028 \x00 \xff 語\r\n", "\x7f", "b", "2", "a", "\n", true)
	f.Add("a", "b", "c", "a.b", "&", "a.B", "=", true)
	f.Fuzz(func(t *testing.T, subject, text, machine, name1, value1, name2, value2 string, attributes bool) {
		m := alert.Message{Subject: subject, Text: text, JSON: []byte(machine)}
		if attributes {
			m.Attributes = map[string]string{name1: value1, name2: value2}
		}
		ours, theirs := requested(t, m, inWest)
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("it sends another alert than the SDK (-SDK +ours):\n%s", diff)
		}
	})
}

// TestWhatIsSentIsSigned, and names the guard: SNS refuses a signature of other
// bytes.
func TestWhatIsSentIsSigned(t *testing.T) {
	c := inWest(nil)
	c.AppID = "fipsguard"
	c.HTTPClient = clientFunc(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil {
			return nil, err
		}
		again := r.Clone(t.Context())
		again.Header.Del("Authorization")
		who, err := someone().Retrieve(t.Context())
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(body)
		if err := v4.NewSigner().SignHTTP(t.Context(), who, again, hex.EncodeToString(hash[:]), "sns", "us-gov-west-1", at); err != nil {
			return nil, err
		}
		if r.Header.Get("Authorization") != again.Header.Get("Authorization") {
			t.Error("the signature is not that of what was sent")
		}
		if agent := r.Header.Get("User-Agent"); !strings.Contains(agent+" ", " app/fipsguard ") {
			t.Errorf("the user agent %q does not say whose call it is", agent)
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(taken)))}, nil
	})
	if err := NewTopic(c, arn).Publish(t.Context(), alert.Message{Subject: "s"}); err != nil {
		t.Fatal(err)
	}
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// TestAnswersAreTheSDKs: our publisher makes of an answer what the SDK's client
// makes of it, and tries again as often.
func TestAnswersAreTheSDKs(t *testing.T) {
	refused := func(code string) string {
		return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>` + code + `</Code><Message>no &amp; no</Message></Error><RequestId>f187a3c1</RequestId></ErrorResponse>`
	}
	for name, answers := range map[string][]string{
		"taken":                           {"200 " + taken},
		"refused":                         {"403 " + refused("AuthorizationError")},
		"refused by KMS":                  {"400 " + refused("KMSAccessDenied")},
		"no such topic":                   {"404 " + refused("NotFound")},
		"an error that nobody knows":      {"400 " + refused("NewError")},
		"throttled and then not":          {"400 " + refused("Throttling"), "200 " + taken},
		"always throttled":                {"400 " + refused("ThrottlingException")},
		"throttled by KMS":                {"400 " + refused("KMSThrottling"), "200 " + taken},
		"too many, without a word":        {"429 ", "200 " + taken},
		"an error of the server":          {"500 " + refused("InternalError"), "200 " + taken},
		"unavailable, without a word":     {"503 ", "200 " + taken},
		"unavailable, with a page":        {"502 <html>Bad gateway</html>", "504 <", "200 " + taken},
		"an expired token":                {"403 " + refused("ExpiredToken")},
		"elsewhere":                       {"307 "},
		"no connection and then there is": {"none", "200 " + taken},
		"never a connection":              {"none"},
		"nonsense":                        {"200 <"},
	} {
		for _, id := range []string{"", "5b1c2d3e"} {
			got := map[string]string{}
			for who, publish := range publishers {
				synctest.Test(t, func(t *testing.T) { // in which nobody waits
					w := wire{answers: answers, id: id}
					c := inWest(&w)
					c.RetryMaxAttempts = 8
					err := publish(t.Context(), c, alert.Message{Subject: "s", Text: "t"})
					got[who] = fmt.Sprintf("%d requests, failed %t%s", len(w.requests), err != nil, answered(err))
				})
			}
			if got["ours"] != got["the SDK's"] {
				t.Errorf("%s: ours      %s\nthe SDK's %s", name, got["ours"], got["the SDK's"])
			}
		}
	}
}

// answered is what AWS said in an error. Where it said nothing, the SDK has words of
// its own.
func answered(err error) string {
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		return ""
	}
	said := fmt.Sprintf(", status %d, request %q, code %s", response.HTTPStatusCode(), response.ServiceRequestID(), api.ErrorCode())
	if api.ErrorCode() == "UnknownError" {
		return said
	}
	return said + ", message " + api.ErrorMessage()
}
