package scans

import (
	"context"
	"fmt"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Principal is who calls AWS, and where.
type Principal struct {
	guard.Location
	ARN string
}

// Caller is the AWS configuration that the SDK finds in the environment or in a
// profile, with the principal that its credentials belong to and its Region. An
// error names what is missing: credentials, or a Region that has FIPS mode on
// Fargate.
func Caller(ctx context.Context) (aws.Config, Principal, error) {
	settings, err := config.LoadDefaultConfig(ctx, config.WithAppID(product.Name))
	if err != nil {
		return aws.Config{}, Principal{}, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if !guard.InScope(settings.Region) {
		return aws.Config{}, Principal{}, fmt.Errorf("the Region is %q; Fargate has FIPS-140 mode in us-gov-west-1 and us-gov-east-1 only: set AWS_REGION", settings.Region)
	}
	out, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return aws.Config{}, Principal{}, fmt.Errorf("get caller identity: %w", err)
	}
	return settings, Principal{guard.Location{Account: aws.ToString(out.Account), Region: settings.Region}, aws.ToString(out.Arn)}, nil
}
