package judge

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/audit/judge/chain"
)

const (
	accountA = "111122223333"
	accountB = "444455556666"
	west     = "us-gov-west-1"
	east     = "us-gov-east-1"
)

// folder is a test's folder of log files. All that happens in it happens on
// 2026-03-01; times are HH:MM:SS or HH:MM.
type folder struct {
	t       *testing.T
	dir     string
	options Options
	chains  map[string]*chain.Chain
	// signatures goes into the signatures file, if it is not nil.
	signatures map[string]string
	last       chain.Digest
}

var signingKey = sync.OnceValues(chain.NewKey)

func newFolder(t *testing.T) *folder {
	dir := t.TempDir()
	return &folder{t: t, dir: dir, options: Options{Paths: []string{dir}}, chains: map[string]*chain.Chain{}}
}

// clock returns a time of the day.
func clock(t *testing.T, text string) time.Time {
	t.Helper()
	if strings.Count(text, ":") == 1 {
		text += ":00"
	}
	at, err := time.Parse("2006-01-02 15:04:05", "2026-03-01 "+text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// stamp is the same as a record has it.
func stamp(clock string) string {
	if strings.Count(clock, ":") == 1 {
		clock += ":00"
	}
	return "2026-03-01T" + clock + "Z"
}

func (f *folder) write(key string, content []byte) {
	f.t.Helper()
	name := filepath.Join(f.dir, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func zip(plain []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(plain)
	_ = w.Close()
	return out.Bytes()
}

// logKey is the key of a log of the account A that was delivered at a minute.
func logKey(region, clock string) string {
	name := "20260301T" + strings.ReplaceAll(clock, ":", "") + "Z"
	return "AWSLogs/" + accountA + "/CloudTrail/" + region + "/2026/03/01/" + accountA + "_CloudTrail_" + region + "_" + name + "_abc.json.gz"
}

func plainLog(t *testing.T, records ...object) []byte {
	t.Helper()
	if records == nil {
		records = []object{}
	}
	text, err := json.Marshal(object{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// log writes a log of account A, us-gov-west-1, delivered at a minute.
func (f *folder) log(clock string, records ...object) {
	f.t.Helper()
	f.write(logKey(west, clock), zip(plainLog(f.t, records...)))
}

// item is a log for a digest to list, with the times of its events.
type item struct {
	clock          string
	oldest, newest string
	records        []object
}

// digest writes the digest of a window of account A in a Region, and the logs that it lists.
func (f *folder) digest(region, from, until string, items ...item) {
	f.t.Helper()
	var logs []chain.LogFile
	for _, i := range items {
		plain := plainLog(f.t, i.records...)
		f.write(logKey(region, i.clock), zip(plain))
		logs = append(logs, chain.LogFile{Key: logKey(region, i.clock), Hash: chain.Hash(plain), Oldest: clock(f.t, i.oldest), Newest: clock(f.t, i.newest)})
	}
	key, err := signingKey()
	if err != nil {
		f.t.Fatal(err)
	}
	c := f.chains[region]
	if c == nil {
		c = &chain.Chain{Account: accountA, Region: region, Trail: "main", Home: west, Bucket: "logs", Key: key}
		f.chains[region] = c
	}
	if f.last, err = c.Next(clock(f.t, from), clock(f.t, until), logs); err != nil {
		f.t.Fatal(err)
	}
	f.write(f.last.Key, zip(f.last.Plain))
	if f.signatures != nil {
		f.signatures[f.last.Key] = f.last.Signature
	}
}

// check has the signatures of the digests checked that are written from now on.
func (f *folder) check() {
	f.t.Helper()
	f.signatures = map[string]string{}
	key, err := signingKey()
	if err != nil {
		f.t.Fatal(err)
	}
	keys, err := chain.PublicKeys(key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.options.PublicKeys = filepath.Join(f.t.TempDir(), "keys.json")
	if err := os.WriteFile(f.options.PublicKeys, keys, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) remove(key string) {
	f.t.Helper()
	if err := os.Remove(filepath.Join(f.dir, filepath.FromSlash(key))); err != nil {
		f.t.Fatal(err)
	}
}

// judge returns the answer as lines, each of which begins with its topic.
func (f *folder) judge() []string {
	f.t.Helper()
	if len(f.signatures) > 0 {
		text, err := json.Marshal(f.signatures)
		if err != nil {
			f.t.Fatal(err)
		}
		f.options.Signatures = filepath.Join(f.t.TempDir(), "signatures.json")
		if err := os.WriteFile(f.options.Signatures, text, 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	answer, status, err := Judge(f.options)
	if err != nil {
		f.t.Fatal(err)
	}
	lines := []string{fmt.Sprintf("status %d", status)}
	if answer.From != nil {
		lines = append(lines, "span "+short(*answer.From)+" "+short(*answer.Until))
	}
	for _, p := range answer.Places {
		prefix := ""
		if p.Account != accountA {
			prefix = p.Account + " "
		}
		if p.Region != west {
			prefix += p.Region + " "
		}
		lines = append(lines,
			fmt.Sprintf("%splace %s %s", prefix, short(p.From), short(p.To)),
			fmt.Sprintf("%soff %d %d", prefix, p.Off.Windows, p.Off.Seconds),
			fmt.Sprintf("%slaunches %d", prefix, p.LaunchesWhileOff),
			fmt.Sprintf("%shours %d %d", prefix, p.Trust.VouchedHours, p.Trust.UnvouchedHours),
			fmt.Sprintf("%sbad %d %d", prefix, p.Trust.AlteredFiles, p.Trust.MissingFiles))
		for _, i := range p.Intervals {
			lines = append(lines, prefix+"default "+line(i))
		}
		for _, o := range p.Overrides {
			for _, i := range o.Intervals {
				lines = append(lines, prefix+"override "+o.Principal[strings.LastIndex(o.Principal, ":")+1:]+" "+line(i))
			}
		}
	}
	for _, bad := range answer.Files.Faulty {
		lines = append(lines, "faulty "+bad.Fault+" "+strings.TrimPrefix(bad.Path, filepath.ToSlash(f.dir)+"/"))
	}
	return append(lines, fmt.Sprintf("files %d %d", answer.Files.Read, answer.Files.Skipped), fmt.Sprintf("size %d %d", answer.Records, answer.Bytes))
}

func line(i Interval) string {
	id := "-"
	if i.Event != nil {
		id = i.Event.EventID
	}
	return strings.Join([]string{short(i.From), short(i.Until), i.Mode, i.Reason, id}, " ")
}

func short(s second) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.String(), "2026-03-01T"), "Z")
}

// topic returns a line without what is said of the topic.
func topic(line string) string {
	words := strings.Fields(line)
	for i, word := range words {
		switch word {
		case "status", "span", "place", "off", "launches", "hours", "bad", "default", "override", "faulty", "files", "size":
			return strings.Join(words[:i+1], " ")
		}
	}
	return line
}

// holds compares the answer with the lines, of the topics that the lines have.
// A topic alone says that there is nothing of it.
func (f *folder) holds(want ...string) {
	f.t.Helper()
	topics := map[string]bool{}
	var wanted, got []string
	for _, line := range want {
		topics[topic(line)] = true
		if line != topic(line) {
			wanted = append(wanted, line)
		}
	}
	for _, line := range f.judge() {
		if topics[topic(line)] {
			got = append(got, line)
		}
	}
	for name := range maps.Keys(topics) {
		if a, b := ofTopic(wanted, name), ofTopic(got, name); a != b {
			f.t.Errorf("want\n%sgot\n%s", a, b)
		}
	}
}

func ofTopic(lines []string, name string) string {
	text := ""
	for _, line := range lines {
		if topic(line) == name {
			text += "\t" + line + "\n"
		}
	}
	return text
}

// set is a PutAccountSettingDefault.
func set(id, clock, value string) object {
	return object{
		"eventVersion": "1.11", "eventID": id, "eventTime": stamp(clock), "eventSource": "ecs.amazonaws.com", "eventName": "PutAccountSettingDefault",
		"awsRegion": west, "recipientAccountId": accountA, "eventType": "AwsApiCall", "eventCategory": "Management", "readOnly": false,
		"userIdentity":      object{"type": "AssumedRole", "arn": "arn:aws-us-gov:sts::" + accountA + ":assumed-role/Admin/jane"},
		"requestParameters": object{"name": "fargateFIPSMode", "value": value},
		"responseElements":  object{"setting": object{"name": "fargateFIPSMode", "value": value}},
	}
}

// setOwn is a PutAccountSetting by the role Admin for itself.
func setOwn(id, clock, value string) object {
	r := set(id, clock, value)
	r["eventName"] = "PutAccountSetting"
	return r
}

// remove is a DeleteAccountSetting by the role Admin for itself.
func remove(id, clock string) object {
	r := set(id, clock, "")
	r["eventName"] = "DeleteAccountSetting"
	r["requestParameters"] = object{"name": "fargateFIPSMode"}
	delete(r, "responseElements")
	return r
}

func call(id, clock, source, name string, request object) object {
	r := set(id, clock, "")
	r["eventSource"], r["eventName"], r["requestParameters"], r["responseElements"] = source, name, request, nil
	return r
}

func runTask(id, clock string, tasks ...any) object {
	r := call(id, clock, "ecs.amazonaws.com", "RunTask", object{"cluster": "c"})
	r["responseElements"] = object{"tasks": append([]any{}, tasks...)}
	return r
}

func trail(id, clock, name, trail string) object {
	return call(id, clock, "cloudtrail.amazonaws.com", name, object{"name": trail})
}

// with changes one member, at a path of names with dots between them; nil
// takes it away.
func with(r object, path string, value any) object {
	names := strings.Split(path, ".")
	o := r
	for _, name := range names[:len(names)-1] {
		inner, _ := o[name].(object)
		inner = maps.Clone(inner)
		if inner == nil {
			inner = object{}
		}
		o[name], o = inner, inner
	}
	if name := names[len(names)-1]; value == nil {
		delete(o, name)
	} else {
		o[name] = value
	}
	return r
}
