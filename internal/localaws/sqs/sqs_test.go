package sqs_test

import (
	"errors"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

func sqsOf(a *localaws.Account, p localaws.Principal, region string) *sqs.Client {
	return sqs.NewFromConfig(localtest.Config(a, p, region))
}

func TestDepthOfAQueue(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	url, err := a.CreateQueue(localtest.West, "undelivered")
	if err != nil {
		t.Fatal(err)
	}
	client := sqsOf(a, localaws.Everyone().Guard, localtest.West)
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
	if again, err := a.CreateQueue(localtest.West, "undelivered"); err != nil || again != url {
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
	a := localtest.Start(t, localaws.Options{})
	url, err := a.CreateQueue(localtest.East, "undelivered")
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqsOf(a, localaws.Everyone().Guard, localtest.West).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url})
	var missing *types.QueueDoesNotExist
	if !errors.As(err, &missing) || localtest.Code(err) != "AWS.SimpleQueueService.NonExistentQueue" {
		t.Errorf("a queue of another Region: %q (%v)", localtest.Code(err), err)
	}
	_, err = sqsOf(a, localaws.Everyone().Guard, localtest.East).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"Depth"}})
	if localtest.Code(err) != "InvalidAttributeName" {
		t.Errorf("an attribute that no queue has: %q", localtest.Code(err))
	}
	if a.SetQueueDepth(url+"2", 1) == nil {
		t.Error("the depth of a queue was set that is not there")
	}
	if _, err := a.CreateQueue("us-east-1", "undelivered"); err == nil {
		t.Error("a queue was made outside the account's Regions")
	}
}
