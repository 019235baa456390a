package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Objects is the part of S3 that is used; *s3.Client has it.
type Objects interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// Bucket is the evidence of one account and Region in a bucket, which others
// may share:
//
//	reports/ACCOUNT/REGION/YYYY/MM/DD/ID.json
//	state/ACCOUNT/REGION.json
//
// The encryption and the lock of what is written are the bucket's defaults.
type Bucket struct {
	Objects  Objects
	Name     string
	Location guard.Location
}

// maxObject bounds what is read back.
const maxObject = 64 << 20

func (b Bucket) stateKey() string {
	return fmt.Sprintf("state/%s/%s.json", b.Location.Account, b.Location.Region)
}

// reportKey puts a report into the folder of its day, which its ID ends with:
// ACCOUNT-REGION-YYYYMMDDTHHMMSSZ.
func (b Bucket) reportKey(id, ending string) (string, error) {
	at, ours := strings.CutPrefix(id, b.Location.Account+"-"+b.Location.Region+"-")
	day, err := time.Parse("20060102T150405Z", at)
	if !ours || err != nil {
		return "", fmt.Errorf("%q is no report's ID of account %s, Region %s", id, b.Location.Account, b.Location.Region)
	}
	return fmt.Sprintf("reports/%s/%s/%s/%s%s", b.Location.Account, b.Location.Region, day.Format("2006/01/02"), id, ending), nil
}

// ReadState reads the verifier's state, or nil when there is none yet.
func (b Bucket) ReadState(ctx context.Context) ([]byte, error) {
	data, err := b.read(ctx, b.stateKey())
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, nil
	}
	return data, err
}

// WriteState replaces the verifier's state.
func (b Bucket) WriteState(ctx context.Context, state []byte) error {
	_, err := b.write(ctx, b.stateKey(), "application/json", state)
	return err
}

// ReadReport reads the JSON of a report.
func (b Bucket) ReadReport(ctx context.Context, id string) ([]byte, error) {
	key, err := b.reportKey(id, ".json")
	if err != nil {
		return nil, err
	}
	return b.read(ctx, key)
}

// KeepReport writes one form of a report and answers its s3:// address.
func (b Bucket) KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (string, error) {
	key, err := b.reportKey(id, ending)
	if err != nil {
		return "", err
	}
	return b.write(ctx, key, mediaType, content)
}

func (b Bucket) write(ctx context.Context, key, mediaType string, content []byte) (location string, err error) {
	_, err = b.Objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.Name), Key: aws.String(key), Body: bytes.NewReader(content), ContentType: aws.String(mediaType),
		// Object Lock refuses what comes without a checksum, and a client of a
		// bare aws.Config sends none by itself.
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	location = "s3://" + b.Name + "/" + key
	if err != nil {
		return "", fmt.Errorf("put %s: %w", location, err)
	}
	return location, nil
}

func (b Bucket) read(ctx context.Context, key string) ([]byte, error) {
	location := "s3://" + b.Name + "/" + key
	out, err := b.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.Name), Key: aws.String(key)})
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", location, err)
	}
	defer func() { _ = out.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(out.Body, maxObject+1))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", location, err)
	}
	if len(data) > maxObject {
		return nil, fmt.Errorf("get %s: it is larger than %d MiB", location, maxObject>>20)
	}
	return data, nil
}
