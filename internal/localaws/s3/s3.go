// Package s3 is S3: buckets with Object Lock and the objects in them.
package s3

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Object is an object in a bucket: one version of it.
type Object struct {
	Key             string
	Body            []byte
	ContentType     string
	ContentEncoding string
	LockMode        string    // "GOVERNANCE", "COMPLIANCE" or empty
	RetainUntil     time.Time // zero without lock
	Encryption      string    // "AES256" or "aws:kms"
	KMSKey          string    // as the caller named it
	Metadata        map[string]string
	Modified        time.Time

	checksum checksum
	version  string
}

// Buckets are an account's buckets.
type Buckets struct {
	kernel *kernel.Kernel
	byName map[string]*bucket
}

type bucket struct {
	region   kernel.Region
	objects  map[string]Object    // the current ones, by key
	versions map[string][]version // all, by key, the newest first
	put      int                  // versions that ever were
}

// New adds S3 to an account.
func New(k *kernel.Kernel) *Buckets {
	s := &Buckets{kernel: k, byName: map[string]*bucket{}}
	k.Serve(kernel.Service{
		Name: "s3", Protocol: wire{}, LargestObject: maxObject,
		Operations: map[string]kernel.Operation{
			"PutObject":     {Perform: with(s.putObject)},
			"GetObject":     {Perform: with(s.getObject)},
			"HeadObject":    {Perform: with(s.getObject)},
			"DeleteObject":  {Perform: with(s.deleteObject)},
			"ListObjectsV2": {Perform: with(s.listObjects)},

			"ListObjectVersions": {Perform: with(s.listVersions)},
		},
	})
	return s
}

// CreateBucket makes an S3 bucket with Object Lock, and so with versions, in a
// Region of the account.
// Making it again changes nothing.
func (s *Buckets) CreateBucket(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("create bucket %s: %w", name, err)
	}
	s.kernel.Lock()
	defer s.kernel.Unlock()
	if b, ok := s.byName[name]; ok && b.region != region {
		return fmt.Errorf("create bucket %s: it is in %s", name, b.region)
	} else if !ok {
		s.byName[name] = &bucket{region: region, objects: map[string]Object{}, versions: map[string][]version{}}
	}
	return nil
}

// Put adds objects to a bucket as another service does. It needs the lock.
func (s *Buckets) Put(name string, objects []Object) error {
	b, ok := s.byName[name]
	if !ok {
		return fmt.Errorf("there is no bucket %s", name)
	}
	for _, o := range objects {
		o.Modified, o.checksum = s.kernel.Clock.Now(), checksumOf(ownAlgorithm, o.Body)
		b.add(o)
	}
	return nil
}

// Objects are those of a bucket, by key.
func (s *Buckets) Objects(bucket string) []Object {
	s.kernel.Lock()
	defer s.kernel.Unlock()
	b, ok := s.byName[bucket]
	if !ok {
		return nil
	}
	all := slices.Collect(maps.Values(b.objects))
	slices.SortFunc(all, func(x, y Object) int { return strings.Compare(x.Key, y.Key) })
	return all
}

// bucket finds the bucket of a request.
func (s *Buckets) bucket(r *kernel.Request, in *request) (*bucket, error) {
	b, ok := s.byName[in.bucket]
	switch {
	case !ok:
		return nil, failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	case b.region != r.Region:
		return nil, failure(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", r.Region, b.region)
	}
	return b, nil
}

// putObject: an object under a lock is not changed by one of its key, which is
// a newer version.
func (s *Buckets) putObject(r *kernel.Request, in *request) (answer, error) {
	b, err := s.bucket(r, in)
	if err != nil {
		return answer{}, err
	}
	o := Object{
		Key: in.key, Body: in.body, ContentType: in.header.Get("Content-Type"), ContentEncoding: in.contentEncoding(),
		Encryption: in.header.Get("X-Amz-Server-Side-Encryption"),
		KMSKey:     in.header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"),
		Metadata:   in.metadata(), Modified: r.At, checksum: in.checksum,
	}
	if err := s.lock(r, in, &o); err != nil {
		return answer{}, err
	}
	switch existing := in.header.Get("If-None-Match"); existing {
	case "":
	case "*":
		if _, ok := b.objects[in.key]; ok {
			return answer{}, failure(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		}
	default:
		return answer{}, failure(http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented: If-None-Match with an ETag")
	}
	o = b.add(o)
	return answer{status: http.StatusOK, header: o.headersOfPut()}, nil
}

// lock reads the headers of Object Lock.
func (s *Buckets) lock(r *kernel.Request, in *request, o *Object) error {
	mode, until := in.header.Get("X-Amz-Object-Lock-Mode"), in.header.Get("X-Amz-Object-Lock-Retain-Until-Date")
	if mode == "" && until == "" {
		return nil
	}
	invalid := func(message string) error { return failure(http.StatusBadRequest, "InvalidArgument", "%s", message) }
	// The permission to lock is one of its own (S3 user guide, "Configuring
	// S3 Object Lock").
	if s.kernel.IsDenied(r.Principal, "s3:PutObjectRetention") {
		return kernel.AccessDenied(r.Principal, "s3:PutObjectRetention")
	}
	if mode == "" || until == "" {
		return invalid("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	}
	if mode != "GOVERNANCE" && mode != "COMPLIANCE" {
		return invalid("Unknown wormMode directive.")
	}
	retain, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return invalid("The retain until date must be provided in ISO 8601 format")
	}
	if !retain.After(r.At) {
		return invalid("The retain until date must be in the future!")
	}
	if !in.hasDigest {
		return failure(http.StatusBadRequest, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	o.LockMode, o.RetainUntil = mode, retain.UTC()
	return nil
}

// contentEncoding is the object's own.
func (in *request) contentEncoding() string {
	var own []string
	for part := range strings.SplitSeq(strings.Join(in.header.Values("Content-Encoding"), ","), ",") {
		if part = strings.TrimSpace(part); part != "" && part != "aws-chunked" {
			own = append(own, part)
		}
	}
	return strings.Join(own, ",")
}

const metadataHeader = "X-Amz-Meta-"

func (in *request) metadata() map[string]string {
	read := map[string]string{}
	for name := range in.header {
		if own, ok := strings.CutPrefix(name, metadataHeader); ok {
			read[strings.ToLower(own)] = in.header.Get(name)
		}
	}
	return read
}

// add puts an object into the bucket, with S3's defaults.
func (b *bucket) add(o Object) Object {
	o.ContentType = cmp.Or(o.ContentType, "binary/octet-stream")
	o.Encryption = cmp.Or(o.Encryption, "AES256")
	o.version = b.nextVersion()
	b.objects[o.Key] = o
	b.versions[o.Key] = append([]version{{Object: o}}, b.versions[o.Key]...)
	return o
}

// etag is not the MD5 of the body, as it is nowhere with KMS.
func (o *Object) etag() string {
	sum := sha256.Sum256(o.Body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

func (o *Object) headersOfPut() map[string]string {
	return map[string]string{
		"ETag":                         o.etag(),
		"x-amz-server-side-encryption": o.Encryption,
		"x-amz-server-side-encryption-aws-kms-key-id": o.KMSKey,
		checksumHeader + o.checksum.algorithm:         o.checksum.value,
		versionHeader:                                 o.version,
		"x-amz-checksum-type":                         "FULL_OBJECT",
	}
}

// getObject is GetObject and HeadObject: of the latter, HTTP leaves the body
// out.
func (s *Buckets) getObject(r *kernel.Request, in *request) (answer, error) {
	b, err := s.bucket(r, in)
	if err != nil {
		return answer{}, err
	}
	o, ok := b.read(in)
	if !ok {
		// S3 does not say what is missing to who may not list (S3 API reference,
		// GetObject).
		if s.kernel.IsDenied(r.Principal, "s3:ListBucket") {
			return answer{}, kernel.AccessDenied(r.Principal, "s3:ListBucket")
		}
		return answer{}, failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	headers := o.headersOfPut()
	if in.header.Get("X-Amz-Checksum-Mode") != "ENABLED" {
		delete(headers, checksumHeader+o.checksum.algorithm)
		delete(headers, "x-amz-checksum-type")
	}
	headers["Content-Type"] = o.ContentType
	headers["Content-Encoding"] = o.ContentEncoding
	headers["Content-Length"] = strconv.Itoa(len(o.Body))
	headers["Last-Modified"] = o.Modified.Format(http.TimeFormat)
	for name, value := range o.Metadata {
		headers[metadataHeader+name] = value
	}
	if o.LockMode != "" {
		headers["x-amz-object-lock-mode"] = o.LockMode
		headers["x-amz-object-lock-retain-until-date"] = o.RetainUntil.Format(time.RFC3339)
	}
	return answer{status: http.StatusOK, header: headers, body: o.Body}, nil
}
