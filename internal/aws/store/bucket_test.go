package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	name   = "fipsguard-evidence"
	region = "us-gov-west-1"
	id     = "111122223333-us-gov-west-1-20261102T101530Z"
)

func newBucket(t *testing.T) (Bucket, *localaws.Account) {
	t.Helper()
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	if err := local.CreateBucket(region, name); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(local.Config(localaws.Everyone().Guard, region), func(o *s3.Options) { o.UsePathStyle = true })
	return Bucket{Objects: client, Name: name, Location: guard.Location{Account: "111122223333", Region: region}}, local
}

func TestReportsAreKeptByDay(t *testing.T) {
	b, local := newBucket(t)
	for ending, mediaType := range map[string]string{".dsse.json": "application/json", ".html": "text/html; charset=utf-8"} {
		location, err := b.KeepReport(t.Context(), id, ending, mediaType, []byte("report "+ending))
		if want := "s3://" + name + "/reports/111122223333/us-gov-west-1/2026/11/02/" + id + ending; err != nil || location != want {
			t.Errorf("kept at %s, error %v; want %s", location, err, want)
		}
	}
	if data, err := b.ReadReport(t.Context(), id); err != nil || string(data) != "report .dsse.json" {
		t.Errorf("read back %q, error %v", data, err)
	}
	if location, err := b.ReportLocation(id); err != nil || !strings.HasSuffix(location, id+".dsse.json") {
		t.Errorf("it is to be at %q, error %v", location, err)
	}
	if data, err := b.ReadReport(t.Context(), strings.Replace(id, "30Z", "31Z", 1)); err != nil || data != nil {
		t.Errorf("a report that is not there is %q, error %v", data, err)
	}
	for _, o := range local.Objects(name) {
		if !strings.Contains(o.Key, id) || o.ContentType == "" {
			t.Errorf("kept %s as %q", o.Key, o.ContentType)
		}
	}
	for _, none := range []string{"../../etc/passwd", id + ".", strings.Replace(id, "30Z", "30.5Z", 1), strings.Replace(id, "30Z", "30-500Z", 1)} {
		if _, err := b.KeepReport(t.Context(), none, ".json", "application/json", nil); err == nil {
			t.Errorf("%q, which is no ID, is kept", none)
		}
	}
}

// TestAReportIsNeverOverwritten, though keeping the same one again is no error:
// S3's answer may have been lost.
func TestAReportIsNeverOverwritten(t *testing.T) {
	b, _ := newBucket(t)
	precise := strings.Replace(id, "30Z", "30-000000001Z", 1)
	for _, c := range []struct {
		id, content string
		kept        bool
	}{{id, "first", true}, {id, "first", true}, {id, "second", false}, {precise, "second", true}} {
		_, err := b.KeepReport(t.Context(), c.id, ".dsse.json", "application/json", []byte(c.content))
		if (err == nil) != c.kept {
			t.Errorf("keeping %q as %s: %v, want it kept: %t", c.content, c.id, err, c.kept)
		}
	}
	for of, want := range map[string]string{id: "first", precise: "second"} {
		if got, err := b.ReadReport(t.Context(), of); err != nil || string(got) != want {
			t.Errorf("report %s is %q, error %v; want %q", of, got, err, want)
		}
	}
}

// recorder is S3 that only notes what is put.
type recorder struct {
	Objects
	put *s3.PutObjectInput
}

func (r *recorder) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	r.put = in
	return &s3.PutObjectOutput{ETag: aws.String("tag")}, nil
}

// TestWhatIsKeptHasAChecksum: a bucket with Object Lock takes nothing else.
func TestWhatIsKeptHasAChecksum(t *testing.T) {
	r := &recorder{}
	b := Bucket{Objects: r, Name: name}
	if _, err := b.WriteState(t.Context(), []byte("state")); err != nil || r.put.ChecksumAlgorithm == "" {
		t.Errorf("checksum by %q, error %v", r.put.ChecksumAlgorithm, err)
	}
}

// TestTheStateKnowsTheVersionBeforeIt, which is how one that is put back is
// noticed.
func TestTheStateKnowsTheVersionBeforeIt(t *testing.T) {
	b, local := newBucket(t)
	read := func(want, current, before string) {
		t.Helper()
		content, is, was, err := b.ReadState(t.Context())
		if err != nil || string(content) != want || (content == nil) != (want == "") || is != current || was != before {
			t.Errorf("the state is %q, version %q after %q, error %v; want %q, %q after %q", content, is, was, err, want, current, before)
		}
	}
	write := func(text string) string {
		t.Helper()
		version, err := b.WriteState(t.Context(), []byte(text))
		if err != nil || version == "" {
			t.Fatalf("it is version %q, error %v", version, err)
		}
		return version
	}
	read("", "", "")
	one := write("one")
	read("one", one, "")
	two := write("two")
	read("two", two, one)
	again := write("two") // an answer of S3 was lost
	read("two", again, one)
	back := write("one")
	read("one", back, again)
	admin := s3.NewFromConfig(local.Config(localaws.Everyone().Admin, region), func(o *s3.Options) { o.UsePathStyle = true })
	out, err := admin.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(name), Key: aws.String(b.stateKey())})
	if err != nil {
		t.Fatal(err)
	}
	read("", *out.VersionId, "")
	read("three", write("three"), *out.VersionId)
}

// TestVersionsAreInOneOrder: S3 lists versions and markers apart, with times in
// whole seconds.
func TestVersionsAreInOneOrder(t *testing.T) {
	second := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	got := newestFirst([]version{
		{id: "4", latest: true, at: second}, {id: "2", at: second}, {id: "1", at: second.Add(-time.Second)}, {id: "3", deleted: true, at: second}, {id: "0", deleted: true, at: second.Add(-time.Hour)},
	})
	var order string
	for _, v := range got {
		order += v.id
	}
	if order != "43210" {
		t.Errorf("the order is %s", order)
	}
}

// TestDeniedIsNotMissing: a state that cannot be read is not one that is not
// there.
func TestDeniedIsNotMissing(t *testing.T) {
	b, local := newBucket(t)
	local.Deny(localaws.Everyone().Guard, "s3:GetObject", "s3:ListBucketVersions", "s3:PutObject")
	if state, _, _, err := b.ReadState(t.Context()); err == nil {
		t.Errorf("it is %q without an error", state)
	}
	if report, err := b.ReadReport(t.Context(), id); err == nil {
		t.Errorf("the report is %q without an error", report)
	}
	if _, err := b.WriteState(t.Context(), nil); err == nil {
		t.Error("a denied write is no error")
	}
}

// TestAPageThatIsNoAnswerKeepsNothing: the SDK takes whatever comes with status
// 200 for S3's answer.
func TestAPageThatIsNoAnswerKeepsNothing(t *testing.T) {
	b, local := newBucket(t)
	local.Inject(localaws.Fault{Operation: "PutObject", Effect: localaws.Garbage})
	if location, err := b.KeepReport(t.Context(), id, ".json", "application/json", []byte("{}")); err == nil {
		t.Errorf("the report is said to be at %s, and the bucket has %d objects", location, len(local.Objects(name)))
	}
	if _, err := b.WriteState(t.Context(), []byte("{}")); err == nil {
		t.Error("the state is said to be written")
	}
}
