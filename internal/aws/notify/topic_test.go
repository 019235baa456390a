package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/alert"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"
)

// topic takes what is published.
type topic struct {
	published []*sns.PublishInput
	broken    error
}

func (p *topic) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	if p.broken != nil {
		return nil, p.broken
	}
	p.published = append(p.published, in)
	return &sns.PublishOutput{}, nil
}

func (p *topic) topic() Topic { return Topic{SNS: func() Publisher { return p }, ARN: arn} }

const arn = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts"

// TestAlertsReachTheTopicAsRendered follows one alert to SNS.
func TestAlertsReachTheTopicAsRendered(t *testing.T) {
	p := &topic{}
	want := alert.Message{Subject: "[HIGH] it", Text: "for people\n", JSON: []byte(`{"for":"machines"}`), Attributes: map[string]string{"severity": "HIGH", "rule": "it"}}
	if err := p.topic().Publish(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	in := p.published[0]
	if *in.Subject != want.Subject || *in.MessageStructure != "json" || *in.TopicArn != arn {
		t.Errorf("subject %q, structure %q, topic %q", *in.Subject, *in.MessageStructure, *in.TopicArn)
	}
	var variants map[string]string
	if err := json.Unmarshal([]byte(*in.Message), &variants); err != nil {
		t.Fatal(err)
	}
	machine := string(want.JSON)
	if diff := cmp.Diff(map[string]string{"default": want.Text, "email": want.Text, "sqs": machine, "lambda": machine, "https": machine}, variants); diff != "" {
		t.Errorf("variants (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for name, a := range in.MessageAttributes {
		if *a.DataType != "String" {
			t.Errorf("attribute %s is a %s", name, *a.DataType)
		}
		got[name] = *a.StringValue
	}
	if diff := cmp.Diff(want.Attributes, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestAnAlertThatSNSDoesNotTakeIsAnError(t *testing.T) {
	p := &topic{broken: errors.New("no answer")}
	if err := p.topic().Publish(context.Background(), alert.Message{}); !errors.Is(err, p.broken) {
		t.Errorf("error is %v", err)
	}
}

// TestAConnectionThatHangsCostsOneAttempt: the next one is on a new connection,
// and so is the first one of the next alert.
func TestAConnectionThatHangsCostsOneAttempt(t *testing.T) {
	const limit = 100 * time.Millisecond
	var lock sync.Mutex
	requests, connections := 0, map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client leaves
		lock.Lock()
		requests++
		connections[r.RemoteAddr] = true
		hangs := requests == 2
		lock.Unlock()
		if hangs {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
	}))
	defer server.Close()
	config := aws.Config{
		Region: "us-gov-west-1", BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "a secret of forty characters, as AWS has it"}, nil
		}),
	}
	client := newClient(config, limit)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for alerts := range 2 {
		if err := (Topic{SNS: func() Publisher { return client }, ARN: arn}).Publish(ctx, alert.Message{}); err != nil {
			t.Fatalf("alert %d: %v", alerts+1, err)
		}
	}
	lock.Lock()
	defer lock.Unlock()
	if requests != 3 || len(connections) != 3 {
		t.Errorf("%d attempts on %d connections, want three on as many", requests, len(connections))
	}
}
