package localaws

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fipsguard/internal/localaws/kernel"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Object is an object in a bucket: its newest version.
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
}

// objectBucket is an S3 bucket.
type objectBucket struct {
	region  *region
	objects map[string]Object // by key
}

// CreateBucket makes an S3 bucket with Object Lock in a Region of the account.
// Making it again changes nothing.
func (a *Account) CreateBucket(regionName, name string) error {
	r, ok := a.regions[kernel.Region(regionName)]
	if !ok {
		return fmt.Errorf("create bucket %s: the account is not in Region %q", name, regionName)
	}
	a.Lock()
	defer a.Unlock()
	if b, ok := a.objectBuckets[name]; ok && b.region != r {
		return fmt.Errorf("create bucket %s: it is in %s", name, b.region.Region)
	} else if !ok {
		a.objectBuckets[name] = &objectBucket{region: r, objects: map[string]Object{}}
	}
	return nil
}

// Objects are those of a bucket, by key.
func (a *Account) Objects(bucket string) []Object {
	a.Lock()
	defer a.Unlock()
	b, ok := a.objectBuckets[bucket]
	if !ok {
		return nil
	}
	all := slices.Collect(maps.Values(b.objects))
	slices.SortFunc(all, func(x, y Object) int { return strings.Compare(x.Key, y.Key) })
	return all
}

func (a *Account) s3Operations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"PutObject":     {Perform: withS3(a, a.putObject)},
		"GetObject":     {Perform: withS3(a, a.getObject)},
		"HeadObject":    {Perform: withS3(a, a.getObject)},
		"DeleteObject":  {Perform: withS3(a, a.deleteObject)},
		"ListObjectsV2": {Perform: withS3(a, a.listObjects)},
	}
}

// objectBucket finds the bucket of a request.
func (a *Account) objectBucket(c *call, in *s3Request) (*objectBucket, error) {
	b, ok := a.objectBuckets[in.bucket]
	switch {
	case !ok:
		return nil, s3Error(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	case b.region != c.region:
		return nil, s3Error(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", string(c.region.Region), b.region.Region)
	}
	return b, nil
}

// putObject: an object under a lock is not changed by one of its key, which is
// a newer version.
func (a *Account) putObject(c *call, in *s3Request) (s3Answer, error) {
	b, err := a.objectBucket(c, in)
	if err != nil {
		return s3Answer{}, err
	}
	o := Object{
		Key: in.key, Body: in.body, ContentType: in.header.Get("Content-Type"), ContentEncoding: in.contentEncoding(),
		Encryption: in.header.Get("X-Amz-Server-Side-Encryption"),
		KMSKey:     in.header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"),
		Metadata:   in.metadata(), Modified: c.At, checksum: in.checksum,
	}
	if err := a.lock(c, in, &o); err != nil {
		return s3Answer{}, err
	}
	switch existing := in.header.Get("If-None-Match"); existing {
	case "":
	case "*":
		if _, ok := b.objects[in.key]; ok {
			return s3Answer{}, s3Error(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		}
	default:
		return s3Answer{}, s3Error(http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented: If-None-Match with an ETag")
	}
	o = b.add(o)
	return s3Answer{status: http.StatusOK, header: o.headersOfPut()}, nil
}

// lock reads the headers of Object Lock.
func (a *Account) lock(c *call, in *s3Request, o *Object) error {
	mode, until := in.header.Get("X-Amz-Object-Lock-Mode"), in.header.Get("X-Amz-Object-Lock-Retain-Until-Date")
	if mode == "" && until == "" {
		return nil
	}
	invalid := func(message string) error { return s3Error(http.StatusBadRequest, "InvalidArgument", "%s", message) }
	// The permission to lock is one of its own (S3 user guide, "Configuring
	// S3 Object Lock").
	if a.IsDenied(c.Principal, "s3:PutObjectRetention") {
		return kernel.AccessDenied(c.Principal, "s3:PutObjectRetention")
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
	if !retain.After(c.At) {
		return invalid("The retain until date must be in the future!")
	}
	if !in.hasDigest {
		return s3Error(http.StatusBadRequest, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	o.LockMode, o.RetainUntil = mode, retain.UTC()
	return nil
}

// contentEncoding is the object's own.
func (in *s3Request) contentEncoding() string {
	var own []string
	for part := range strings.SplitSeq(strings.Join(in.header.Values("Content-Encoding"), ","), ",") {
		if part = strings.TrimSpace(part); part != "" && part != "aws-chunked" {
			own = append(own, part)
		}
	}
	return strings.Join(own, ",")
}

const metadataHeader = "X-Amz-Meta-"

func (in *s3Request) metadata() map[string]string {
	read := map[string]string{}
	for name := range in.header {
		if own, ok := strings.CutPrefix(name, metadataHeader); ok {
			read[strings.ToLower(own)] = in.header.Get(name)
		}
	}
	return read
}

// add puts an object into the bucket, with what S3 has for what nobody said.
func (b *objectBucket) add(o Object) Object {
	o.ContentType = cmp.Or(o.ContentType, "binary/octet-stream")
	o.Encryption = cmp.Or(o.Encryption, "AES256")
	b.objects[o.Key] = o
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
		"x-amz-checksum-type":                         "FULL_OBJECT",
	}
}

// getObject is GetObject and HeadObject: of the latter, HTTP leaves the body
// out.
func (a *Account) getObject(c *call, in *s3Request) (s3Answer, error) {
	b, err := a.objectBucket(c, in)
	if err != nil {
		return s3Answer{}, err
	}
	o, ok := b.objects[in.key]
	if !ok {
		// Who may not list is not told what is missing (S3 API reference,
		// GetObject).
		if a.IsDenied(c.Principal, "s3:ListBucket") {
			return s3Answer{}, kernel.AccessDenied(c.Principal, "s3:ListBucket")
		}
		return s3Answer{}, s3Error(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
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
	return s3Answer{status: http.StatusOK, header: headers, body: o.Body}, nil
}

// deleteObject deletes for good, without the markers of versions: what is
// under a lock stays.
func (a *Account) deleteObject(c *call, in *s3Request) (s3Answer, error) {
	b, err := a.objectBucket(c, in)
	if err != nil {
		return s3Answer{}, err
	}
	if b.objects[in.key].RetainUntil.After(c.At) {
		return s3Answer{}, s3Error(http.StatusForbidden, "AccessDenied", "Access Denied because object protected by object lock.")
	}
	delete(b.objects, in.key)
	return s3Answer{status: http.StatusNoContent}, nil
}
