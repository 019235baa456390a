package scans

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// TestHints: what a person can do about it stands in one line; any other error
// stays as it is.
func TestHints(t *testing.T) {
	aws := func(code string) error {
		return fmt.Errorf("operation error STS: GetCallerIdentity, https response error StatusCode: 403: %w", &smithy.GenericAPIError{Code: code, Message: "no"})
	}
	for want, errs := range map[string][]error{
		"have expired: sign in again":    {aws("ExpiredToken"), aws("ExpiredTokenException"), &ssocreds.InvalidTokenError{Err: errors.New("old")}},
		"those of commercial AWS do not": {aws("InvalidClientTokenId"), aws("UnrecognizedClientException"), aws("InvalidAccessKeyId")},
		"this machine's clock":           {aws("SignatureDoesNotMatch"), aws("InvalidSignatureException")},
	} {
		for _, err := range errs {
			got := Legible(err)
			if !strings.Contains(got.Error(), want) || len(got.Error()) > 200 || !errors.Is(got, err) {
				t.Errorf("%v becomes %v", err, got)
			}
		}
	}
	if err := aws("AccessDenied"); Legible(err) != err {
		t.Errorf("%v becomes %v", err, Legible(err))
	}
}
