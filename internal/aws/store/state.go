package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// versionsRead is how many versions of the state are listed. More than two of
// them matter only where S3's answers were lost.
const versionsRead = 10

// version is one version of the state, or a marker that it was deleted.
type version struct {
	id      string
	size    int64
	latest  bool
	deleted bool
	at      time.Time
}

// ReadState reads the verifier's state, its version and the version before it,
// which is empty when it is the first. There is no content when there is no
// state yet, and a version without content when it was deleted. The same state
// twice, because an answer of S3 was lost, is one version.
func (b Bucket) ReadState(ctx context.Context) (content []byte, current, before string, err error) {
	versions, err := b.stateVersions(ctx)
	if err != nil || len(versions) == 0 {
		return nil, "", "", err
	}
	newest, older := versions[0], versions[1:]
	if newest.deleted {
		return nil, newest.id, "", nil
	}
	if content, err = b.read(ctx, b.stateKey(), aws.String(newest.id)); err != nil {
		return nil, "", "", err
	}
	for _, v := range older {
		same := false
		if !v.deleted && v.size == newest.size {
			earlier, err := b.read(ctx, b.stateKey(), aws.String(v.id))
			if err != nil {
				return nil, "", "", err
			}
			same = bytes.Equal(earlier, content)
		}
		if !same {
			return content, newest.id, v.id, nil
		}
	}
	return content, newest.id, "", nil
}

// stateVersions are the newest versions of the state, the newest first.
func (b Bucket) stateVersions(ctx context.Context) ([]version, error) {
	key := b.stateKey()
	out, err := b.Objects.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{
		Bucket: aws.String(b.Name), Prefix: aws.String(key), MaxKeys: aws.Int32(versionsRead),
	})
	if err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", b.uri(key), err)
	}
	var all []version
	for _, v := range out.Versions {
		if aws.ToString(v.Key) == key {
			all = append(all, version{aws.ToString(v.VersionId), aws.ToInt64(v.Size), aws.ToBool(v.IsLatest), false, aws.ToTime(v.LastModified)})
		}
	}
	for _, m := range out.DeleteMarkers {
		if aws.ToString(m.Key) == key {
			all = append(all, version{aws.ToString(m.VersionId), 0, aws.ToBool(m.IsLatest), true, aws.ToTime(m.LastModified)})
		}
	}
	return newestFirst(all), nil
}

// newestFirst puts versions and markers, which S3 lists apart and with times in
// whole seconds, into one order. A version of a marker's second is older than
// the marker: the latest of all is marked, and the verifier writes no two in
// the time in which somebody deletes one.
func newestFirst(all []version) []version {
	rank := func(v version) int {
		switch {
		case v.latest:
			return 0
		case v.deleted:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b version) int {
		if a.latest != b.latest {
			return cmp.Compare(rank(a), rank(b))
		}
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(rank(a), rank(b)))
	})
	return all
}
