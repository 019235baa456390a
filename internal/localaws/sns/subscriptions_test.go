package sns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"
)

func subscribe(t *testing.T, a *localaws.Account, topic, endpoint string, confirmed bool) {
	t.Helper()
	if err := a.Subscribe(topic, "email", endpoint, confirmed); err != nil {
		t.Fatal(err)
	}
}

func TestSubscriptionsShowWhoHasNotConfirmed(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	client := snsOf(a, localaws.Everyone().Guard, localtest.West)
	list := func() []types.Subscription {
		t.Helper()
		out, err := client.ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
		if err != nil {
			t.Fatal(err)
		}
		return out.Subscriptions
	}
	if got := list(); len(got) != 0 {
		t.Errorf("a new topic has subscriptions: %+v", got)
	}
	subscribe(t, a, topic, "security@example.gov", true)
	subscribe(t, a, topic, "oncall@example.gov", false)
	var got []string
	for _, s := range list() {
		if aws.ToString(s.TopicArn) != topic || aws.ToString(s.Owner) != localaws.AccountID {
			t.Errorf("subscription %+v", s)
		}
		arn, id, _ := strings.Cut(aws.ToString(s.SubscriptionArn), topic+":")
		got = append(got, fmt.Sprintf("%s %s %s%d", aws.ToString(s.Protocol), aws.ToString(s.Endpoint), arn, len(id)))
	}
	if diff := cmp.Diff([]string{"email security@example.gov 36", "email oncall@example.gov PendingConfirmation0"}, got); diff != "" {
		t.Errorf("subscriptions (-want +got):\n%s", diff)
	}
}

func TestSubscriptionsArePaged(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{}
	for n := range 201 {
		endpoint := fmt.Sprintf("%d@example.gov", n)
		want = append(want, endpoint)
		subscribe(t, a, topic, endpoint, false)
	}
	pages := sns.NewListSubscriptionsByTopicPaginator(snsOf(a, localaws.Everyone().Guard, localtest.West), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	got, count := []string{}, 0
	for ; pages.HasMorePages(); count++ {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range out.Subscriptions {
			got = append(got, aws.ToString(s.Endpoint))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || count != 3 {
		t.Errorf("endpoints on %d pages (-want +got):\n%s", count, diff)
	}
}

func TestSubscriptionsOfNoTopic(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	topic, err := a.CreateTopic(localtest.East, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	list := func(topic string, token *string) error {
		_, err := snsOf(a, localaws.Everyone().Guard, localtest.East).ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic, NextToken: token})
		return err
	}
	var missing *types.NotFoundException
	if err := list(topic+"2", nil); !errors.As(err, &missing) {
		t.Errorf("a topic that nobody made: %v", err)
	}
	if err := list(strings.Replace(topic, localtest.East, localtest.West, 1), nil); localtest.Code(err) != "InvalidParameter" {
		t.Errorf("a topic of another Region: %v", err)
	}
	if err := list(topic, aws.String("*")); localtest.Code(err) != "InvalidParameter" {
		t.Errorf("a token of its own: %v", err)
	}
	if a.Subscribe(topic+"2", "email", "security@example.gov", true) == nil {
		t.Error("a topic that nobody made has a subscriber")
	}
}
