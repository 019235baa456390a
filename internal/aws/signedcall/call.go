package signedcall

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Service is a service that speaks AWS JSON 1.1.
type Service struct {
	config   aws.Config
	id       string // in AWS_ENDPOINT_URL_…
	host     string // before the Region, and the signature's name of the service unless that is another one
	signed   string
	fipsHost string // the same with AWS_USE_FIPS_ENDPOINT, in GovCloud
	target   string // before the operation in X-Amz-Target
}

// Registry is where images are. Its signature has another name than its host.
func Registry(c aws.Config) Service {
	return Service{config: c, id: "ECR", host: "api.ecr", signed: "ecr", fipsHost: "ecr-fips", target: "AmazonEC2ContainerRegistry_V20150921"}
}

// Logs is CloudWatch Logs. In GovCloud its ordinary endpoint is the FIPS endpoint.
func Logs(c aws.Config) Service {
	return Service{config: c, id: "CLOUDWATCH_LOGS", host: "logs", fipsHost: "logs", target: "Logs_20140328"}
}

// SystemsManager is where sessions end. In GovCloud its ordinary endpoint is the
// FIPS endpoint.
func SystemsManager(c aws.Config) Service {
	return Service{config: c, id: "SSM", host: "ssm", fipsHost: "ssm", target: "AmazonSSM"}
}

// KeyService is KMS.
func KeyService(c aws.Config) Service {
	return Service{config: c, id: "KMS", host: "kms", fipsHost: "kms-fips", target: "TrentService"}
}

// maxAnswer bounds the memory that an answer may take.
const maxAnswer = 1 << 20

// Call makes one call, again where the SDK would. An error that AWS answered is a
// smithy.APIError.
func (s Service) Call(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	endpoint, err := s.endpoint(ctx)
	if err != nil {
		return err
	}
	retries := retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = cmp.Or(s.config.RetryMaxAttempts, o.MaxAttempts) })
	for attempt := 1; ; attempt++ {
		err := s.attempt(ctx, endpoint, operation, body, out)
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

func (s Service) attempt(ctx context.Context, endpoint, operation string, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("endpoint of %s: %w", s.id, err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	agent := product.Name
	if s.config.AppID != "" {
		agent += " app/" + s.config.AppID // as the SDK writes it: by this CloudTrail shows whose calls they are
	}
	request.Header.Set("User-Agent", agent)
	request.Header.Set("X-Amz-Target", s.target+"."+operation)
	credentials, err := s.config.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("retrieve credentials: %w", err)
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(hash[:]), cmp.Or(s.signed, s.host), s.config.Region, time.Now()); err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	client := s.config.HTTPClient
	if client == nil {
		client = awshttp.NewBuildableClient()
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
		return failure(response, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("the answer of %s is not JSON", s.id) // the error would quote it
	}
	return nil
}

// failure is the error that AWS answered, as the SDK has it.
func failure(response *http.Response, answer []byte) error {
	var body struct {
		Type    string `json:"__type"`
		Message string `json:"message"` // also Message
	}
	_ = json.Unmarshal(answer, &body) // the status alone then says it
	code, _, _ := strings.Cut(cmp.Or(response.Header.Get("X-Amzn-Errortype"), body.Type, "UnknownError"), ":")
	return &awshttp.ResponseError{
		RequestID: response.Header.Get("X-Amzn-Requestid"),
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: response},
			Err:      &smithy.GenericAPIError{Code: code[strings.LastIndexByte(code, '#')+1:], Message: body.Message},
		},
	}
}
