package history

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"fipsguard/internal/audit"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// InFlight is how many requests to S3 are under way at once.
const InFlight = 64

// Bucket is an S3 bucket as a source of log files and digests. The paths of its
// files are s3://BUCKET/KEY.
type Bucket struct {
	Objects Objects
	Name    string
}

// Files lists what lies under a prefix. Folders are listed side by side, down
// to the months of an account and Region. Those of accounts that are not asked
// about, and of anything but logs and digests, are left out.
func (b *Bucket) Files(ctx context.Context, prefix string, accounts []string) ([]audit.File, error) {
	l := listing{bucket: b, accounts: accounts, requests: semaphore.NewWeighted(InFlight)}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return l.folder(ctx, work, prefix) })
	if err := work.Wait(); err != nil {
		return nil, fmt.Errorf("list s3://%s/%s: %w", b.Name, prefix, err)
	}
	return l.files, nil
}

// Open gets an object. A digest's signature is in its metadata.
func (b *Bucket) Open(ctx context.Context, path string) (audit.Object, error) {
	key := strings.TrimPrefix(path, "s3://"+b.Name+"/")
	out, err := b.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.Name), Key: aws.String(key)})
	if err != nil {
		return audit.Object{}, fmt.Errorf("get %s: %w", path, err)
	}
	return audit.Object{Body: out.Body, Signature: out.Metadata["signature"]}, nil
}

// listing is a bucket while it is listed.
type listing struct {
	bucket   *Bucket
	accounts []string
	requests *semaphore.Weighted

	mu    sync.Mutex
	files []audit.File
}

var (
	aMonth = regexp.MustCompile(`/\d{4}/\d{2}/$`)
	// anAccount is a folder of what belongs to an account.
	anAccount = regexp.MustCompile(`(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?(\d{12})/$`)
	// aService is a folder of what one service delivered for an account.
	aService = regexp.MustCompile(`(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?\d{12}/([^/]+)/$`)
)

// folder lists one folder, and those in it.
func (l *listing) folder(ctx context.Context, work *errgroup.Group, prefix string) error {
	input := &s3.ListObjectsV2Input{Bucket: aws.String(l.bucket.Name), Prefix: aws.String(prefix)}
	if !aMonth.MatchString(prefix) {
		input.Delimiter = aws.String("/")
	}
	pages := s3.NewListObjectsV2Paginator(l.bucket.Objects, input)
	for pages.HasMorePages() {
		if err := l.requests.Acquire(ctx, 1); err != nil {
			return err
		}
		page, err := pages.NextPage(ctx)
		l.requests.Release(1)
		if err != nil {
			return err
		}
		l.mu.Lock()
		for _, object := range page.Contents {
			l.files = append(l.files, audit.File{
				Path: "s3://" + l.bucket.Name + "/" + aws.ToString(object.Key), Size: aws.ToInt64(object.Size), Tag: aws.ToString(object.ETag), From: l.bucket,
			})
		}
		l.mu.Unlock()
		for _, folder := range page.CommonPrefixes {
			if name := aws.ToString(folder.Prefix); l.matters(name) {
				work.Go(func() error { return l.folder(ctx, work, name) })
			}
		}
	}
	return nil
}

// matters reports whether a folder can have what is asked about.
func (l *listing) matters(folder string) bool {
	if m := anAccount.FindStringSubmatch(folder); m != nil {
		return len(l.accounts) == 0 || slices.Contains(l.accounts, m[1])
	}
	if m := aService.FindStringSubmatch(folder); m != nil {
		return m[1] == "CloudTrail" || m[1] == "CloudTrail-Digest"
	}
	return true
}
