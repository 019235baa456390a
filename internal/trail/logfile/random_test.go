package logfile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// writer writes random log files: valid JSON, but hostile to whoever looks for
// bytes. What is in its records is what CloudTrail would write, what is in
// their other members is not.
type writer struct {
	*rand.Rand
	strings.Builder
	spaces  bool // white space between tokens
	escapes bool // letters may be escaped anywhere
	mild    bool // decoys that do not confuse the search
	nested  int  // records around what is written
}

func newWriter(seed uint64) *writer {
	r := rand.New(rand.NewPCG(seed, 17))
	return &writer{Rand: r, spaces: r.IntN(4) == 0, escapes: r.IntN(3) == 0, mild: r.IntN(2) == 0}
}

func pick[T any](w *writer, all ...T) T { return all[w.IntN(len(all))] }

func (w *writer) space() {
	if w.spaces {
		w.WriteString(pick(w, "", "", "", " ", "\n", "\t", "\r\n  "))
	}
}

// quote writes a string, some of its letters escaped.
func (w *writer) quote(text string) {
	w.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			w.WriteString(`\` + string(r))
		case r < ' ', w.escapes && w.IntN(8) == 0:
			fmt.Fprintf(w, pick(w, `\u%04x`, `\u%04X`), r)
		case r == '/' && w.IntN(4) == 0:
			w.WriteString(`\/`)
		default:
			w.WriteRune(r)
		}
	}
	w.WriteByte('"')
}

// object writes members in random order; each writes one.
func (w *writer) object(members ...func()) {
	w.WriteByte('{')
	w.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	w.list(members...)
	w.WriteByte('}')
}

func (w *writer) list(elements ...func()) {
	for i, write := range elements {
		if i > 0 {
			w.WriteByte(',')
		}
		w.space()
		write()
		w.space()
	}
}

func (w *writer) array(elements ...func()) {
	w.WriteByte('[')
	w.list(elements...)
	w.WriteByte(']')
}

func (w *writer) member(name string, value func()) func() {
	return func() {
		w.quote(name)
		w.space()
		w.WriteByte(':')
		w.space()
		value()
	}
}

func (w *writer) text(text string) func() { return func() { w.quote(text) } }

func (w *writer) word(text string) func() { return func() { w.WriteString(text) } }

// decoy is a text that looks like what matters, or like structure.
func (w *writer) decoy() string {
	if w.mild {
		return pick(w, "N", "RunTask", "a [b], {c}", `{"eventName":"RunTask","eventSource":["ecs.amazonaws.com"]}`, "ecs.amazonaws.com", `\`, strings.Repeat("x]y[", 50)+"y")
	}
	return pick(w,
		"", " ", "N", "eventName", `"eventName":"RunTask"`, `{"eventName":"RunTask","eventSource":"ecs.amazonaws.com"}`,
		`},{"eventName":"PutAccountSetting"`, "[", "]", "[[", "]}", "]}]}", "{", "}", `\`, `\\`, `\"`, `"`, `",`, `":[`, `"],"`, ",{", "[{", ":", ",", `":"`,
		"RunTask", "StartTask", "ecs.amazonaws.com", "cloudtrail.amazonaws.com", "fargateFIPSMode", "disabled", "[S3Console/0.4, aws-internal/3]",
		`\u0052unTask`, "é\u202f\u2028", strings.Repeat("ab]c", 20), strings.Repeat(`"[`, 10), "\x00\x1f\n\t",
	)
}

// junk writes a value in which nothing matters.
func (w *writer) junk(depth int) {
	if depth <= 0 || w.nested > 1 {
		pick(w, w.text(w.decoy()), w.word(pick(w, "0", "-1", "1.5", "2e3", "-0.1E-7", "true", "false", "null")))()
		return
	}
	inner := func() { w.junk(w.IntN(depth)) }
	var elements, members []func()
	for range w.IntN(5) {
		elements = append(elements, inner)
		members = append(members, w.member(w.decoy(), inner))
	}
	pick(w,
		func() { w.array(elements...) },
		func() { w.object(members...) },
		func() { w.array(func() { w.record(depth - 1) }, func() { w.record(depth - 1) }) },
		func() { w.object(w.member("Records", func() { w.array(func() { w.record(depth - 1) }) })) },
		w.text(w.decoy()),
	)()
}

// some drops some of the members.
func (w *writer) some(members ...func()) []func() {
	var kept []func()
	for _, m := range members {
		if w.IntN(5) > 0 {
			kept = append(kept, m)
		}
	}
	return kept
}

// record writes a record. depth is how deep the junk in it may be.
func (w *writer) record(depth int) {
	w.nested++
	defer func() { w.nested-- }()
	name := pick(w, "RunTask", "StartTask", "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting", "StopLogging", "StartLogging",
		"DeleteTrail", "PutEventSelectors", "UpdateTrail", "DescribeTasks", "GetObject", "AssumeRole", "RunInstances")
	source := pick(w, "ecs.amazonaws.com", "ecs.amazonaws.com", "cloudtrail.amazonaws.com", "s3.amazonaws.com")
	members := w.some(
		w.member("eventVersion", w.text("1.09")),
		w.member("userIdentity", w.identity),
		w.member("eventTime", w.text("2026-11-20T10:00:00Z")),
		w.member("eventSource", w.text(source)),
		w.member("eventName", w.text(name)),
		w.member("awsRegion", w.text("us-gov-west-1")),
		w.member("sourceIPAddress", w.text("10.0.0.1")),
		w.member("userAgent", w.text(pick(w, "Boto3", "[S3Console/0.4, aws-internal/3 x]", "aws-cli/2 []"))),
		w.member("errorCode", pick(w, w.word("null"), w.text(""), w.text("AccessDenied"), w.word("[]"))),
		w.member("requestParameters", w.parameters),
		w.member("responseElements", w.answer),
		w.member("eventID", w.text(fmt.Sprintf("%016x", w.Uint64()))),
		w.member("readOnly", pick(w, w.word("true"), w.word("false"), w.text("true"), w.text("false"))),
		w.member("sessionCredentialFromConsole", pick(w, w.word("true"), w.text("true"), w.word("null"))),
		w.member("eventType", w.text("AwsApiCall")),
		w.member("eventCategory", w.text("Management")),
		w.member("recipientAccountId", pick(w, w.text("111122223333"), w.word("111122223333"))),
		w.member("additionalEventData", func() { w.junk(depth) }),
	)
	if w.IntN(10) == 0 { // what is repeated means its last value
		members = append(members, w.member("eventName", w.text(pick(w, "RunTask", "GetObject"))), w.member("requestParameters", w.parameters))
	}
	w.object(members...)
}

func (w *writer) identity() {
	w.object(w.some(
		w.member("type", w.text(pick(w, "AssumedRole", "IAMUser", "Root"))),
		w.member("arn", w.text("arn:aws-us-gov:iam::111122223333:user/jane")),
		w.member("accountId", w.text("111122223333")),
		w.member("principalId", pick(w, w.text("AIDA"), w.word("null"), w.word("{}"))),
		w.member("sessionContext", func() {
			w.object(w.some(
				w.member("sessionIssuer", func() {
					w.object(w.some(w.member("arn", w.text("arn:issuer")), w.member("userName", w.text("issuer")))...)
				}),
				w.member("attributes", func() { w.object(w.member("mfaAuthenticated", pick(w, w.text("true"), w.word("false")))) }),
			)...)
		}),
		w.member("eventName", w.text("RunTask")),
	)...)
}

func (w *writer) parameters() {
	if w.IntN(6) == 0 {
		pick(w, w.word("null"), func() { w.junk(2) })()
		return
	}
	w.object(w.some(
		w.member("name", w.text(pick(w, "fargateFIPSMode", "containerInsights"))),
		w.member("value", w.text(pick(w, "enabled", "disabled"))),
		w.member("principalArn", w.text("arn:aws-us-gov:iam::111122223333:root")),
		w.member("launchType", w.text(pick(w, "EC2", "FARGATE"))),
		w.member("eventName", w.text("RunTask")),
		w.member("eventSelectors", func() { w.junk(2) }),
		w.member("overrides", func() { w.junk(3) }),
	)...)
}

func (w *writer) answer() {
	if w.IntN(6) == 0 {
		pick(w, w.word("null"), func() { w.junk(2) })()
		return
	}
	task := func() {
		w.object(w.some(
			w.member("launchType", w.text(pick(w, "EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"))),
			w.member("taskDefinitionArn", w.text(pick(w, "web:1", "web:2"))),
			w.member("group", w.text(pick(w, "family:web", "service:web"))),
			w.member("containers", func() { w.junk(2) }),
		)...)
	}
	var list []func()
	for range w.IntN(5) {
		list = append(list, pick(w, task, task, task, w.word("null")))
	}
	w.object(w.some(
		w.member("tasks", func() { w.array(list...) }),
		w.member("setting", func() {
			w.object(w.some(w.member("name", w.text("fargateFIPSMode")), w.member("value", w.text("enabled")), w.member("principalArn", w.word("12")))...)
		}),
		w.member("failures", func() { w.junk(2) }),
	)...)
}

// logFile is a random log file.
func (w *writer) logFile(records int) []byte {
	w.Reset()
	var all []func()
	for range records {
		all = append(all, func() { w.record(w.IntN(4)) })
	}
	if w.IntN(20) == 0 {
		w.WriteString("\ufeff")
	}
	members := []func(){w.member("Records", func() { w.array(all...) })}
	if w.IntN(10) == 0 {
		members = append(members, w.member(w.decoy(), func() { w.junk(3) }))
	}
	w.space()
	w.object(members...)
	w.space()
	return []byte(w.String())
}

// expected is what encoding/json finds in a log file.
func expected(file []byte) ([]Record, int64) {
	var top map[string]any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(file), "\ufeff")), &top); err != nil {
		panic(err)
	}
	list, _ := top["Records"].([]any)
	var records []Record
	for _, element := range list {
		if r := tree(element); wanted([]byte(r.text("eventSource")), []byte(r.text("eventName"))) {
			records = append(records, r.record())
		}
	}
	return records, int64(len(list))
}

// node is a value as encoding/json reads it.
type node struct{ value any }

func tree(v any) node { return node{v} }

func (n node) at(path ...string) node {
	for _, name := range path {
		object, _ := n.value.(map[string]any)
		n = node{object[name]}
	}
	return n
}

func (n node) text(path ...string) string {
	text, _ := n.at(path...).value.(string)
	return text
}

func (n node) flag(path ...string) string {
	if b, ok := n.at(path...).value.(bool); ok {
		return fmt.Sprint(b)
	}
	return n.text(path...)
}

func (n node) record() Record {
	failure := n.text("errorCode")
	if code := n.at("errorCode").value; code != nil && failure == "" && code != "" {
		failure = "unknown"
	}
	r := Record{
		EventID: n.text("eventID"), EventName: n.text("eventName"), EventSource: n.text("eventSource"), EventTime: n.text("eventTime"),
		EventType: n.text("eventType"), Category: n.text("eventCategory"), Region: n.text("awsRegion"), Recipient: n.text("recipientAccountId"),
		SourceIP: n.text("sourceIPAddress"), UserAgent: n.text("userAgent"),
		ErrorCode: failure, ReadOnly: n.flag("readOnly") == "true", FromConsole: n.flag("sessionCredentialFromConsole"),
		Identity: Identity{
			Type: n.text("userIdentity", "type"), UserName: n.text("userIdentity", "userName"), ARN: n.text("userIdentity", "arn"),
			AccountID: n.text("userIdentity", "accountId"), PrincipalID: n.text("userIdentity", "principalId"), InvokedBy: n.text("userIdentity", "invokedBy"),
			Issuer:     n.text("userIdentity", "sessionContext", "sessionIssuer", "arn"),
			IssuerName: n.text("userIdentity", "sessionContext", "sessionIssuer", "userName"),
			MFA:        n.flag("userIdentity", "sessionContext", "attributes", "mfaAuthenticated"),
			OnBehalfOf: n.text("userIdentity", "onBehalfOf", "userId"),
		},
		Request: Request{
			Name: n.text("requestParameters", "name"), Value: n.text("requestParameters", "value"), PrincipalARN: n.text("requestParameters", "principalArn"),
			Elsewhere:      isElsewhere([]byte(n.text("requestParameters", "launchType"))),
			TaskDefinition: n.text("requestParameters", "taskDefinition"), Group: n.text("requestParameters", "group"),
			MultiRegion: n.flag("requestParameters", "isMultiRegionTrail"),
		},
		Setting: Setting{Name: n.text("responseElements", "setting", "name"), Value: n.text("responseElements", "setting", "value"), PrincipalARN: n.text("responseElements", "setting", "principalArn")},
	}
	if selectors := n.at("requestParameters", "eventSelectors").value; selectors != nil {
		text, _ := json.Marshal(selectors)
		r.Request.Selectors = string(text)
	}
	var tasks []any
	tasks, r.Answered = n.at("responseElements", "tasks").value.([]any)
	counts := map[Tasks]int{}
	for _, task := range tasks {
		t := tree(task)
		like := Tasks{Elsewhere: isElsewhere([]byte(t.text("launchType"))), Definition: t.text("taskDefinitionArn"), Group: t.text("group")}
		if counts[like]++; counts[like] == 1 {
			r.Tasks = append(r.Tasks, like)
		}
	}
	for i, like := range r.Tasks {
		r.Tasks[i].Count = counts[like]
	}
	return r
}
