package history

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/audit"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
)

// KeyLister is the part of CloudTrail that knows its public keys.
type KeyLister interface {
	ListPublicKeys(context.Context, *cloudtrail.ListPublicKeysInput, ...func(*cloudtrail.Options)) (*cloudtrail.ListPublicKeysOutput, error)
}

// keyMargin is how much longer than its digests a key is asked for, as the AWS
// CLI does.
const keyMargin = 2 * time.Hour

// PublicKeys adds the keys with which a Region's digests of a time were signed.
func PublicKeys(ctx context.Context, in KeyLister, from, until time.Time, keys audit.Keys) error {
	input := &cloudtrail.ListPublicKeysInput{StartTime: aws.Time(from), EndTime: aws.Time(until.Add(keyMargin))}
	for {
		out, err := in.ListPublicKeys(ctx, input)
		if err != nil {
			return fmt.Errorf("list CloudTrail's public keys: %w", err)
		}
		for _, key := range out.PublicKeyList {
			if err := keys.Add(aws.ToString(key.Fingerprint), key.Value); err != nil {
				return err
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return nil
		}
		input.NextToken = out.NextToken
	}
}
