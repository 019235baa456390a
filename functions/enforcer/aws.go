package main

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// attempts bounds the SDK's retries of one call; the deadline of the
// invocation bounds their time.
const attempts = 8

// awsConfig is the SDK's configuration as Lambda gives it: by the environment
// alone, in which AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT and the like mean
// what they mean in every SDK program. config.LoadDefaultConfig would look for
// profiles, single sign-on and instance roles too, which a function has not;
// without them the binary is 1.6 MB smaller and starts faster.
func awsConfig() (aws.Config, error) {
	environment, err := config.NewEnvConfig()
	if err != nil {
		return aws.Config{}, fmt.Errorf("read the AWS environment: %w", err)
	}
	if environment.Region == "" {
		return aws.Config{}, errors.New("AWS_REGION is not set")
	}
	c := aws.Config{
		Region:           environment.Region,
		Credentials:      credentials.StaticCredentialsProvider{Value: environment.Credentials},
		RetryMaxAttempts: attempts,
		RetryMode:        environment.RetryMode,
		ConfigSources:    []any{environment},
	}
	if environment.BaseEndpoint != "" {
		c.BaseEndpoint = aws.String(environment.BaseEndpoint)
	}
	return c, nil
}
