package tools

import (
	"context"
	"io"
	"net/http"
	"strings"

	"fipsguard/internal/audit"
	"fipsguard/internal/aws/history"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
)

// InFlight is how many requests to S3 are under way at once.
const InFlight = history.InFlight

// Audit is where an audit finds files and keys.
type Audit struct {
	Stdin  io.Reader
	Config func(context.Context) (aws.Config, error) // asked only when S3 or CloudTrail is
}

// ManyRequests is the AWS configuration as the AWS CLI finds it, for many requests
// at once. The Region is taken where none is set.
func ManyRequests(profile, region string) func(context.Context) (aws.Config, error) {
	return func(ctx context.Context) (aws.Config, error) { return manyRequests(ctx, profile, region) }
}

func manyRequests(ctx context.Context, profile, region string) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = history.InFlight, history.InFlight
	})
	settings, err := scans.Choice{Profile: profile}.Load(ctx, config.WithHTTPClient(client), config.WithDefaultRegion(region))
	if err != nil {
		return settings, err
	}
	return settings, scans.CheckCredentials(ctx, settings)
}

// Files finds the files under paths: folders and files, s3://BUCKET/PREFIX, and
// - for the standard input. Accounts narrow down what is listed in S3.
func (a Audit) Files(ctx context.Context, paths, accounts []string) ([]audit.File, error) {
	var all []audit.File
	for _, path := range paths {
		files, err := a.files(ctx, path, accounts)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

func (a Audit) files(ctx context.Context, path string, accounts []string) ([]audit.File, error) {
	address, inS3 := strings.CutPrefix(path, "s3://")
	switch {
	case path == audit.StandardInput:
		return history.NewStdin(a.Stdin).Files(), nil
	case !inS3:
		return history.Folder{}.Files(path)
	}
	settings, err := a.Config(ctx)
	if err != nil {
		return nil, err
	}
	name, prefix, _ := strings.Cut(address, "/")
	bucket := &history.Bucket{Objects: scans.S3(settings), Name: name}
	found, err := bucket.Files(ctx, prefix, accounts)
	return found, scans.Legible(err)
}

// Keys asks CloudTrail for the public keys that signed a plan's digests.
func (a Audit) Keys(ctx context.Context, plan audit.Plan) (audit.Keys, error) {
	settings, err := a.Config(ctx)
	if err != nil {
		return nil, err
	}
	keys := audit.Keys{}
	for region, time := range plan.Digested() {
		client := cloudtrail.NewFromConfig(settings, func(o *cloudtrail.Options) { o.Region = region })
		if err := history.PublicKeys(ctx, client, time.From, time.Until, keys); err != nil {
			return nil, scans.Legible(err)
		}
	}
	return keys, nil
}
