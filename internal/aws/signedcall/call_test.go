package signedcall_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"fipsguard/internal/aws/signedcall"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TestNoConnectionStaysOpen: a function has no client of its own for these calls,
// and makes one each minute.
func TestNoConnectionStaysOpen(t *testing.T) {
	open := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.Close {
			open++
		}
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	config := aws.Config{Region: "us-gov-west-1", BaseEndpoint: &server.URL, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "0123456789012345678901234567890123456789"}, nil
	})}
	for range 3 {
		if err := signedcall.SystemsManager(config).Call(t.Context(), "GetParameter", struct{}{}, &struct{}{}); err != nil {
			t.Fatal(err)
		}
	}
	if open > 0 {
		t.Errorf("%d of 3 calls leave a connection open that nobody uses again", open)
	}
}
