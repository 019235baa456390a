package tools

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Evidence finds the files below a folder or below s3://BUCKET/PREFIX. The
// configuration is asked for only where S3 is.
func Evidence(ctx context.Context, path string, configure func(context.Context) (aws.Config, error)) (folder.Files, error) {
	address, inS3 := strings.CutPrefix(path, "s3://")
	if !inS3 {
		return folder.Dir(path), nil
	}
	settings, err := configure(ctx)
	if err != nil {
		return nil, err
	}
	name, prefix, _ := strings.Cut(address, "/")
	return bucketFiles{ctx, scans.S3(settings), name, prefix}, nil
}

// bucketFiles are the objects of a bucket below a prefix.
type bucketFiles struct {
	ctx          context.Context // of the command that reads them
	client       *s3.Client
	name, prefix string
}

// Names lists the bucket.
func (b bucketFiles) Names() ([]string, error) {
	var names []string
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: aws.String(b.name), Prefix: aws.String(b.prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(b.ctx)
		if err != nil {
			return nil, fmt.Errorf("list s3://%s/%s: %w", b.name, b.prefix, err)
		}
		for _, o := range page.Contents {
			names = append(names, aws.ToString(o.Key))
		}
	}
	return names, nil
}

// Read reads an object.
func (b bucketFiles) Read(name string) (data []byte, err error) {
	out, err := b.client.GetObject(b.ctx, &s3.GetObjectInput{Bucket: aws.String(b.name), Key: aws.String(name)})
	if err != nil {
		return nil, fmt.Errorf("get s3://%s/%s: %w", b.name, name, err)
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	data, err = io.ReadAll(io.LimitReader(out.Body, folder.MaxFile+1))
	if err == nil && len(data) > folder.MaxFile {
		err = fmt.Errorf("get s3://%s/%s: it is larger than %d MiB", b.name, name, folder.MaxFile>>20)
	}
	return data, err
}
