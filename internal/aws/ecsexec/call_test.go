package ecsexec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// wire answers in AWS's place, and keeps what was requested.
type wire struct {
	requests []string
	answers  []string // "STATUS BODY", one after the other; the last again and again
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var members any
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, err
	}
	credential, _, _ := strings.Cut(r.Header.Get("Authorization"), ", SignedHeaders")
	w.requests = append(w.requests, fmt.Sprintf("%s %s\n%s\n%s\n%s\n%s", r.Method, r.URL, r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Target"), credential, members))
	answer := w.answers[min(len(w.requests), len(w.answers))-1]
	status, text, _ := strings.Cut(answer, " ")
	if status == "none" {
		return nil, &http.ProtocolError{ErrorString: "connection reset"}
	}
	response := &http.Response{Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}
	response.Header.Set("Content-Type", "application/x-amz-json-1.1")
	_, err = fmt.Sscan(status, &response.StatusCode)
	return response, err
}

// bothCalls makes the two calls, with our client or with the SDK's.
func bothCalls(ctx context.Context, c aws.Config, sdk bool) (plaintext, ciphertext []byte, err error) {
	if !sdk {
		ended := SystemsManager{c}.TerminateSession(ctx, "ecs-execute-command-0123456789abcdef0")
		plaintext, ciphertext, err = KeyService{c}.GenerateDataKey(ctx, testKey, map[string]string{"aws:ssm:SessionId": "a"})
		return plaintext, ciphertext, errors.Join(ended, err)
	}
	_, ended := ssm.NewFromConfig(c).TerminateSession(ctx, &ssm.TerminateSessionInput{SessionId: aws.String("ecs-execute-command-0123456789abcdef0")})
	out, err := kms.NewFromConfig(c).GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId: aws.String(testKey), NumberOfBytes: aws.Int32(dataKeySize), EncryptionContext: map[string]string{"aws:ssm:SessionId": "a"},
	})
	if err == nil {
		plaintext, ciphertext = out.Plaintext, out.CiphertextBlob
	}
	return plaintext, ciphertext, errors.Join(ended, err)
}

// TestCallsAreTheSDKs: whatever is set in the environment and in profiles, our
// client and the SDK's send the same requests to the same places.
func TestCallsAreTheSDKs(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "config")
	text := "[profile own]\nservices = own\nendpoint_url = http://127.0.0.1:1\n[services own]\nssm =\n  endpoint_url = http://127.0.0.1:2\n"
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, environment := range map[string][]string{
		"nothing":                       nil,
		"east":                          {"AWS_REGION=us-gov-east-1"},
		"FIPS endpoints":                {"AWS_USE_FIPS_ENDPOINT=true"},
		"dual stack":                    {"AWS_USE_DUALSTACK_ENDPOINT=true"},
		"both":                          {"AWS_USE_FIPS_ENDPOINT=true", "AWS_USE_DUALSTACK_ENDPOINT=true"},
		"one endpoint for all":          {"AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"one endpoint for SSM":          {"AWS_ENDPOINT_URL_SSM=http://127.0.0.1:4"},
		"one for KMS and one for all":   {"AWS_ENDPOINT_URL_KMS=http://127.0.0.1:5", "AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"a profile":                     {"AWS_PROFILE=own"},
		"a profile and one for all":     {"AWS_PROFILE=own", "AWS_ENDPOINT_URL=http://127.0.0.1:3"},
		"a profile that is disregarded": {"AWS_PROFILE=own", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, set := range append([]string{"AWS_CONFIG_FILE=" + profile, "AWS_CA_BUNDLE=", "AWS_REGION=us-gov-west-1"}, environment...) {
				name, value, _ := strings.Cut(set, "=")
				t.Setenv(name, value)
			}
			ours, theirs := wire{answers: []string{"200 {}"}}, wire{answers: []string{"200 {}"}}
			for _, w := range []*wire{&ours, &theirs} {
				c, err := config.LoadDefaultConfig(t.Context(), config.WithHTTPClient(w),
					config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", strings.Repeat("s", 40), "token")))
				if err != nil {
					t.Fatal(err)
				}
				if _, _, err := bothCalls(t.Context(), c, w == &theirs); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(theirs.requests, ours.requests); diff != "" {
				t.Errorf("it calls otherwise than the SDK (-SDK +ours):\n%s", diff)
			}
		})
	}
}

// TestAnswersAreTheSDKs: our client makes of an answer what the SDK's makes of it,
// and tries again as often.
func TestAnswersAreTheSDKs(t *testing.T) {
	const key = `{"Plaintext":"a2V5","CiphertextBlob":"d3JhcHBlZA==","KeyId":"x"}`
	for name, answers := range map[string][]string{
		"a key":                           {"200 " + key},
		"denied":                          {`400 {"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}`},
		"an error that it does not know":  {`400 {"__type":"NewException","message":"new"}`},
		"throttled and then not":          {`400 {"__type":"ThrottlingException","message":"slow"}`, "200 " + key},
		"unavailable":                     {"503 "},
		"no connection and then there is": {"none", "200 " + key},
	} {
		t.Run(name, func(t *testing.T) {
			var got [2]string
			for i := range got {
				w := wire{answers: answers}
				c := aws.Config{Region: "us-gov-west-1", HTTPClient: &w, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", strings.Repeat("s", 40), "")}
				plaintext, ciphertext, err := bothCalls(t.Context(), c, i == 1)
				var api smithy.APIError
				code := "none"
				if errors.As(err, &api) {
					code = api.ErrorCode()
				}
				got[i] = fmt.Sprintf("%d requests, key %q wrapped %q, failed %t, error %s", len(w.requests), plaintext, ciphertext, err != nil, code)
			}
			if got[0] != got[1] {
				t.Errorf("ours:      %s\nthe SDK's: %s", got[0], got[1])
			}
		})
	}
}

// TestCallEndsWithItsContext: what is tried again does not outlast the time that
// it has.
func TestCallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := wire{answers: []string{"503 "}}
	client := clientFunc(func(r *http.Request) (*http.Response, error) {
		defer cancel()
		return w.Do(r)
	})
	c := aws.Config{Region: "us-gov-west-1", HTTPClient: client, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", strings.Repeat("s", 40), "")}
	if err := (SystemsManager{c}).TerminateSession(ctx, "a"); !errors.Is(err, context.Canceled) || len(w.requests) != 1 {
		t.Errorf("%d requests, %v", len(w.requests), err)
	}
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }
