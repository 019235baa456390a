package signedcall

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// What the SDK's clients ask a configuration's sources for.
type (
	fipsSource interface {
		GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
	}
	dualStackSource interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
	endpointSource interface {
		GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
	}
	ignoringSource interface {
		GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
	}
)

// first is the value of the first source that has one, or the zero value.
func first[Source, Value any](sources []any, get func(Source) (Value, bool, error)) (Value, error) {
	for _, source := range sources {
		if s, ok := source.(Source); ok {
			if value, found, err := get(s); err != nil || found {
				return value, err
			}
		}
	}
	var none Value
	return none, nil
}

// endpoint is where the service is, by the rules of the SDK's clients for GovCloud.
func (s service) endpoint(ctx context.Context) (string, error) {
	sources := s.config.ConfigSources
	fips, err := first(sources, func(f fipsSource) (aws.FIPSEndpointState, bool, error) { return f.GetUseFIPSEndpoint(ctx) })
	if err != nil {
		return "", err
	}
	dual, err := first(sources, func(d dualStackSource) (aws.DualStackEndpointState, bool, error) {
		return d.GetUseDualStackEndpoint(ctx)
	})
	if err != nil {
		return "", err
	}
	configured, err := s.configuredEndpoint(ctx)
	switch {
	case err != nil:
		return "", err
	case configured == "":
	case fips == aws.FIPSEndpointStateEnabled || dual == aws.DualStackEndpointStateEnabled:
		return "", fmt.Errorf("the endpoint of %s is set to %s, and FIPS or dual-stack endpoints are asked for: unset one of them", s.id, configured)
	default:
		return configured, nil
	}
	host, suffix := s.host, "amazonaws.com"
	if dual == aws.DualStackEndpointStateEnabled {
		suffix = "api.aws"
	}
	switch {
	case fips != aws.FIPSEndpointStateEnabled:
	case dual == aws.DualStackEndpointStateEnabled:
		host += "-fips"
	default:
		host = s.fipsHost
	}
	return "https://" + host + "." + s.config.Region + "." + suffix, nil
}

// configuredEndpoint is what AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_… or a profile
// says, or empty. What is said of one service comes before what is said of all,
// unless only the latter is in the environment.
func (s service) configuredEndpoint(ctx context.Context) (string, error) {
	all := aws.ToString(s.config.BaseEndpoint)
	_, allSet := os.LookupEnv("AWS_ENDPOINT_URL")
	if _, set := os.LookupEnv("AWS_ENDPOINT_URL_" + s.id); allSet && !set {
		return all, nil
	}
	ignored, err := first(s.config.ConfigSources, func(i ignoringSource) (bool, bool, error) { return i.GetIgnoreConfiguredEndpoints(ctx) })
	if err != nil || ignored {
		return all, err
	}
	own, err := first(s.config.ConfigSources, func(e endpointSource) (string, bool, error) { return e.GetServiceBaseEndpoint(ctx, s.id) })
	if err != nil || own != "" {
		return own, err
	}
	return all, nil
}
