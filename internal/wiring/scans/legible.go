package scans

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// hinted is what a person can act on. The SDK's chain of errors, which may
// have 300 characters, is behind it.
type hinted struct {
	text string
	err  error
}

func (e *hinted) Error() string { return e.text }

func (e *hinted) Unwrap() error { return e.err }

// Legible puts one line with a hint in the place of an SDK's error about
// credentials or the network. Any other error stays as it is.
func Legible(err error) error {
	var profile config.SharedConfigProfileNotExistError
	var signIn *ssocreds.InvalidTokenError
	var api smithy.APIError
	var resolving *net.DNSError
	var dialing *net.OpError
	switch {
	case errors.As(err, &profile):
		return &hinted{fmt.Sprintf("there is no AWS profile %q: see aws configure list-profiles", profile.Profile), err}
	case errors.As(err, &signIn):
		return &hinted{expired, err}
	case errors.As(err, &api):
		if text := hint(api.ErrorCode()); text != "" {
			return &hinted{text, err}
		}
	case errors.As(err, &resolving):
		return &hinted{fmt.Sprintf("AWS cannot be reached: there is no address of %s; check the network, the proxy and AWS_ENDPOINT_URL", resolving.Name), err}
	case errors.As(err, &dialing):
		return &hinted{fmt.Sprintf("AWS cannot be reached: %v; check the network, the proxy and AWS_ENDPOINT_URL", dialing), err}
	}
	return err
}

const expired = "the AWS credentials have expired: sign in again (aws sso login), or renew AWS_SESSION_TOKEN"

// hint is what to do about an error code of AWS that is about credentials.
func hint(code string) string {
	switch code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return expired
	case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId":
		return "AWS GovCloud does not know these credentials (" + code + "): those of commercial AWS do not work there; choose another --profile"
	case "SignatureDoesNotMatch", "InvalidSignatureException":
		return "AWS refused the signature (" + code + "): check AWS_SECRET_ACCESS_KEY and this machine's clock"
	}
	return ""
}

// CheckCredentials says why there are no credentials, if there are none.
func CheckCredentials(ctx context.Context, settings aws.Config) error {
	_, err := settings.Credentials.Retrieve(ctx)
	if err == nil {
		return nil
	}
	var api smithy.APIError
	var signIn *ssocreds.InvalidTokenError
	if errors.As(err, &api) || errors.As(err, &signIn) {
		return Legible(fmt.Errorf("get AWS credentials: %w", err))
	}
	return &hinted{"no AWS credentials were found: add --profile, sign in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", err}
}
