package sns_test

import (
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"
)

func snsOf(a *localaws.Account, p localaws.Principal, region string) *sns.Client {
	return sns.NewFromConfig(localtest.Config(a, p, region))
}

func TestPublishedMessagesCanBeReadBack(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	guard := localaws.Everyone().Guard
	out, err := snsOf(a, guard, localtest.West).Publish(t.Context(), &sns.PublishInput{
		TopicArn:         &topic,
		Subject:          aws.String("FIPS mode is off"),
		Message:          aws.String(`{"default":"plain é","email":"for people","sqs":"{\"a\":1}","lambda":7}`),
		MessageStructure: aws.String("json"),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"severity": {DataType: aws.String("String"), StringValue: aws.String("CRITICAL")},
			"count":    {DataType: aws.String("Number"), StringValue: aws.String("3")},
		},
	})
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	want := []localaws.Message{{
		Time: localtest.Noon(), Region: localtest.West, TopicARN: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts",
		MessageID: aws.ToString(out.MessageId), Publisher: guard, Subject: "FIPS mode is off", Text: "plain é",
		Variants:   map[string]string{"email": "for people", "sqs": `{"a":1}`},
		Attributes: map[string]localaws.Attribute{"severity": {"String", "CRITICAL"}, "count": {"Number", "3"}},
	}}
	if diff := cmp.Diff(want, a.Published()); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	for protocol, text := range map[string]string{"email": "for people", "https": "plain é"} {
		if got := a.Published()[0].For(protocol); got != text {
			t.Errorf("subscribers by %s get %q, want %q", protocol, got, text)
		}
	}
	if got := len(a.Records()); got != 0 {
		t.Errorf("Publish is a data event, but made %d management records", got)
	}
}

func TestMessagesRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := a.CreateTopic(localtest.East, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	client := snsOf(a, localaws.Everyone().Guard, localtest.West)
	structure := aws.String("json")
	cases := []struct {
		name string
		in   sns.PublishInput
		code string
	}{
		{"the longest subject and message", sns.PublishInput{Subject: aws.String(strings.Repeat("s", 99)), Message: aws.String(strings.Repeat("&", 256<<10))}, ""},
		{"a subject of 100 characters", sns.PublishInput{Subject: aws.String(strings.Repeat("s", 100))}, "InvalidParameter"},
		{"an empty subject", sns.PublishInput{Subject: aws.String("")}, "InvalidParameter"},
		{"a subject with a line break", sns.PublishInput{Subject: aws.String("a\nb")}, "InvalidParameter"},
		{"a subject that is not ASCII", sns.PublishInput{Subject: aws.String("FIPS – off")}, "InvalidParameter"},
		{"a subject that begins with a space", sns.PublishInput{Subject: aws.String(" a")}, "InvalidParameter"},
		{"a message over 256 KB", sns.PublishInput{Message: aws.String(strings.Repeat("m", 256<<10+1))}, "InvalidParameter"},
		{"a message over 256 KB with its attributes", sns.PublishInput{
			Message:           aws.String(strings.Repeat("m", 256<<10)),
			MessageAttributes: map[string]types.MessageAttributeValue{"a": {DataType: aws.String("String"), StringValue: aws.String("b")}},
		}, "InvalidParameter"},
		{"an attribute without value", sns.PublishInput{
			MessageAttributes: map[string]types.MessageAttributeValue{"a": {DataType: aws.String("String"), StringValue: aws.String("")}},
		}, "ParameterValueInvalid"},
		{"an empty message", sns.PublishInput{Message: aws.String("")}, "InvalidParameter"},
		{"structure json without default", sns.PublishInput{MessageStructure: structure, Message: aws.String(`{"email":"x"}`)}, "InvalidParameter"},
		{"structure json with a default that is no text", sns.PublishInput{MessageStructure: structure, Message: aws.String(`{"default":1}`)}, "InvalidParameter"},
		{"structure json with a key twice", sns.PublishInput{MessageStructure: structure, Message: aws.String(`{"default":"x","default":"y"}`)}, "InvalidParameter"},
		{"structure json that is none", sns.PublishInput{MessageStructure: structure, Message: aws.String(`{"default":"x"`)}, "InvalidParameter"},
		{"structure json with more behind", sns.PublishInput{MessageStructure: structure, Message: aws.String(`{"default":"x"} {}`)}, "InvalidParameter"},
		{"a topic that nobody made", sns.PublishInput{TopicArn: aws.String(topic + "2")}, "NotFound"},
		{"a topic of another Region", sns.PublishInput{TopicArn: &elsewhere}, "InvalidParameter"},
		{"no topic", sns.PublishInput{TopicArn: aws.String("")}, "InvalidParameter"},
	}
	for _, c := range cases {
		if c.in.Message == nil {
			c.in.Message = aws.String("text")
		}
		if c.in.TopicArn == nil {
			c.in.TopicArn = &topic
		}
		_, err := client.Publish(t.Context(), &c.in)
		if got := localtest.Code(err); got != c.code {
			t.Errorf("%s: got %q, want %q (%v)", c.name, got, c.code, err)
		}
	}
	if got := len(a.Published()); got != 1 {
		t.Errorf("%d messages were published, want the one that is valid", got)
	}
	if _, err := a.CreateTopic("eu-west-1", "alerts"); err == nil {
		t.Error("a topic was made outside the account's Regions")
	}
}

func TestFaultsOnPublish(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	for effect, want := range map[localaws.Effect]string{localaws.Throttle: "Throttling", localaws.ServerError: "InternalError", localaws.DenyAccess: "AuthorizationError"} {
		a.Inject(localaws.Fault{Operation: "Publish", Times: 1, Effect: effect})
		_, err := snsOf(a, localaws.Everyone().Guard, localtest.West).Publish(t.Context(), &sns.PublishInput{TopicArn: &topic, Message: aws.String("text")})
		if got := localtest.Code(err); got != want {
			t.Errorf("%s: got %q, want %q", effect, got, want)
		}
	}
}
