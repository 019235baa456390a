package notify

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
)

const arn = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts"

// taken is how SNS answers a message that it took.
const taken = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6</MessageId></PublishResult>` +
	`<ResponseMetadata><RequestId>f187a3c1</RequestId></ResponseMetadata></PublishResponse>`

func someone() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", strings.Repeat("s", 40), "token")
}

// TestAlertsReachTheTopicAsRendered follows one alert to SNS.
func TestAlertsReachTheTopicAsRendered(t *testing.T) {
	account := localtest.Start(t, localaws.Options{})
	topic, err := account.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	m := alert.Message{
		Subject: "[HIGH] 100% & more = it", Text: "for people, é\n<b>+</b>\n", JSON: []byte(`{"for":"machines"}`),
		Attributes: map[string]string{"severity": "HIGH", "rule": "it", "account": "a&b=c +%"},
	}
	if err := NewTopic(localtest.Config(account, localaws.Everyone().Guard, localtest.West), topic).Publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	sent := account.Published()
	if len(sent) != 1 {
		t.Fatalf("%d messages were published, want one", len(sent))
	}
	machine := string(m.JSON)
	want := localaws.Message{
		Time: sent[0].Time, MessageID: sent[0].MessageID, Publisher: localaws.Everyone().Guard,
		Region: localtest.West, TopicARN: topic, Subject: m.Subject, Text: m.Text,
		Variants:   map[string]string{"email": m.Text, "sqs": machine, "lambda": machine, "https": machine},
		Attributes: map[string]localaws.Attribute{"severity": {DataType: "String", Value: "HIGH"}, "rule": {DataType: "String", Value: "it"}, "account": {DataType: "String", Value: "a&b=c +%"}},
	}
	if diff := cmp.Diff(want, sent[0]); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
}

// TestOnlyAMessageIDIsSuccess: whatever else arrives with status 200, people may
// never see the alert.
func TestOnlyAMessageIDIsSuccess(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":               "",
		"no XML":                "<",
		"a page":                "<html><body>Welcome</body></html>",
		"JSON":                  `{"PublishResponse":{"PublishResult":{"MessageId":"1"}}}`,
		"no ID":                 `<PublishResponse><PublishResult></PublishResult></PublishResponse>`,
		"an empty ID":           `<PublishResponse><PublishResult><MessageId/></PublishResult></PublishResponse>`,
		"an ID elsewhere":       `<PublishResponse><MessageId>1</MessageId></PublishResponse>`,
		"another call's answer": `<SubscribeResponse><PublishResult><MessageId>1</MessageId></PublishResult></SubscribeResponse>`,
		"an error":              `<ErrorResponse><Error><Code>InternalError</Code></Error></ErrorResponse>`,
		"half of an answer":     taken[:len(taken)/2],
		"an answer without end": strings.Replace(taken, "</PublishResponse>", strings.Repeat(" ", 1<<20)+"</PublishResponse>", 1),
	} {
		w := wire{answers: []string{"200 " + answer}}
		c := aws.Config{Region: localtest.West, HTTPClient: &w, Credentials: someone()}
		if err := NewTopic(c, arn).Publish(t.Context(), alert.Message{}); err == nil || !strings.Contains(err.Error(), arn) {
			t.Errorf("%s is taken as success, or the topic is not named: %v", name, err)
		}
	}
}

// TestAConnectionThatHangsCostsOneAttempt, before the answer and in it: the next
// one is on a new connection. So is each other attempt.
func TestAConnectionThatHangsCostsOneAttempt(t *testing.T) {
	var lock sync.Mutex
	requests, connections := 0, map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client leaves
		lock.Lock()
		requests++
		connections[r.RemoteAddr] = true
		request := requests
		lock.Unlock()
		w.Header().Set("Content-Type", "text/xml")
		switch request {
		case 2:
			<-r.Context().Done()
		case 4:
			_, _ = io.WriteString(w, taken[:20])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		case 6:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = io.WriteString(w, taken)
		}
	}))
	defer server.Close()
	topic := NewTopic(aws.Config{Region: localtest.West, BaseEndpoint: aws.String(server.URL), Credentials: someone()}, arn)
	if topic.attempt != 5*time.Second {
		t.Errorf("an attempt may take %s", topic.attempt)
	}
	topic.attempt = 100 * time.Millisecond
	for alerts := range 4 {
		if err := topic.Publish(t.Context(), alert.Message{}); err != nil {
			t.Fatalf("alert %d: %v", alerts+1, err)
		}
	}
	lock.Lock()
	defer lock.Unlock()
	if requests != 7 || len(connections) != 7 {
		t.Errorf("%d attempts on %d connections, want seven on as many", requests, len(connections))
	}
}
