package readback

import (
	"context"
	"encoding/json"
	"strings"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

func (a Account) topic(ctx context.Context, meant component.Meant) (map[string]any, error) {
	topic := aws.String(meant.Name)
	out, err := a.Topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: topic})
	if err != nil {
		return nil, err
	}
	is := map[string]any{}
	for name, value := range out.Attributes {
		is[name] = document(aws.String(value))
	}
	protection, err := a.Topics.GetDataProtectionPolicy(ctx, &sns.GetDataProtectionPolicyInput{ResourceArn: topic})
	switch {
	case err == nil:
		is["DataProtectionPolicy"] = document(protection.DataProtectionPolicy)
	case refused(err) || !answered(err):
		return nil, err
	} // else this account cannot have one: AWS no longer offers it to new customers
	return is, a.subscribed(ctx, meant, is)
}

// subscribed adds who gets the topic's messages, confirmed or not: someone who has
// not confirmed is on the list all the same.
func (a Account) subscribed(ctx context.Context, meant component.Meant, is map[string]any) error {
	allowed, err := json.Marshal(meant.Properties["Policy"])
	if err != nil {
		return err
	}
	here, err := arn.Parse(meant.Name)
	if err != nil {
		return err
	}
	var all []any
	pages := sns.NewListSubscriptionsByTopicPaginator(a.Topics, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(meant.Name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.Subscriptions {
			owner := aws.ToString(s.Owner)
			// The topic's policy may let a security account subscribe what it likes.
			if owner != here.AccountID && owner != "" && strings.Contains(string(allowed), ":iam::"+owner+":root") {
				continue
			}
			if aws.ToString(s.SubscriptionArn) == "Deleted" {
				continue
			}
			subscription, err := a.subscription(ctx, s)
			if err != nil {
				return err
			}
			all = append(all, subscription)
		}
	}
	is["Subscriptions"] = all
	return nil
}

func (a Account) subscription(ctx context.Context, s types.Subscription) (map[string]any, error) {
	is := map[string]any{"Protocol": aws.ToString(s.Protocol), "Endpoint": aws.ToString(s.Endpoint)}
	if !strings.HasPrefix(aws.ToString(s.SubscriptionArn), "arn:") {
		return is, nil // pending: it has no attributes yet
	}
	out, err := a.Topics.GetSubscriptionAttributes(ctx, &sns.GetSubscriptionAttributesInput{SubscriptionArn: s.SubscriptionArn})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"DeliveryPolicy", "FilterPolicy", "RedrivePolicy"} {
		if value := document(aws.String(out.Attributes[name])); value != nil {
			is[name] = value
		}
	}
	if out.Attributes["RawMessageDelivery"] == "true" {
		is["RawMessageDelivery"] = true
	}
	return is, nil
}
