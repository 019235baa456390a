package s3

import (
	"encoding/base64"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// maxKeys is the size of a page, also of one that asks for more.
const maxKeys = 1000

type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	StartAfter            string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	MaxKeys               int
	KeyCount              int
	IsTruncated           bool
	Contents              []listedObject
	CommonPrefixes        []commonPrefix
}

type listedObject struct {
	Key               string
	LastModified      time.Time
	ETag              string
	ChecksumAlgorithm string
	ChecksumType      string
	Size              int
	StorageClass      string
}

type commonPrefix struct{ Prefix string }

// listObjects is ListObjectsV2. What it shows is in the order of the keys'
// bytes, all keys with one common prefix as one.
func (s *Buckets) listObjects(r *kernel.Request, in *request) (answer, error) {
	b, err := s.bucket(r, in)
	if err != nil {
		return answer{}, err
	}
	out := listing{
		Name: in.bucket, Prefix: in.query.Get("prefix"), Delimiter: in.query.Get("delimiter"),
		StartAfter: in.query.Get("start-after"), ContinuationToken: in.query.Get("continuation-token"), MaxKeys: maxKeys,
	}
	if asked := in.query.Get("max-keys"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 0 {
			return answer{}, failure(http.StatusBadRequest, "InvalidArgument", "Provided max-keys not an integer or within integer range")
		}
		out.MaxKeys = min(n, maxKeys)
	}
	after := out.StartAfter
	if out.ContinuationToken != "" {
		last, err := base64.RawURLEncoding.DecodeString(out.ContinuationToken)
		if err != nil {
			return answer{}, failure(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect")
		}
		after = string(last)
	}
	out.fill(b, after)
	if in.query.Get("encoding-type") == "url" {
		out.encode()
	}
	return answer{status: http.StatusOK, document: out}, nil
}

// fill shows what comes after a key.
func (l *listing) fill(b *bucket, after string) {
	last := ""
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if key <= after || !strings.HasPrefix(key, l.Prefix) {
			continue
		}
		common, isCommon := l.common(key)
		if isCommon && len(l.CommonPrefixes) > 0 && l.CommonPrefixes[len(l.CommonPrefixes)-1].Prefix == common {
			last = key
			continue
		}
		if l.KeyCount == l.MaxKeys {
			// A page of none has no next one.
			if l.IsTruncated = l.MaxKeys > 0; l.IsTruncated {
				l.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(last))
			}
			return
		}
		l.KeyCount++
		last = key
		if isCommon {
			l.CommonPrefixes = append(l.CommonPrefixes, commonPrefix{common})
			continue
		}
		o := b.objects[key]
		l.Contents = append(l.Contents, listedObject{
			Key: key, LastModified: o.Modified, ETag: o.etag(), Size: len(o.Body), StorageClass: "STANDARD",
			ChecksumAlgorithm: strings.ToUpper(o.checksum.algorithm), ChecksumType: "FULL_OBJECT",
		})
	}
}

// common is the prefix up to the first delimiter behind the one asked for.
func (l *listing) common(key string) (string, bool) {
	if l.Delimiter == "" {
		return "", false
	}
	head, _, ok := strings.Cut(key[len(l.Prefix):], l.Delimiter)
	return l.Prefix + head + l.Delimiter, ok
}

// encode writes keys so that XML can hold every one of them.
func (l *listing) encode() {
	l.EncodingType = "url"
	for _, s := range []*string{&l.Prefix, &l.Delimiter, &l.StartAfter} {
		*s = url.QueryEscape(*s)
	}
	for i := range l.Contents {
		l.Contents[i].Key = url.QueryEscape(l.Contents[i].Key)
	}
	for i := range l.CommonPrefixes {
		l.CommonPrefixes[i].Prefix = url.QueryEscape(l.CommonPrefixes[i].Prefix)
	}
}
