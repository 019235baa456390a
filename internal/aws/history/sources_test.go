package history

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/audit/judge/chain"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/klauspost/compress/gzip"
)

// archive is a log file and digests of six hours, by key, and their signatures.
type archive struct {
	files      map[string][]byte
	signatures map[string]string
	keys       []byte // as the AWS CLI prints them
}

func newArchive(t *testing.T) archive {
	t.Helper()
	key, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	a := archive{files: map[string][]byte{}, signatures: map[string]string{}}
	if a.keys, err = chain.PublicKeys(key); err != nil {
		t.Fatal(err)
	}
	const log = `{"Records":[{"eventID":"on","eventTime":"2026-11-20T06:00:00Z","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","arn":"arn:aws-us-gov:iam::111122223333:user/jane"},"requestParameters":{"name":"fargateFIPSMode","value":"enabled"}}]}`
	const logKey = "AWSLogs/111122223333/CloudTrail/us-gov-west-1/2026/11/20/111122223333_CloudTrail_us-gov-west-1_20261120T0605Z_a.json.gz"
	a.files[logKey] = packed(t, []byte(log))
	start := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	digests := chain.Chain{Account: "111122223333", Region: "us-gov-west-1", Trail: "main", Home: "us-gov-west-1", Bucket: "trail", Key: key}
	for hour := range 6 {
		var logs []chain.LogFile
		if hour == 0 {
			logs = []chain.LogFile{{Key: logKey, Hash: chain.Hash([]byte(log)), Oldest: start, Newest: start}}
		}
		from := start.Add(time.Duration(hour) * time.Hour)
		d, err := digests.Next(from, from.Add(time.Hour), logs)
		if err != nil {
			t.Fatal(err)
		}
		a.files[d.Key], a.signatures[d.Key] = packed(t, d.Plain), d.Signature
	}
	a.files["AWSLogs/111122223333/CloudTrail-Insight/us-gov-west-1/x.json.gz"] = nil
	a.files["AWSLogs/444455556666/CloudTrail/us-gov-west-1/2026/11/20/444455556666_CloudTrail_us-gov-west-1_20261120T0605Z_a.json.gz"] = packed(t, []byte(`{"Records":[]}`))
	return a
}

func packed(t *testing.T, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// counted counts the objects that are read.
type counted struct {
	Objects
	gets int
}

func (c *counted) GetObject(ctx context.Context, in *s3.GetObjectInput, o ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	c.gets++
	return c.Objects.GetObject(ctx, in, o...)
}

func run(t *testing.T, files []audit.File, keys audit.Keys, index *audit.Index) *audit.Answer {
	t.Helper()
	answer, err := audit.Run(t.Context(), audit.NewPlan(files, audit.Scope{Accounts: []string{"111122223333"}}), audit.Options{Keys: keys, Index: index, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestAnAuditOfABucketAndOfItsCopy: in S3 the digests have their signatures, and
// what the index knows is not read again. In a copy the last digest, which no
// other one names, cannot be checked.
func TestAnAuditOfABucketAndOfItsCopy(t *testing.T) {
	a := newArchive(t)
	keys, err := audit.ParseKeys(a.keys)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	if err := w.CreateBucket(region, "trail"); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(w.config, func(o *s3.Options) { o.UsePathStyle = true })
	folder := t.TempDir()
	for key, data := range a.files {
		put := &s3.PutObjectInput{Bucket: aws.String("trail"), Key: aws.String(key), Body: bytes.NewReader(data)}
		if signature, ok := a.signatures[key]; ok {
			put.Metadata = map[string]string{"signature": signature, "signature-algorithm": "SHA256withRSA"}
		}
		if _, err := client.PutObject(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	objects := &counted{Objects: client}
	bucket := &Bucket{Objects: objects, Name: "trail"}
	files, err := bucket.Files(t.Context(), "AWSLogs/", []string{"111122223333"})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 7 || slices.ContainsFunc(files, func(f audit.File) bool { return strings.Contains(f.Path, "444455556666") || f.Tag == "" }) {
		t.Errorf("listed %d files, want the log and the digests of the account, with ETags: %v", len(files), files)
	}
	index := audit.NewIndex()
	answer := run(t, files, keys, index)
	if answer.Status() != 0 || answer.Places[0].Trust.VouchedHours != 5 || objects.gets != 7 {
		t.Errorf("status %d, %+v, %d objects read; want 0, 5 vouched hours, 7", answer.Status(), answer.Places[0].Trust, objects.gets)
	}
	var stored bytes.Buffer
	if err := index.Write(&stored); err != nil {
		t.Fatal(err)
	}
	if index, err = audit.ReadIndex(&stored); err != nil {
		t.Fatal(err)
	}
	again := run(t, files, keys, index)
	if first, second := asJSON(t, answer), asJSON(t, again); objects.gets != 7 || first != second {
		t.Errorf("with an index %d objects were read again, and the answer is\n%s\nnot\n%s", objects.gets-7, second, first)
	}

	local, err := Folder{}.Files(folder)
	if err != nil {
		t.Fatal(err)
	}
	if answer := run(t, local, keys, nil); answer.Status() != 0 || answer.Places[0].Trust.VouchedHours != 5 || len(local) != 9 {
		t.Errorf("in the copy: status %d, %+v, %d files", answer.Status(), answer.Places[0].Trust, len(local))
	}
}

func asJSON(t *testing.T, a *audit.Answer) string {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheStandardInputIsReadOnce even where a search would have to read twice.
func TestTheStandardInputIsReadOnce(t *testing.T) {
	log := `{ "Records": [ {"eventID":"off","eventTime":"2026-11-20T06:00:00Z","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333","requestParameters":{"name":"fargateFIPSMode","value":"disabled"}} ] }` + strings.Repeat(" ", 10<<20)
	for _, text := range [][]byte{[]byte(log), packed(t, []byte(log))} {
		answer := run(t, NewStdin(bytes.NewReader(text)).Files(), nil, nil)
		if answer.Status() != 1 || answer.Files.Read != 1 {
			t.Errorf("status %d, %+v", answer.Status(), answer.Files)
		}
	}
}

func TestFoldersAndLinks(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a/x.json", "b/y.json"} {
		if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(`{"Records":[]}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(folder, "b", "y.json"), filepath.Join(folder, "a", "link.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "a"), filepath.Join(folder, "linked")); err != nil {
		t.Fatal(err)
	}
	files, err := Folder{}.Files(filepath.Join(folder, "linked"))
	if err != nil || len(files) != 2 {
		t.Errorf("%d files in a linked folder, error %v; want a file and a link to one", len(files), err)
	}
	if _, err := (Folder{}).Files(filepath.Join(folder, "absent")); err == nil {
		t.Error("no error for a path that is not there")
	}
}

// lister is CloudTrail with keys in pages.
type lister struct{ pages [][]types.PublicKey }

func (l lister) ListPublicKeys(_ context.Context, in *cloudtrail.ListPublicKeysInput, _ ...func(*cloudtrail.Options)) (*cloudtrail.ListPublicKeysOutput, error) {
	page := len(aws.ToString(in.NextToken))
	out := &cloudtrail.ListPublicKeysOutput{PublicKeyList: l.pages[page]}
	if page+1 < len(l.pages) {
		out.NextToken = aws.String(strings.Repeat("x", page+1))
	}
	return out, nil
}

func TestPublicKeysOfAllPages(t *testing.T) {
	var printed struct{ PublicKeyList []types.PublicKey }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(newArchive(t).keys), `T00:00:00+00:00"`, `T00:00:00Z"`)), &printed); err != nil {
		t.Fatal(err)
	}
	one := printed.PublicKeyList[0]
	other := one
	other.Fingerprint = aws.String("other")
	keys := audit.Keys{}
	if err := PublicKeys(t.Context(), lister{[][]types.PublicKey{{one}, {other}}}, time.Time{}, time.Time{}, keys); err != nil || len(keys) != 2 {
		t.Errorf("%d keys, error %v; want those of both pages", len(keys), err)
	}
}
