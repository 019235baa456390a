package reported

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const region = "us-gov-west-1"

// subscribed is a topic with a queue, in a local account.
func subscribed(t *testing.T) (*localaws.Account, *sns.Client, string, Queue) {
	t.Helper()
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	topic, err := local.CreateTopic(region, "fipsguard-alerts")
	if err != nil {
		t.Fatal(err)
	}
	url, err := local.CreateQueue(region, "fipsguard-reported")
	if err != nil {
		t.Fatal(err)
	}
	if err := local.SubscribeQueue(topic, "arn:aws-us-gov:sqs:"+region+":"+localaws.AccountID+":fipsguard-reported"); err != nil {
		t.Fatal(err)
	}
	config := local.Config(localaws.Everyone().Guard, region)
	return local, sns.NewFromConfig(config), topic, Queue{SQS: sqs.NewFromConfig(config), URL: url}
}

// TestWhatWasPublishedIsReceivedUntilItIsDeleted, of all batches.
func TestWhatWasPublishedIsReceivedUntilItIsDeleted(t *testing.T) {
	local, topics, topic, queue := subscribed(t)
	var want []string
	for n := range 25 {
		want = append(want, fmt.Sprintf("alert %02d", n))
		if _, err := topics.Publish(t.Context(), &sns.PublishInput{
			TopicArn: &topic, MessageStructure: aws.String("json"), Message: aws.String(fmt.Sprintf(`{"default":"text","sqs":%q}`, want[n])),
		}); err != nil {
			t.Fatal(err)
		}
	}
	received, err := queue.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for handle, body := range received {
		got = append(got, string(body))
		if err := queue.Delete(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("received %q, want %q", got, want)
	}
	if left := local.Letters(queue.URL); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
	if again, err := queue.Receive(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("received again %v, error %v", again, err)
	}
}

// refusing is SQS until it has answered once.
type refusing struct {
	SQS
	after func()
}

func (r *refusing) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, options ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	defer r.after()
	return r.SQS.ReceiveMessage(ctx, in, options...)
}

// TestWhatWasReceivedBeforeAFaultIsKept.
func TestWhatWasReceivedBeforeAFaultIsKept(t *testing.T) {
	local, topics, topic, queue := subscribed(t)
	for range 15 {
		if _, err := topics.Publish(t.Context(), &sns.PublishInput{TopicArn: &topic, Message: aws.String("alert")}); err != nil {
			t.Fatal(err)
		}
	}
	queue.SQS = &refusing{SQS: queue.SQS, after: func() { local.Deny(localaws.Everyone().Guard, "sqs:ReceiveMessage", "sqs:DeleteMessage") }}
	received, err := queue.Receive(t.Context())
	if err == nil || len(received) != 10 {
		t.Errorf("received %d messages, error %v; want 10 and an error", len(received), err)
	}
	if err := queue.Delete(t.Context(), "handle"); err == nil {
		t.Error("what SQS refuses to delete is no error")
	}
}
