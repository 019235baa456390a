package notify

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"fipsguard/internal/alert"

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

const arn = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts"

// TestAlertsReachTheTopicAsRendered follows one alert to SNS.
func TestAlertsReachTheTopicAsRendered(t *testing.T) {
	p := &topic{}
	want := alert.Message{Subject: "[HIGH] it", Text: "for people\n", JSON: []byte(`{"for":"machines"}`), Attributes: map[string]string{"severity": "HIGH", "rule": "it"}}
	if err := (Topic{SNS: p, ARN: arn}).Publish(context.Background(), want); err != nil {
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
	if err := (Topic{SNS: p, ARN: arn}).Publish(context.Background(), alert.Message{}); !errors.Is(err, p.broken) {
		t.Errorf("error is %v", err)
	}
}
