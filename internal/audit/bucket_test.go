package audit

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	account = "111122223333"
	west    = "us-gov-west-1"
	east    = "us-gov-east-1"
	user    = "arn:aws-us-gov:iam::111122223333:user/jane"
	role    = "arn:aws-us-gov:iam::111122223333:role/deploy"
)

// bucket is log files and digests, in memory. Times are of one day: 10:00, or
// 10:00:05; or of another: 21 10:00.
type bucket struct {
	t          testing.TB
	files      map[string][]byte
	signatures map[string]string
	last       map[string]*signed // digest of a trail and place
	n          int
	onDisk     bool // without the metadata that S3 keeps
}

// signed is a digest that was written.
type signed struct{ object, sum, signature string }

// signingKey makes one key for all tests.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil
	}
	return key
})

func newBucket(t testing.TB) *bucket {
	return &bucket{t: t, files: map[string][]byte{}, signatures: map[string]string{}, last: map[string]*signed{}}
}

func keysOf(keys ...*rsa.PrivateKey) Keys {
	all := Keys{}
	for i, k := range keys {
		all[fmt.Sprint("key-", i)] = &k.PublicKey
	}
	return all
}

// clock reads a time of the day.
func clock(t testing.TB, text string) time.Time {
	t.Helper()
	day := "20"
	if before, after, ok := strings.Cut(text, " "); ok {
		day, text = before, after
	}
	if strings.Count(text, ":") == 1 {
		text += ":00"
	}
	at, err := time.Parse(time.RFC3339, "2026-11-"+day+"T"+text+"Z")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// record is a CloudTrail record; members are changed by whoever needs others.
type record map[string]any

func (b *bucket) record(id, at, source, name string, request, answer any) record {
	b.t.Helper()
	return record{
		"eventID": id, "eventTime": clock(b.t, at).Format(time.RFC3339), "eventSource": source + ".amazonaws.com", "eventName": name,
		"awsRegion": west, "recipientAccountId": account, "eventType": "AwsApiCall", "eventCategory": "Management", "readOnly": false,
		"userIdentity":      map[string]any{"type": "IAMUser", "arn": user},
		"requestParameters": request, "responseElements": answer,
	}
}

func (r record) with(members record) record {
	r = maps.Clone(r)
	maps.Copy(r, members)
	return r
}

// put is a PutAccountSettingDefault.
func (b *bucket) put(id, at, value string) record {
	b.t.Helper()
	return b.record(id, at, "ecs", "PutAccountSettingDefault", map[string]any{"name": "fargateFIPSMode", "value": value},
		map[string]any{"setting": map[string]any{"name": "fargateFIPSMode", "value": value, "principalArn": user}})
}

// override is a PutAccountSetting for a principal.
func (b *bucket) override(id, at, principal, value string) record {
	b.t.Helper()
	return b.record(id, at, "ecs", "PutAccountSetting", map[string]any{"name": "fargateFIPSMode", "value": value, "principalArn": principal}, nil)
}

// run is a RunTask of some tasks.
func (b *bucket) run(id, at string, tasks int) record {
	b.t.Helper()
	list := []any{}
	for range tasks {
		list = append(list, map[string]any{"launchType": "FARGATE", "taskDefinitionArn": "web:1", "group": "family:web"})
	}
	return b.record(id, at, "ecs", "RunTask", map[string]any{"taskDefinition": "web"}, map[string]any{"tasks": list})
}

// text is a log file's text.
func text(t testing.TB, records ...record) []byte {
	t.Helper()
	if records == nil {
		records = []record{}
	}
	out, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func zipped(t testing.TB, plain []byte) []byte {
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

// log delivers a log file and returns its key.
func (b *bucket) log(at string, records ...record) string {
	b.t.Helper()
	return b.logIn(place{account, west}, at, records...)
}

func (b *bucket) logIn(p place, at string, records ...record) string {
	b.t.Helper()
	when := clock(b.t, at)
	b.n++
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%016d.json.gz", p.account, p.region, when.Format("2006/01/02"),
		p.account, p.region, when.Format("20060102T1504Z"), b.n)
	b.files[key] = zipped(b.t, text(b.t, records...))
	return key
}

// digest delivers the digest of an hour, which lists files.
func (b *bucket) digest(end string, logs ...string) string {
	b.t.Helper()
	return b.digestIn(place{account, west}, "main", "", end, logs...)
}

func (b *bucket) digestIn(p place, trail, suffix, end string, logs ...string) string {
	b.t.Helper()
	until := clock(b.t, end)
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail-Digest/%s/%s/%s_CloudTrail-Digest_%s_%s_%s_%s%s.json.gz", p.account, p.region, until.Format("2006/01/02"),
		p.account, p.region, trail, west, until.Format("20060102T150405Z"), suffix)
	list := []any{}
	for _, log := range logs {
		list = append(list, b.listing(log))
	}
	d := map[string]any{
		"awsAccountId": p.account, "digestStartTime": until.Add(-time.Hour).Format(time.RFC3339), "digestEndTime": until.Format(time.RFC3339),
		"digestS3Bucket": "logs", "digestS3Object": key, "digestPublicKeyFingerprint": "key-0", "digestSignatureAlgorithm": "SHA256withRSA",
		"previousDigestS3Bucket": nil, "previousDigestS3Object": nil, "previousDigestHashValue": nil, "previousDigestHashAlgorithm": nil, "previousDigestSignature": nil,
		"logFiles": list,
	}
	chain := trail + p.account + p.region + suffix
	previous := "null"
	if before := b.last[chain]; before != nil {
		d["previousDigestS3Bucket"], d["previousDigestS3Object"] = "logs", before.object
		d["previousDigestHashValue"], d["previousDigestHashAlgorithm"], d["previousDigestSignature"] = before.sum, "SHA-256", before.signature
		previous = before.signature
	}
	plain, err := json.Marshal(d)
	if err != nil {
		b.t.Fatal(err)
	}
	sum := sha256.Sum256(plain)
	signature := sign(b.t, signingKey(), until.Format(time.RFC3339)+"\nlogs/"+key+"\n"+hex.EncodeToString(sum[:])+"\n"+previous)
	b.last[chain] = &signed{key, hex.EncodeToString(sum[:]), signature}
	b.files[key], b.signatures[key] = zipped(b.t, plain), signature
	return key
}

func sign(t testing.TB, key *rsa.PrivateKey, text string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(signature)
}

// listing is a log file as a digest lists it.
func (b *bucket) listing(key string) any {
	b.t.Helper()
	plain := unzipped(b.t, b.files[key])
	sum := sha256.Sum256(plain)
	var file struct{ Records []record }
	if err := json.Unmarshal(plain, &file); err != nil {
		b.t.Fatal(err)
	}
	var times []string
	for _, r := range file.Records {
		times = append(times, r["eventTime"].(string))
	}
	var oldest, newest any
	if len(times) > 0 {
		oldest, newest = slices.Min(times), slices.Max(times)
	}
	return map[string]any{"s3Bucket": "logs", "s3Object": key, "hashValue": hex.EncodeToString(sum[:]), "hashAlgorithm": "SHA-256",
		"oldestEventTime": oldest, "newestEventTime": newest}
}

func unzipped(t testing.TB, packed []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := unzip(&out, packed); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unzip(to *bytes.Buffer, packed []byte) error {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	_, err = to.ReadFrom(r)
	return err
}

// Open makes the bucket a source.
func (b *bucket) Open(_ context.Context, file string) (Object, error) {
	data, ok := b.files[file]
	if !ok {
		return Object{}, fs.ErrNotExist
	}
	o := Object{Body: io.NopCloser(bytes.NewReader(data))}
	if !b.onDisk {
		o.Signature = b.signatures[file]
	}
	return o, nil
}

// audit audits the bucket.
func (b *bucket) audit(o Options) *Answer {
	b.t.Helper()
	if o.Workers == 0 {
		o.Workers = 2
	}
	var files []File
	for key, data := range b.files {
		files = append(files, File{Path: key, Size: int64(len(data)), Tag: fmt.Sprintf("%x", sha256.Sum256(data)), From: b})
	}
	answer, err := Run(b.t.Context(), NewPlan(files, o.Scope), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// short writes intervals as a person would: on 10:00-11:00 set e1.
func short(intervals []Interval) string {
	var all []string
	for _, i := range intervals {
		event := ""
		if i.Event != nil {
			event = " " + i.Event.EventID
		}
		all = append(all, fmt.Sprintf("%s %s-%s %s%s", i.Mode, shortTime(i.From), shortTime(i.Until), i.Reason, event))
	}
	return strings.Join(all, ", ")
}

func shortTime(t Time) string {
	at := time.Unix(int64(t), 0).UTC()
	text := strings.TrimSuffix(at.Format("15:04:05"), ":00")
	if at.Day() != 20 {
		text = at.Format("02 ") + text
	}
	return text
}

// only is the only place of an answer.
func only(t testing.TB, a *Answer) Place {
	t.Helper()
	if len(a.Places) != 1 {
		t.Fatalf("%d places, want 1", len(a.Places))
	}
	return a.Places[0]
}

// faults are an answer's faults: the file's own name, of a log its number, and
// the word.
func faults(a *Answer) string {
	var all []string
	for _, f := range a.Files.Faulty {
		word, _, _ := strings.Cut(f.Fault, ":")
		name := path.Base(f.Path)
		if i := strings.LastIndex(name, "_"); strings.Contains(name, "_CloudTrail_") && i > 0 {
			name = strings.TrimSuffix(strings.TrimLeft(name[i+1:], "0"), ".json.gz")
		}
		all = append(all, name+" "+word)
	}
	return strings.Join(all, ", ")
}
