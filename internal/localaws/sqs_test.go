package localaws

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

func sqsOf(a *Account, p Principal, region string) *sqs.Client {
	return sqs.NewFromConfig(config(a, p, region))
}

func TestDepthOfAQueue(t *testing.T) {
	a := start(t, Options{})
	url, err := a.CreateQueue(west, "undelivered")
	if err != nil {
		t.Fatal(err)
	}
	client := sqsOf(a, Everyone().Guard, west)
	read := func(names ...types.QueueAttributeName) map[string]string {
		t.Helper()
		out, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: names})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes
	}
	if diff := cmp.Diff(map[string]string{"ApproximateNumberOfMessages": "0"}, read("ApproximateNumberOfMessages")); diff != "" {
		t.Errorf("a new queue (-want +got):\n%s", diff)
	}
	if err := a.SetQueueDepth(url, 7); err != nil {
		t.Fatal(err)
	}
	if again, err := a.CreateQueue(west, "undelivered"); err != nil || again != url {
		t.Errorf("made again it is %s, %v", again, err)
	}
	if diff := cmp.Diff(map[string]string{
		"ApproximateNumberOfMessages": "7", "ApproximateNumberOfMessagesDelayed": "0", "ApproximateNumberOfMessagesNotVisible": "0",
		"CreatedTimestamp": "1793620800", "QueueArn": "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:undelivered",
	}, read("All")); diff != "" {
		t.Errorf("a queue with dead letters (-want +got):\n%s", diff)
	}
	if got := read(); len(got) != 0 {
		t.Errorf("nothing asked, but got %v", got)
	}
}

func TestQueuesThatAreNotThere(t *testing.T) {
	a := start(t, Options{})
	url, err := a.CreateQueue(east, "undelivered")
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqsOf(a, Everyone().Guard, west).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url})
	var missing *types.QueueDoesNotExist
	if !asType(err, &missing) || code(err) != "AWS.SimpleQueueService.NonExistentQueue" {
		t.Errorf("a queue of another Region: %q (%v)", code(err), err)
	}
	_, err = sqsOf(a, Everyone().Guard, east).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"Depth"}})
	if code(err) != "InvalidAttributeName" {
		t.Errorf("an attribute that no queue has: %q", code(err))
	}
	if a.SetQueueDepth(url+"2", 1) == nil {
		t.Error("the depth of a queue was set that is not there")
	}
	if _, err := a.CreateQueue("us-east-1", "undelivered"); err == nil {
		t.Error("a queue was made outside the account's Regions")
	}
}
