package signedcall

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// exchange is one call as its protocol writes it, and how that reads the answer.
type exchange struct {
	header  map[string]string
	body    []byte
	read    func(answer []byte) error // to a call that AWS made
	refusal func(header http.Header, answer []byte) refusal
}

// refusal is what AWS says of a call that it did not make; what is missing is empty.
type refusal struct{ code, message, requestID string }

// maxAnswer bounds the memory that an answer may take.
const maxAnswer = 1 << 20

// send makes one call, again where the SDK would. An error that AWS answered is a
// smithy.APIError.
func (s service) send(ctx context.Context, e exchange) error {
	endpoint, err := s.endpoint(ctx)
	if err != nil {
		return err
	}
	retries := retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = cmp.Or(s.config.RetryMaxAttempts, o.MaxAttempts) })
	for attempt := 1; ; attempt++ {
		err := s.attempt(ctx, endpoint, e)
		if err == nil || attempt == retries.MaxAttempts() || !retries.IsErrorRetryable(err) {
			return err
		}
		delay, failed := retries.RetryDelay(attempt, err)
		if failed != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(delay):
		}
	}
}

func (s service) attempt(ctx context.Context, endpoint string, e exchange) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(e.body))
	if err != nil {
		return fmt.Errorf("endpoint of %s: %w", s.id, err)
	}
	request.URL.Path = smithyhttp.JoinPath(request.URL.Path, "/")
	for name, value := range e.header {
		request.Header.Set(name, value)
	}
	agent := product.Name
	if s.config.AppID != "" {
		agent += " app/" + s.config.AppID // as the SDK writes it: by this CloudTrail shows whose calls they are
	}
	request.Header.Set("User-Agent", agent)
	credentials, err := s.config.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("retrieve credentials: %w", err)
	}
	hash := sha256.Sum256(e.body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(hash[:]), cmp.Or(s.signed, s.host), s.config.Region, time.Now()); err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	client := s.config.HTTPClient
	if client == nil { // one for each attempt, so it must leave no open connection behind
		client = awshttp.NewBuildableClient().WithTimeout(s.limit).WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })
	}
	response, err := client.Do(request)
	if err != nil {
		return &smithyhttp.RequestSendError{Err: err}
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	defer clear(answer) // a data key is in it
	if response.StatusCode != http.StatusOK {
		return failure(response, e.refusal(response.Header, answer))
	}
	return e.read(answer)
}

// failure is the error that AWS answered, as the SDK has it.
func failure(response *http.Response, r refusal) error {
	return &awshttp.ResponseError{
		RequestID: cmp.Or(response.Header.Get("X-Amzn-Requestid"), r.requestID),
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: response},
			Err:      &smithy.GenericAPIError{Code: cmp.Or(r.code, "UnknownError"), Message: r.message},
		},
	}
}
