package trail

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

// events reads the golden set: one recorded event a file.
func events(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recorded events: %v", err)
	}
	set := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set[strings.TrimSuffix(filepath.Base(name), ".json")] = data
	}
	return set
}

func TestDecodeNamesWhoWhenAndWhere(t *testing.T) {
	event, err := Decode(events(t)["setting-default-off"])
	if err != nil {
		t.Fatal(err)
	}
	c := event.Cause
	want := guard.Actor{
		Name:          "role Admin, session jane.doe",
		ARN:           "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe",
		SourceAddress: "198.51.100.7",
		MFA:           guard.Yes,
		UserAgent:     "aws-cli/2.31.0",
		Tool:          "the AWS CLI",
	}
	if diff := cmp.Diff(want, c.Actor); diff != "" {
		t.Errorf("the actor is another (-want +got):\n%s", diff)
	}
	if got := c.Time.Format("2006-01-02 15:04:05 MST"); got != "2026-11-02 10:15:30 UTC" {
		t.Errorf("the time is %s", got)
	}
	if c.Account != "111122223333" || c.Region != "us-gov-west-1" || c.EventName != "PutAccountSettingDefault" || c.EventID == "" {
		t.Errorf("the cause is incomplete: %+v", c)
	}
}

func TestActors(t *testing.T) {
	for who, want := range map[string]string{
		`{"type":"Root","arn":"arn:aws-us-gov:iam::1:root"}`:           "root",
		`{"type":"IAMUser","arn":"arn:aws-us-gov:iam::1:user/ci/bot"}`: "user bot",
		`{"type":"IAMUser"}`: "user unknown",
		`{"type":"AssumedRole","arn":"arn:aws-us-gov:sts::1:assumed-role/Admin/jane"}`: "role Admin, session jane",
		`{"type":"Role","arn":"arn:aws-us-gov:iam::1:role/team/app"}`:                  "role app",
		`{"type":"AssumedRole"}`: "role unknown",
		`{"type":"FederatedUser","arn":"arn:aws-us-gov:sts::1:federated-user/bob"}`: "federated user bob",
		`{"type":"AWSAccount","accountId":"2"}`:                                     "account 2",
		`{"type":"AWSService","invokedBy":"ecs.amazonaws.com"}`:                     "service ecs.amazonaws.com",
		`{"type":"IdentityCenterUser","onBehalfOf":{"userId":"x"}}`:                 "IAM Identity Center user x",
		`{"type":"Unknown"}`: "unknown",
		`{"invokedBy":"x.amazonaws.com","arn":"arn:aws-us-gov:iam::1:role/r","type":"Role"}`: "role r, through x.amazonaws.com",
		`{}`:         "unknown",
		`null`:       "unknown",
		`"somebody"`: "unknown",
	} {
		event, err := Decode(fmt.Appendf(nil, `{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSetting","userIdentity":%s}`, who))
		if err != nil {
			t.Errorf("%s: %v", who, err)
			continue
		}
		if got := event.Cause.Actor.Name; got != want {
			t.Errorf("%s is called %q, want %q", who, got, want)
		}
	}
}

func TestRoleSessionsAndTheirRolesAreOnePrincipal(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws-us-gov:sts::1:assumed-role/app/session": "arn:aws-us-gov:iam::1:role/app",
		"arn:aws-us-gov:iam::1:role/path/app":            "arn:aws-us-gov:iam::1:role/path/app",
		"arn:aws-us-gov:iam::1:user/u":                   "arn:aws-us-gov:iam::1:user/u",
		"arn:aws-us-gov:sts::1:federated-user/u":         "",
		"arn:aws-us-gov:iam::1:root":                     "",
		"role/app":                                       "",
		"":                                               "",
	} {
		if got := userOrRole(arn); got != want {
			t.Errorf("the principal of %q is %q, want %q", arn, got, want)
		}
	}
}

func TestMalformedInputIsLocated(t *testing.T) {
	sample, err := os.ReadFile("testdata/aws-sample-as-published.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"the AWS documentation's trailing comma": {string(sample), "line 8, column 45: not JSON"},
		"empty":                                  {"", "line 1, column 1: the text ends inside a JSON value"},
		"cut off":                                {`{"eventName":"Run`, "column 18"},
		"not JSON":                               {"hello", "line 1, column 1: not JSON"},
		"an event's member":                      {`{"eventSource":"ecs.amazonaws.com",` + "\n" + ` "eventName":5}`, "line 2, column 14: eventName is a JSON number"},
		"not an object":                          {`[1]`, "is a JSON array"},
		"another object":                         {`{"a":1}`, "neither an EventBridge event"},
		"a detail that is a text":                {`{"detail-type":"AWS API Call via CloudTrail","detail":"x"}`, "detail is a JSON string"},
		"a megabyte of nesting":                  {strings.Repeat(`{"x":`, 200_000), "exceeded max depth"},
		"a megabyte of brackets":                 {`{"x":` + strings.Repeat(`[`, 1_000_000), "exceeded max depth"},
		"a name twice":                           {`{"eventName":"a","eventName":"b"}`, "duplicate"},
		"two values":                             {`{"eventSource":"x","eventName":"y"} {}`, "line 1, column 37"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Decode says %v, want %q", err, c.want)
			}
			if err != nil && (len(err.Error()) > 300 || strings.Contains(err.Error(), "\n")) {
				t.Errorf("not one clear line: %v", err)
			}
		})
	}
}

// collect reads a file as `explain` does: the events' IDs, and what is wrong.
func collect(text string) (ids []string, faults []string) {
	for event, err := range Read(strings.NewReader(text)) {
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		ids = append(ids, event.Cause.EventID)
	}
	return ids, faults
}

const recordText = `{"eventSource":"ecs.amazonaws.com","eventName":"CreateCluster","eventID":"%s"}`

func TestReadForms(t *testing.T) {
	a, b := fmt.Sprintf(recordText, "a"), fmt.Sprintf(recordText, "b")
	for name, text := range map[string]string{
		"records one after another": a + "\n" + b,
		"an array":                  "[" + a + "," + b + "]",
		"a log object":              `{"Records":[` + a + `,` + b + `]}`,
		"a log object, gzip":        zipped(`{"Records":[` + a + `,` + b + `]}`),
		"two log objects":           `{"Records":[` + a + `]} {"Records":[` + b + `]}`,
		"envelopes":                 `{"detail-type":"AWS API Call via CloudTrail","detail":` + a + `} {"detail":` + b + `}`,
		"a byte order mark":         "\ufeff" + a + b,
		"UTF-16, little-endian":     utf16Of(a+"\n"+b, binary.LittleEndian),
		"UTF-16, big-endian":        utf16Of(a+"\n"+b, binary.BigEndian),
		"gzip in gzip":              zipped(zipped(a + b)),
		"lookup-events":             fmt.Sprintf(`{"Events":[{"CloudTrailEvent":%q},{"EventId":"b","CloudTrailEvent":%q}]}`, a, b),
	} {
		ids, faults := collect(text)
		if len(faults) > 0 || strings.Join(ids, " ") != "a b" {
			t.Errorf("%s: read %v, faults %q; want events a and b", name, ids, faults)
		}
	}
	for _, empty := range []string{`{"Records":[]}`, `[]`} {
		if ids, faults := collect(empty); len(faults) > 0 || len(ids) != 0 {
			t.Errorf("%s: read %v, faults %q", empty, ids, faults)
		}
	}
}

func TestReadEndsWhenTheCallerHasSeenEnough(t *testing.T) {
	for range Read(strings.NewReader(`{"Records":[` + fmt.Sprintf(recordText, "a") + `, oops`)) {
		return
	}
	t.Error("nothing was read")
}

// FuzzDecode: whatever comes, there is an event or an error, no panic; and
// what Decode accepts, Read accepts with the same result, but for what Lambda
// returned.
func FuzzDecode(f *testing.F) {
	for _, event := range events(f) {
		f.Add(event)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := Decode(data)
		if err != nil {
			return
		}
		if len(event.States) == 0 && event.NotGuarded == "" {
			t.Error("an event without states does not say why")
		}
		for _, finding := range guard.CheckAll(event.States) {
			if finding.Rule == "" || finding.Reason == "" {
				t.Errorf("finding without rule or reason: %+v", finding)
			}
		}
		if strings.HasPrefix(event.Cause.EventName, "Lambda Function Invocation Result") {
			return
		}
		var read []guard.Event
		for e, err := range Read(bytes.NewReader(data)) {
			if err != nil {
				t.Fatalf("Read refuses it: %v", err)
			}
			read = append(read, e)
		}
		if diff := cmp.Diff([]guard.Event{event}, read); diff != "" {
			t.Errorf("Read decides otherwise (-Decode +Read):\n%s", diff)
		}
	})
}

// BenchmarkDecide decides about a typical RegisterTaskDefinition event: from
// its bytes to the actions. The bound is 20 µs and 60 allocations.
func BenchmarkDecide(b *testing.B) {
	event := typicalRegistration()
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	policy := guard.DefaultPolicy()
	for b.Loop() {
		decoded, err := Decode(event)
		if err != nil {
			b.Fatal(err)
		}
		if actions := guard.Plan(policy.Evaluate(guard.CheckAll(decoded.States)), policy); len(actions) != 1 {
			b.Fatalf("%d actions", len(actions))
		}
	}
}

// typicalRegistration is an event of about 4 KB.
func typicalRegistration() []byte {
	container := `{"name":"web","image":"registry.example/web:1","cpu":0,"essential":true,"portMappings":[{"containerPort":8080,"protocol":"tcp"}],` +
		`"environment":[{"name":"STAGE","value":"production"}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"web","awslogs-region":"us-gov-west-1"}}}`
	containers := `"containerDefinitions":[` + strings.Repeat(container+",", 4) + container + `]`
	return []byte(`{"version":"0","id":"1","detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","account":"111122223333","time":"2026-11-02T10:15:30Z",` +
		`"region":"us-gov-west-1","resources":[],"detail":{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe",` +
		`"accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws-us-gov:iam::111122223333:role/Admin","userName":"Admin"},"attributes":{"mfaAuthenticated":"true"}}},` +
		`"eventTime":"2026-11-02T10:15:30Z","eventSource":"ecs.amazonaws.com","eventName":"RegisterTaskDefinition","awsRegion":"us-gov-west-1","sourceIPAddress":"198.51.100.7",` +
		`"requestParameters":{"family":"web","requiresCompatibilities":["FARGATE"],"runtimePlatform":{"cpuArchitecture":"ARM64"},` + containers + `},` +
		`"responseElements":{"taskDefinition":{"taskDefinitionArn":"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7","family":"web","revision":7,` +
		`"compatibilities":["EC2","FARGATE"],"requiresCompatibilities":["FARGATE"],"runtimePlatform":{"cpuArchitecture":"ARM64"},` + containers + `}},` +
		`"eventID":"1","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}`)
}

// BenchmarkRead reads a log file of a thousand such events.
func BenchmarkRead(b *testing.B) {
	event := typicalRegistration()
	file := append([]byte(`{"Records":[`), bytes.Repeat(append(event, ','), 999)...)
	file = append(append(file, event...), ']', '}')
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range Read(bytes.NewReader(file)) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 1000 {
			b.Fatalf("%d events", n)
		}
	}
}

// TestMemoryDoesNotGrowWithTheInput reads 100,000 records.
func TestMemoryDoesNotGrowWithTheInput(t *testing.T) {
	record := fmt.Sprintf(recordText, "a")
	in := io.MultiReader(strings.NewReader(`{"Records":[`), &repeated{text: record + ",\n", times: 99_999}, strings.NewReader(record+`]}`))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for _, err := range Read(in) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 50_000 {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
	}
	if n != 100_000 {
		t.Errorf("%d records were read", n)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("after 50,000 records the heap has grown by %d KiB", grown>>10)
	}
}

// repeated is a text many times over.
type repeated struct {
	text  string
	times int
	rest  string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestTagsOfADefinition are those of the request: the answer has none.
func TestTagsOfADefinition(t *testing.T) {
	for name, answer := range map[string]string{
		"answered": `,"responseElements":{"taskDefinition":{"taskDefinitionArn":"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7"}}`,
		"omitted":  ``,
	} {
		event, err := Decode([]byte(`{"eventSource":"ecs.amazonaws.com","eventName":"RegisterTaskDefinition","awsRegion":"us-gov-west-1",` +
			`"requestParameters":{"family":"web","tags":[{"key":"team","value":"payments"},{"key":"cost","value":"1"}]}` + answer + `}`))
		if err != nil || len(event.States) != 1 {
			t.Fatalf("%s: %v, %+v", name, err, event)
		}
		if d, _ := event.States[0].(guard.TaskDefinition); len(d.Tags) != 2 || d.Tags["team"] != "payments" {
			t.Errorf("%s: the tags are %v", name, d.Tags)
		}
	}
}
