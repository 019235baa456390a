package wiring

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// attempts bounds the SDK's retries of one call; the deadline of the
// invocation bounds their time.
const attempts = 8

// AWSConfig is the SDK's configuration as Lambda gives it, by the environment
// alone: credentials, Region, AWS_ENDPOINT_URL (also by service, as in
// AWS_ENDPOINT_URL_SNS) and AWS_USE_FIPS_ENDPOINT, with their meaning in every
// SDK program. config.LoadDefaultConfig looks for profiles, single sign-on and
// instance roles, too, which a function does not have; it makes the binary
// 2 MB larger and its start a tenth slower.
func AWSConfig(p Process) (aws.Config, error) {
	getenv := p.Getenv
	c := aws.Config{
		Region:           getenv("AWS_REGION"),
		RetryMaxAttempts: attempts,
		HTTPClient:       p.Client,
		AppID:            product.Name, // by which CloudTrail's records show whose calls they are
		ConfigSources:    []any{environment{getenv}},
	}
	credentials := aws.Credentials{
		AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	var errs []error
	if c.Region == "" {
		errs = append(errs, errors.New("AWS_REGION is not set; Lambda sets it"))
	}
	if !credentials.HasKeys() {
		errs = append(errs, errors.New("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set; Lambda sets them"))
	}
	if _, err := useFIPS(getenv); err != nil {
		errs = append(errs, err)
	}
	c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil })
	if url := getenv("AWS_ENDPOINT_URL"); url != "" {
		c.BaseEndpoint = aws.String(url)
	}
	return c, errors.Join(errs...)
}

func useFIPS(getenv func(string) string) (bool, error) {
	text := getenv("AWS_USE_FIPS_ENDPOINT")
	if text == "" {
		return false, nil
	}
	use, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return false, fmt.Errorf("AWS_USE_FIPS_ENDPOINT is %q; it is true or false", text)
	}
	return use, nil
}

// environment answers what the SDK's clients ask a configuration source for.
type environment struct{ getenv func(string) string }

func (e environment) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	use, err := useFIPS(e.getenv)
	if use {
		return aws.FIPSEndpointStateEnabled, true, err
	}
	return aws.FIPSEndpointStateUnset, false, err
}

func (e environment) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := e.getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return url, url != "", nil
}
