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
	"github.com/aws/smithy-go"
)

// Objects is the part of S3 that is used; *s3.Client has it.
type Objects interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	ListObjectVersions(context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error)
}

// Bucket is the evidence of one account and Region in a bucket, which others
// may share:
//
//	reports/ACCOUNT/REGION/YYYY/MM/DD/ID.dsse.json   the signed original
//	reports/ACCOUNT/REGION/YYYY/MM/DD/ID.json        its payload; and other formats
//	state/ACCOUNT/REGION.dsse.json
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
	return fmt.Sprintf("state/%s/%s.dsse.json", b.Location.Account, b.Location.Region)
}

// reportKey puts a report into the folder of its day, which its ID ends with:
// ACCOUNT-REGION-YYYYMMDDTHHMMSS-fffffffffZ.
func (b Bucket) reportKey(id, ending string) (string, error) {
	at, ours := strings.CutPrefix(id, b.Location.Account+"-"+b.Location.Region+"-")
	day, err := time.Parse(idLayout, strings.Replace(at, "-", ".", 1))
	if !ours || err != nil || strings.Replace(day.Format(idLayout), ".", "-", 1) != at {
		return "", fmt.Errorf("%q is no report's ID of account %s, Region %s", id, b.Location.Account, b.Location.Region)
	}
	return fmt.Sprintf("reports/%s/%s/%s/%s%s", b.Location.Account, b.Location.Region, day.Format("2006/01/02"), id, ending), nil
}

const idLayout = "20060102T150405.999999999Z"

// WriteState replaces the verifier's state and returns the version that it is
// now.
func (b Bucket) WriteState(ctx context.Context, state []byte) (version string, err error) {
	return b.write(ctx, b.stateKey(), "application/json", state, nil)
}

// ReadReport reads a signed report. It returns nil when it is not there.
func (b Bucket) ReadReport(ctx context.Context, id string) ([]byte, error) {
	key, err := b.reportKey(id, signed)
	if err != nil {
		return nil, err
	}
	data, err := b.read(ctx, key, nil)
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, nil
	}
	return data, err
}

// ReportLocation is the s3:// address of a signed report.
func (b Bucket) ReportLocation(id string) (string, error) {
	key, err := b.reportKey(id, signed)
	if err != nil {
		return "", err
	}
	return b.uri(key), nil
}

// signed ends the name of an original.
const signed = ".dsse.json"

// KeepReport creates one format of a report and returns its s3:// address. What
// is there already is never overwritten: it is an error unless it is the same.
func (b Bucket) KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (string, error) {
	key, err := b.reportKey(id, ending)
	if err != nil {
		return "", err
	}
	if err := b.create(ctx, key, mediaType, content); err != nil {
		return "", err
	}
	return b.uri(key), nil
}

func (b Bucket) create(ctx context.Context, key, mediaType string, content []byte) error {
	_, err := b.write(ctx, key, mediaType, content, aws.String("*"))
	if failedWith(err, "ConditionalRequestConflict") {
		// Another creation was under way: only now one of the two is the first.
		_, err = b.write(ctx, key, mediaType, content, aws.String("*"))
	}
	if !failedWith(err, "PreconditionFailed") {
		return err
	}
	existing, readErr := b.read(ctx, key, nil)
	if readErr == nil && bytes.Equal(existing, content) {
		return nil // an answer of S3 was lost
	}
	return errors.Join(err, readErr)
}

// failedWith reports whether S3 answered an error of a code.
func failedWith(err error, code string) bool {
	var answered smithy.APIError
	return errors.As(err, &answered) && answered.ErrorCode() == code
}

func (b Bucket) uri(key string) string { return "s3://" + b.Name + "/" + key }

// write puts an object; ifNoneMatch "*" has S3 refuse what would overwrite one.
func (b Bucket) write(ctx context.Context, key, mediaType string, content []byte, ifNoneMatch *string) (version string, err error) {
	out, err := b.Objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.Name), Key: aws.String(key), Body: bytes.NewReader(content), ContentType: aws.String(mediaType),
		IfNoneMatch: ifNoneMatch,
		// Object Lock refuses what comes without a checksum, and a client of a
		// bare aws.Config sends none by itself.
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		return "", fmt.Errorf("put %s: %w", b.uri(key), err)
	}
	if aws.ToString(out.ETag) == "" {
		// The SDK takes any answer for a good one whose status is 200, such as a
		// proxy's page. S3 names what it has stored.
		return "", fmt.Errorf("put %s: the answer is not of S3: it names no ETag", b.uri(key))
	}
	return aws.ToString(out.VersionId), nil
}

// read reads a version of an object, or the current one.
func (b Bucket) read(ctx context.Context, key string, version *string) ([]byte, error) {
	location := b.uri(key)
	out, err := b.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.Name), Key: aws.String(key), VersionId: version})
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
