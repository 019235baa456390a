package scans

import (
	"context"
	"fmt"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Choice is which profile and which Region to use; empty is what the environment
// says.
type Choice struct{ Profile, Region string }

// Load reads the AWS configuration as the AWS CLI finds it.
func (c Choice) Load(ctx context.Context, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	settings, err := config.LoadDefaultConfig(ctx, append(options, config.WithAppID(product.Name))...)
	if err != nil {
		return settings, Legible(fmt.Errorf("read the AWS configuration: %w", err))
	}
	return settings, nil
}

// Principal is who calls AWS, and where.
type Principal struct {
	guard.Location
	ARN string
}

// Caller is the AWS configuration, with the principal that its credentials belong to
// and its Region. An error says what is missing and what to do: credentials, or a
// Region that has FIPS mode on Fargate.
func Caller(ctx context.Context, choice Choice) (aws.Config, Principal, error) {
	settings, err := choice.Load(ctx)
	if err != nil {
		return aws.Config{}, Principal{}, err
	}
	switch {
	case settings.Region == "":
		return aws.Config{}, Principal{}, fmt.Errorf("no Region is set: add --region us-gov-west-1, or set AWS_REGION")
	case !guard.InScope(settings.Region):
		return aws.Config{}, Principal{}, fmt.Errorf("the Region is %q; Fargate has FIPS-140 mode in us-gov-west-1 and us-gov-east-1 only: add --region, or set AWS_REGION", settings.Region)
	}
	if err := CheckCredentials(ctx, settings); err != nil {
		return aws.Config{}, Principal{}, err
	}
	out, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return aws.Config{}, Principal{}, Legible(fmt.Errorf("get caller identity: %w", err))
	}
	if caller, err := arn.Parse(aws.ToString(out.Arn)); err != nil || caller.Partition != "aws-us-gov" {
		return aws.Config{}, Principal{}, fmt.Errorf("the credentials are those of %q, which is not in GovCloud: choose another --profile", aws.ToString(out.Arn))
	}
	return settings, Principal{guard.Location{Account: aws.ToString(out.Account), Region: settings.Region}, aws.ToString(out.Arn)}, nil
}
