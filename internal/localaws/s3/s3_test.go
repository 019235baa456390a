package s3_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// s3Of is a client that sends and compares checksums, as those with a configuration that was
// loaded do, and those without do not.
func s3Of(a *localaws.Account, p localaws.Principal, region string) *s3.Client {
	return s3.NewFromConfig(localtest.Config(a, p, region), func(o *s3.Options) {
		o.UsePathStyle = true
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
	})
}

// bucketed is an account with a bucket "evidence", and the guard's client.
func bucketed(t *testing.T) (*localaws.Account, *s3.Client) {
	t.Helper()
	a := localtest.Start(t, localaws.Options{})
	if err := a.CreateBucket(localtest.West, "evidence"); err != nil {
		t.Fatal(err)
	}
	return a, s3Of(a, localaws.Everyone().Guard, localtest.West)
}

func putText(t *testing.T, client *s3.Client, key, body string) error {
	t.Helper()
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("evidence"), Key: &key, Body: strings.NewReader(body)})
	return err
}

func TestObjectsKeepWhatTheyWerePutWith(t *testing.T) {
	a, client := bucketed(t)
	until := localtest.Noon().Add(24 * time.Hour)
	key, body := "proofs/2026/a b+ü//c.json", `{"verdict":"COMPLIANT"}`
	out, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("evidence"), Key: &key, Body: strings.NewReader(body), ContentType: aws.String("application/json"),
		ObjectLockMode: types.ObjectLockModeCompliance, ObjectLockRetainUntilDate: &until,
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String("alias/evidence"),
		Metadata: map[string]string{"task": "abc"},
	})
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	want := []localaws.Object{{
		Key: key, Body: []byte(body), ContentType: "application/json", LockMode: "COMPLIANCE", RetainUntil: until,
		Encryption: "aws:kms", KMSKey: "alias/evidence", Metadata: map[string]string{"task": "abc"}, Modified: localtest.Noon(),
	}}
	if diff := cmp.Diff(want, a.Objects("evidence"), cmpopts.IgnoreUnexported(localaws.Object{})); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("evidence"), Key: &key})
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	read, err := io.ReadAll(got.Body) // compares the checksum
	if err != nil || string(read) != body || aws.ToString(got.ChecksumCRC32) == "" {
		t.Errorf("got %q with checksum %q and %v, want %q", read, aws.ToString(got.ChecksumCRC32), err, body)
	}
	head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("evidence"), Key: &key})
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	if aws.ToString(head.ETag) != aws.ToString(out.ETag) || aws.ToInt64(head.ContentLength) != int64(len(body)) ||
		head.ObjectLockMode != types.ObjectLockModeCompliance || !head.ObjectLockRetainUntilDate.Equal(until) ||
		head.ServerSideEncryption != types.ServerSideEncryptionAwsKms || head.Metadata["task"] != "abc" || !head.LastModified.Equal(localtest.Noon()) {
		t.Errorf("head is %+v", head)
	}
	operations := []string{}
	for _, c := range a.Calls() {
		operations = append(operations, c.Operation)
	}
	if diff := cmp.Diff([]string{"s3:PutObject", "s3:GetObject", "s3:GetObject"}, operations); diff != "" {
		t.Errorf("calls by the permissions that they need (-want +got):\n%s", diff)
	}
}

// TestADeletedObjectKeepsItsVersions: a lock keeps a version, not its place as
// the current one, and so a key becomes free for one that must be new.
func TestADeletedObjectKeepsItsVersions(t *testing.T) {
	a, client := bucketed(t)
	until, bucket, key := localtest.Noon().Add(time.Hour), aws.String("evidence"), aws.String("proof")
	put := func(body string) string {
		t.Helper()
		out, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: bucket, Key: key, Body: strings.NewReader(body), IfNoneMatch: aws.String("*"),
			ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: &until,
		})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.VersionId)
	}
	get := func(version *string) string {
		out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: version})
		if err != nil {
			return localtest.Code(err)
		}
		body, _ := io.ReadAll(out.Body)
		return string(body)
	}
	remove := func(version *string) string {
		_, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key, VersionId: version})
		return localtest.Code(err)
	}
	first := put("1")
	if got := remove(&first); got != "AccessDenied" || get(nil) != "1" {
		t.Errorf("deleting a locked version: %q, want AccessDenied", got)
	}
	if got := remove(nil); got != "" || get(nil) != "NoSuchKey" || len(a.Objects("evidence")) != 0 {
		t.Errorf("deleting a locked object: %q, then it reads %q", got, get(nil))
	}
	put("2")
	if get(nil) != "2" || get(&first) != "1" {
		t.Errorf("the object is %q, its first version %q", get(nil), get(&first))
	}
	out, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: bucket, Prefix: key})
	if err != nil || len(out.Versions) != 2 || !*out.Versions[0].IsLatest || *out.Versions[1].IsLatest || *out.Versions[1].VersionId != first || len(out.DeleteMarkers) != 1 {
		t.Errorf("the versions are %+v and %+v, error %v; want the newest first", out.Versions, out.DeleteMarkers, err)
	}
	if out, err = client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: bucket, MaxKeys: aws.Int32(1)}); err != nil || len(out.Versions) != 1 || !*out.IsTruncated {
		t.Errorf("a page of one version has %d, error %v", len(out.Versions), err)
	}
	localtest.Advance(t, a, time.Hour)
	if newest := aws.ToString(out.Versions[0].VersionId); remove(&newest) != "" || get(nil) != "NoSuchKey" {
		t.Errorf("without its newest version the object reads %q: what is below is a marker", get(nil))
	}
}

// TestExpire: what is written again and again, as the verifier's state is, keeps its
// newest version, and no old one.
func TestExpire(t *testing.T) {
	a, client := bucketed(t)
	put := func(key string) {
		t.Helper()
		if err := putText(t, client, key, "body"); err != nil {
			t.Fatal(err)
		}
	}
	put("state")
	put("report")
	localtest.Advance(t, a, 2*time.Hour)
	put("state")
	a.Expire("evidence", localtest.Noon().Add(time.Hour))
	out, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("evidence")})
	if err != nil || len(out.Versions) != 1 || *out.Versions[0].Key != "state" || !*out.Versions[0].IsLatest {
		t.Errorf("an hour later the versions are %+v, error %v; want the newest of state", out.Versions, err)
	}
	if all := a.Objects("evidence"); len(all) != 1 {
		t.Errorf("%d objects are left, want state", len(all))
	}
}

func TestObjectsThatMustBeNewAre(t *testing.T) {
	_, client := bucketed(t)
	once := func() string {
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("evidence"), Key: aws.String("proof"), Body: strings.NewReader("1"), IfNoneMatch: aws.String("*"),
		})
		return localtest.Code(err)
	}
	if first, second := once(), once(); first != "" || second != "PreconditionFailed" {
		t.Errorf("the first put: %q, the second: %q", first, second)
	}
}

func TestS3Refuses(t *testing.T) {
	a, client := bucketed(t)
	if err := a.CreateBucket(localtest.East, "elsewhere"); err != nil {
		t.Fatal(err)
	}
	later, earlier := localtest.Noon().Add(time.Hour), localtest.Noon().Add(-time.Hour)
	puts := map[string]struct {
		in   s3.PutObjectInput
		code string
	}{
		"a bucket that nobody made":  {s3.PutObjectInput{Bucket: aws.String("none")}, "NoSuchBucket"},
		"a bucket of another Region": {s3.PutObjectInput{Bucket: aws.String("elsewhere")}, "AuthorizationHeaderMalformed"},
		"a lock that is over":        {s3.PutObjectInput{ObjectLockMode: types.ObjectLockModeCompliance, ObjectLockRetainUntilDate: &earlier}, "InvalidArgument"},
		"a lock without an end":      {s3.PutObjectInput{ObjectLockMode: types.ObjectLockModeCompliance}, "InvalidArgument"},
		"an end without a lock":      {s3.PutObjectInput{ObjectLockRetainUntilDate: &later}, "InvalidArgument"},
		"a lock of no kind":          {s3.PutObjectInput{ObjectLockMode: "LEGAL", ObjectLockRetainUntilDate: &later}, "InvalidArgument"},
		"a checksum of another body": {s3.PutObjectInput{ChecksumCRC32: aws.String("AAAAAA==")}, "BadDigest"},
		"an ETag to be different":    {s3.PutObjectInput{IfNoneMatch: aws.String(`"x"`)}, "NotImplemented"},
	}
	for name, c := range puts {
		if c.in.Bucket == nil {
			c.in.Bucket = aws.String("evidence")
		}
		c.in.Key, c.in.Body = aws.String("k"), strings.NewReader("body")
		if _, err := client.PutObject(t.Context(), &c.in); localtest.Code(err) != c.code {
			t.Errorf("%s: got %q, want %q (%v)", name, localtest.Code(err), c.code, err)
		}
	}
	if _, err := client.CopyObject(t.Context(), &s3.CopyObjectInput{
		Bucket: aws.String("evidence"), Key: aws.String("k"), CopySource: aws.String("evidence/l"),
	}); localtest.Code(err) != "NotImplemented" {
		t.Errorf("an operation that is not here: %q", localtest.Code(err))
	}
	if got := a.Objects("evidence"); len(got) != 0 {
		t.Errorf("what was refused is there: %+v", got)
	}
	none := aws.String("none")
	_, got := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: none, Key: none})
	_, listed := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: none})
	_, deleted := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: none, Key: none})
	for what, err := range map[string]error{"get": got, "list": listed, "delete": deleted} {
		if localtest.Code(err) != "NoSuchBucket" {
			t.Errorf("%s in a bucket that nobody made: got %q", what, localtest.Code(err))
		}
	}
	if a.CreateBucket("us-east-1", "x") == nil || a.CreateBucket(localtest.East, "evidence") == nil || a.Objects("none") != nil {
		t.Error("a bucket was made outside the account's Regions, or in two, or is there without having been made")
	}
	missing := &s3.GetObjectInput{Bucket: aws.String("evidence"), Key: aws.String("k")}
	var noKey *types.NoSuchKey
	if _, err := client.GetObject(t.Context(), missing); !errors.As(err, &noKey) {
		t.Errorf("a key that is not there: %v", err)
	}
	var notFound *types.NotFound
	if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: missing.Bucket, Key: missing.Key}); !errors.As(err, &notFound) {
		t.Errorf("the head of a key that is not there: %v", err)
	}
	a.Deny(localaws.Everyone().Guard, "s3:ListBucket")
	if _, err := client.GetObject(t.Context(), missing); localtest.Code(err) != "AccessDenied" {
		t.Errorf("a key that is not there, for who may not list: %v", err)
	}
	if _, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: missing.Bucket}); localtest.Code(err) != "AccessDenied" {
		t.Errorf("a list for who may not: %v", err)
	}
	a.Deny(localaws.Everyone().Guard, "s3:PutObjectRetention")
	if err := putText(t, client, "k", "body"); err != nil {
		t.Errorf("an object without lock: %v", err)
	}
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: missing.Bucket, Key: missing.Key, Body: strings.NewReader("1"),
		ObjectLockMode: types.ObjectLockModeCompliance, ObjectLockRetainUntilDate: &later,
	}); localtest.Code(err) != "AccessDenied" {
		t.Errorf("a lock by who may not set one: %v", err)
	}
}

func TestFaultsOnS3(t *testing.T) {
	a, client := bucketed(t)
	for effect, want := range map[localaws.Effect]string{localaws.Throttle: "SlowDown", localaws.ServerError: "InternalError", localaws.DenyAccess: "AccessDenied"} {
		a.Inject(localaws.Fault{Operation: "PutObject", Times: 1, Effect: effect})
		if got := localtest.Code(putText(t, client, "k", "body")); got != want {
			t.Errorf("%s: got %q, want %q", effect, got, want)
		}
	}
	a.Inject(localaws.Fault{Operation: "PutObject", Times: 1, Effect: localaws.DropConnection})
	if err := putText(t, client, "dropped", "body"); err == nil {
		t.Error("a dropped connection was answered")
	}
	a.Inject(localaws.Fault{Operation: "PutObject", Times: 1, Effect: localaws.LoseAnswer})
	if err := putText(t, client, "done", "body"); err == nil {
		t.Error("a lost answer arrived")
	}
	if got := a.Objects("evidence"); len(got) != 1 || got[0].Key != "done" {
		t.Errorf("objects are %+v, want the one whose answer was lost", got)
	}
	if got := a.Throttled()["PutObject"]; got != 1 {
		t.Errorf("%d puts were throttled, want 1", got)
	}
}

// TestEncodedBodies: over TLS, clients send a body in chunks with its checksum
// behind it.
func TestEncodedBodies(t *testing.T) {
	a, _ := bucketed(t)
	var encodings []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		encodings = append(encodings, strings.Join(r.Header.Values("Content-Encoding"), ",")+" "+r.Header.Get("X-Amz-Content-Sha256")+" "+r.Header.Get("X-Amz-Trailer"))
		a.ServeHTTP(w, r)
	}))
	defer server.Close()
	for _, algorithm := range []types.ChecksumAlgorithm{types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmSha256, types.ChecksumAlgorithmCrc64nvme} {
		encodings = nil
		client := s3.NewFromConfig(localtest.Config(a, localaws.Everyone().Guard, localtest.West), func(o *s3.Options) {
			o.UsePathStyle, o.BaseEndpoint, o.HTTPClient = true, &server.URL, server.Client()
		})
		body := strings.Repeat("FIPS", 100_000)
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("evidence"), Key: aws.String("k"), Body: strings.NewReader(body),
			ContentEncoding: aws.String("gzip"), ChecksumAlgorithm: algorithm,
		})
		if err != nil {
			t.Fatalf("%s: put: %v", algorithm, err)
		}
		want := "gzip,aws-chunked STREAMING-UNSIGNED-PAYLOAD-TRAILER x-amz-checksum-" + strings.ToLower(string(algorithm))
		if diff := cmp.Diff([]string{want}, encodings); diff != "" {
			t.Errorf("%s: the client sends its bodies otherwise now (-want +got):\n%s", algorithm, diff)
		}
		if o := a.Objects("evidence")[0]; string(o.Body) != body || o.ContentEncoding != "gzip" || o.Algorithm() != strings.ToLower(string(algorithm)) {
			t.Errorf("%s: %d bytes, encoding %q, checksum %+v", algorithm, len(o.Body), o.ContentEncoding, o.Algorithm())
		}
	}
}

func TestChunksOnTheWire(t *testing.T) {
	a, _ := bucketed(t)
	sum := crc32.ChecksumIEEE([]byte("hello world"))
	trailer := "x-amz-checksum-crc32:" + base64.StdEncoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}) + "\r\n"
	cases := []struct {
		name, length, announced, body, code string
	}{
		{"two chunks and a trailer", "11", "x-amz-checksum-crc32", "6\r\nhello \r\n5\r\nworld\r\n0\r\n" + trailer + "\r\n", ""},
		{"signed chunks", "11", "", "b;chunk-signature=00\r\nhello world\r\n0;chunk-signature=00\r\n\r\n", ""},
		{"no bytes", "0", "", "0\r\n\r\n", ""},
		{"the checksum of another body", "11", "x-amz-checksum-crc32", "b\r\nhello World\r\n0\r\n" + trailer + "\r\n", "BadDigest"},
		{"another length", "12", "", "b\r\nhello world\r\n0\r\n\r\n", "IncompleteBody"},
		{"no last chunk", "11", "", "b\r\nhello world\r\n", "IncompleteBody"},
		{"half a chunk", "11", "", "b\r\nhello", "IncompleteBody"},
		{"no end of the trailer", "11", "x-amz-checksum-crc32", "b\r\nhello world\r\n0\r\n" + trailer, "IncompleteBody"},
		{"no trailer", "11", "x-amz-checksum-crc32", "b\r\nhello world\r\n0\r\n\r\n", "MalformedTrailerError"},
		{"no chunks", "11", "", "hello world", "IncompleteBody"},
	}
	for _, c := range cases {
		req := signed(t, a, http.MethodPut, "/evidence/k", c.body)
		req.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		req.Header.Set("Content-Encoding", "aws-chunked")
		req.Header.Set("X-Amz-Decoded-Content-Length", c.length)
		if c.announced != "" {
			req.Header.Set("X-Amz-Trailer", c.announced)
		}
		if got := s3Code(t, req); got != c.code {
			t.Errorf("%s: got %q, want %q", c.name, got, c.code)
		}
	}
}

// signed is a request to S3 by hand.
func signed(t *testing.T, a *localaws.Account, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.Endpoint()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+localaws.Everyone().Guard.AccessKeyID+"/20261102/"+localtest.West+"/s3/aws4_request, SignedHeaders=host, Signature=0")
	return req
}

// s3Code is the error code in the answer to a request, or empty.
func s3Code(t *testing.T, req *http.Request) string {
	t.Helper()
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, failed := bytes.Cut(body, []byte("<Code>"))
	if failed != (answer.StatusCode >= 400) {
		t.Fatalf("status %d with body %q", answer.StatusCode, body)
	}
	got, _, _ := bytes.Cut(rest, []byte("</Code>"))
	return string(got)
}

func TestRequestsThatNoClientSendsToS3(t *testing.T) {
	a, _ := bucketed(t)
	locked := signed(t, a, http.MethodPut, "/evidence/k", "x")
	locked.Header.Set("X-Amz-Object-Lock-Mode", "COMPLIANCE")
	locked.Header.Set("X-Amz-Object-Lock-Retain-Until-Date", "2030-01-01T00:00:00Z")
	digest := signed(t, a, http.MethodPut, "/evidence/k", "x")
	digest.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64))
	sha1 := signed(t, a, http.MethodPut, "/evidence/k", "x")
	sha1.Header.Set("X-Amz-Checksum-Sha1", "x")
	stranger := signed(t, a, http.MethodGet, "/evidence/k", "")
	stranger.Header.Set("Authorization", strings.ReplaceAll(stranger.Header.Get("Authorization"), "ASIA", "AKIA"))
	cases := map[string]struct {
		req  *http.Request
		code string
	}{
		"a lock without a digest":    {locked, "InvalidRequest"},
		"the digest of another body": {digest, "XAmzContentSHA256Mismatch"},
		"SHA-1":                      {sha1, "NotImplemented"},
		"an unknown key":             {stranger, "InvalidAccessKeyId"},
		"a bucket to be made":        {signed(t, a, http.MethodPut, "/new", ""), "NotImplemented"},
		"an object's tags":           {signed(t, a, http.MethodGet, "/evidence/k?tagging", ""), "NotImplemented"},
		"the list of old":            {signed(t, a, http.MethodGet, "/evidence", ""), "NotImplemented"},
		"a large get":                {signed(t, a, http.MethodGet, "/evidence/k", strings.Repeat(" ", 1<<20+1)), "EntityTooLarge"},
		"a page of no number":        {signed(t, a, http.MethodGet, "/evidence?list-type=2&max-keys=x", ""), "InvalidArgument"},
		"a token of its own":         {signed(t, a, http.MethodGet, "/evidence?list-type=2&continuation-token=*", ""), "InvalidArgument"},
	}
	for name, c := range cases {
		if got := s3Code(t, c.req); got != c.code {
			t.Errorf("%s: got %q, want %q", name, got, c.code)
		}
	}
}

func TestObjectsMayBeLargerThanOtherRequests(t *testing.T) {
	a, client := bucketed(t)
	if err := putText(t, client, "large", strings.Repeat("x", 8<<20)); err != nil {
		t.Fatal(err)
	}
	if got := len(a.Objects("evidence")[0].Body); got != 8<<20 {
		t.Errorf("the object has %d bytes", got)
	}
	if err := putText(t, client, "too large", strings.Repeat("x", 64<<20+1)); localtest.Code(err) != "EntityTooLarge" {
		t.Errorf("an object over the bound: %v", err)
	}
}

func TestListsOfObjects(t *testing.T) {
	_, client := bucketed(t)
	for _, key := range []string{"a", "logs/1/x", "logs/1/y", "logs/2/z ü", "logs/3", "z"} {
		if err := putText(t, client, key, key); err != nil {
			t.Fatal(err)
		}
	}
	str := func(s string) *string { return &s }
	cases := []struct {
		name string
		in   s3.ListObjectsV2Input
		want []string
	}{
		{"all", s3.ListObjectsV2Input{}, []string{"a", "logs/1/x", "logs/1/y", "logs/2/z ü", "logs/3", "z"}},
		{"a prefix", s3.ListObjectsV2Input{Prefix: str("logs/1")}, []string{"logs/1/x", "logs/1/y"}},
		{"folders", s3.ListObjectsV2Input{Delimiter: str("/")}, []string{"a", "z", "logs/+"}},
		{"folders in one", s3.ListObjectsV2Input{Delimiter: str("/"), Prefix: str("logs/")}, []string{"logs/3", "logs/1/+", "logs/2/+"}},
		{"behind a key", s3.ListObjectsV2Input{StartAfter: str("logs/1/y")}, []string{"logs/2/z ü", "logs/3", "z"}},
		{"behind a key that is not there", s3.ListObjectsV2Input{StartAfter: str("logs/2")}, []string{"logs/2/z ü", "logs/3", "z"}},
	}
	for _, c := range cases {
		for _, perPage := range []int32{1, 2, 1000} {
			in := c.in
			in.Bucket, in.MaxKeys = aws.String("evidence"), &perPage
			var keys, folders []string
			pages := s3.NewListObjectsV2Paginator(client, &in)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				if got := len(page.Contents) + len(page.CommonPrefixes); got > int(perPage) || got != int(aws.ToInt32(page.KeyCount)) {
					t.Errorf("%s: a page of %d counts %d and shows %d", c.name, perPage, aws.ToInt32(page.KeyCount), got)
				}
				for _, o := range page.Contents {
					if aws.ToInt64(o.Size) != int64(len(*o.Key)) || !o.LastModified.Equal(localtest.Noon()) {
						t.Errorf("%s: %s has size %d, time %s", c.name, *o.Key, aws.ToInt64(o.Size), o.LastModified)
					}
					keys = append(keys, *o.Key)
				}
				for _, p := range page.CommonPrefixes {
					folders = append(folders, *p.Prefix+"+")
				}
			}
			if diff := cmp.Diff(c.want, append(keys, folders...)); diff != "" {
				t.Errorf("%s, %d a page (-want +got):\n%s", c.name, perPage, diff)
			}
		}
	}
	out, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{
		Bucket: aws.String("evidence"), Prefix: str("logs/2/"), EncodingType: types.EncodingTypeUrl,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.Contents[0].Key); got != url.QueryEscape("logs/2/z ü") {
		t.Errorf("the encoded key is %q", got)
	}
}
