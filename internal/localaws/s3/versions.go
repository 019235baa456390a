package s3

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

const versionHeader = "x-amz-version-id"

// version is one version of an object, or a marker that it was deleted.
type version struct {
	Object
	deleted bool
}

func (b *bucket) nextVersion() string {
	b.put++
	return fmt.Sprintf("%032d", b.put)
}

// read is the version that a request names, or the current one.
func (b *bucket) read(in *request) (Object, bool) {
	id := in.query.Get("versionId")
	if id == "" {
		o, ok := b.objects[in.key]
		return o, ok
	}
	for _, v := range b.versions[in.key] {
		if v.version == id && !v.deleted {
			return v.Object, true
		}
	}
	return Object{}, false
}

// deleteObject puts a marker on an object, which a lock does not keep from it:
// it counts as absent then, and its versions stay. A version that is named is
// deleted for good unless it is under a lock (S3 user guide, "Deleting object
// versions from a versioning-enabled bucket").
func (s *Buckets) deleteObject(r *kernel.Request, in *request) (answer, error) {
	b, err := s.bucket(r, in)
	if err != nil {
		return answer{}, err
	}
	id := in.query.Get("versionId")
	if id == "" {
		marker := version{Object{Key: in.key, Modified: r.At, version: b.nextVersion()}, true}
		b.versions[in.key] = append([]version{marker}, b.versions[in.key]...)
		delete(b.objects, in.key)
		return answer{status: http.StatusNoContent, header: map[string]string{"x-amz-delete-marker": "true", versionHeader: marker.version}}, nil
	}
	i := slices.IndexFunc(b.versions[in.key], func(v version) bool { return v.version == id })
	if i >= 0 && b.versions[in.key][i].RetainUntil.After(r.At) {
		return answer{}, failure(http.StatusForbidden, "AccessDenied", "Access Denied because object protected by object lock.")
	}
	if i >= 0 {
		b.versions[in.key] = slices.Delete(b.versions[in.key], i, i+1)
		b.current(in.key)
	}
	return answer{status: http.StatusNoContent, header: map[string]string{versionHeader: id}}, nil
}

// current finds out again which version of an object is the current one.
func (b *bucket) current(key string) {
	delete(b.objects, key)
	if left := b.versions[key]; len(left) > 0 && !left[0].deleted {
		b.objects[key] = left[0].Object
	}
}

type versionListing struct {
	XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
	Name        string
	Prefix      string
	MaxKeys     int
	IsTruncated bool
	Version     []listedVersion
	DeleteMark  []listedMarker `xml:"DeleteMarker"`
}

type listedVersion struct {
	Key          string
	VersionId    string
	IsLatest     bool
	LastModified time.Time
	ETag         string
	Size         int
	StorageClass string
}

type listedMarker struct {
	Key          string
	VersionId    string
	IsLatest     bool
	LastModified time.Time
}

// listVersions is ListObjectVersions: by key, the newest version first. It has
// no second page.
func (s *Buckets) listVersions(r *kernel.Request, in *request) (answer, error) {
	b, err := s.bucket(r, in)
	if err != nil {
		return answer{}, err
	}
	out := versionListing{Name: in.bucket, Prefix: in.query.Get("prefix"), MaxKeys: maxKeys}
	if asked := in.query.Get("max-keys"); asked != "" {
		if out.MaxKeys, err = strconv.Atoi(asked); err != nil || out.MaxKeys < 0 || out.MaxKeys > maxKeys {
			return answer{}, failure(http.StatusBadRequest, "InvalidArgument", "Provided max-keys not an integer or within integer range")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.versions)) {
		if !strings.HasPrefix(key, out.Prefix) {
			continue
		}
		for i, v := range b.versions[key] {
			if len(out.Version)+len(out.DeleteMark) == out.MaxKeys {
				out.IsTruncated = true
				return answer{status: http.StatusOK, document: out}, nil
			}
			if v.deleted {
				out.DeleteMark = append(out.DeleteMark, listedMarker{key, v.version, i == 0, v.Modified})
				continue
			}
			out.Version = append(out.Version, listedVersion{key, v.version, i == 0, v.Modified, v.etag(), len(v.Body), "STANDARD"})
		}
	}
	return answer{status: http.StatusOK, document: out}, nil
}

// Expire drops the versions of a bucket that were put before a time, and the
// objects of which no other is there: an account in which months pass has no memory
// for each report. No lock holds them.
func (s *Buckets) Expire(name string, before time.Time) {
	s.kernel.Lock()
	defer s.kernel.Unlock()
	b, ok := s.byName[name]
	if !ok {
		return
	}
	for key, all := range b.versions {
		left := slices.IndexFunc(all, func(v version) bool { return v.Modified.Before(before) }) // the newest is the first
		switch {
		case left == 0:
			delete(b.objects, key)
			delete(b.versions, key)
		case left > 0:
			b.versions[key] = slices.Clone(all[:left])
		}
	}
}
