package store

import (
	"context"
	"strings"
	"testing"

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
	for ending, mediaType := range map[string]string{".json": "application/json", ".html": "text/html; charset=utf-8"} {
		location, err := b.KeepReport(t.Context(), id, ending, mediaType, []byte("report "+ending))
		if want := "s3://" + name + "/reports/111122223333/us-gov-west-1/2026/11/02/" + id + ending; err != nil || location != want {
			t.Errorf("kept at %s, error %v; want %s", location, err, want)
		}
	}
	if data, err := b.ReadReport(t.Context(), id); err != nil || string(data) != "report .json" {
		t.Errorf("read back %q, error %v", data, err)
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
		_, err := b.KeepReport(t.Context(), c.id, ".json", "application/json", []byte(c.content))
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
	if err := b.WriteState(t.Context(), []byte("state")); err != nil || r.put.ChecksumAlgorithm == "" {
		t.Errorf("checksum by %q, error %v", r.put.ChecksumAlgorithm, err)
	}
}

func TestStateIsNilUntilItIsWritten(t *testing.T) {
	b, _ := newBucket(t)
	if state, err := b.ReadState(t.Context()); err != nil || state != nil {
		t.Errorf("at first it is %q, error %v", state, err)
	}
	for _, text := range []string{"one", "two"} {
		if err := b.WriteState(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if state, err := b.ReadState(t.Context()); err != nil || string(state) != text {
			t.Errorf("it is %q, error %v; want %q", state, err, text)
		}
	}
}

// TestDeniedIsNotMissing: a state that cannot be read is not one that is not
// there.
func TestDeniedIsNotMissing(t *testing.T) {
	b, local := newBucket(t)
	local.Deny(localaws.Everyone().Guard, "s3:GetObject", "s3:PutObject")
	if state, err := b.ReadState(t.Context()); err == nil {
		t.Errorf("it is %q without an error", state)
	}
	if err := b.WriteState(t.Context(), nil); err == nil {
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
	if err := b.WriteState(t.Context(), []byte("{}")); err == nil {
		t.Error("the state is said to be written")
	}
}
