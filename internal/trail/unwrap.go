package trail

import (
	"bytes"
	"encoding/base64"
	"strings"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds how many wrappers may be in one another.
const maxDepth = 8

// maxWrapped bounds what is in a wrapper, of which several are in memory when
// they are in one another. Lambda's longest event has 6 MB.
const maxWrapped = 8 << 20

// Wrapper is a form in which people have records other than as events: what AWS
// puts around them on their way, and what its tools print.
type Wrapper struct {
	Name  string // "SQS message", behind "in the"
	Where string // the member that holds the record
	From  string // how people come by it
	list  string // the member of an object that is a list of these; empty where they stand alone
	// open is the text inside an object; empty when the object is something else.
	// It is nil where records stand in the list as they are.
	open   func(*wrapped) []byte
	base64 bool // the text is encoded, and may be packed then
}

// Wrappers are all forms that Read takes off, in the order in which they are
// tried. The table in docs/explain.md is made from it.
func Wrappers() []Wrapper {
	return []Wrapper{
		{Name: "gzip file", Where: "the text", From: "log files in S3, also packed twice"},
		{Name: "UTF-16 file", Where: "the text", From: "PowerShell's `>`; needs the byte order mark"},
		{Name: "log file", Where: "`Records[]`", From: "CloudTrail's log files in S3", list: "Records"},
		{Name: "lookup-events entry", Where: "`Events[].CloudTrailEvent`", From: "`aws cloudtrail lookup-events`, also with `--query`", list: "Events",
			open: func(w *wrapped) []byte { return w.CloudTrailEvent }},
		{Name: "SQS message", Where: "`Messages[].Body`", From: "`aws sqs receive-message`, as on the guard's failure queues", list: "Messages",
			open: func(w *wrapped) []byte { return w.ReceivedBody }},
		{Name: "SQS message", Where: "`Records[].body`", From: "Lambda's event of a queue", list: "Records",
			open: func(w *wrapped) []byte { return w.Body }},
		{Name: "SNS notification", Where: "`Records[].Sns.Message`", From: "Lambda's event of a topic", list: "Records",
			open: func(w *wrapped) []byte { return w.SNS.orZero().Message }},
		{Name: "SNS notification", Where: "`Message`", From: "a topic's message, as in a queue that subscribes to it",
			open: func(w *wrapped) []byte { return w.Message }},
		{Name: "CloudWatch Logs subscription", Where: "`awslogs.data`", From: "Lambda's event of a log group", base64: true,
			open: func(w *wrapped) []byte { return w.Subscription.orZero().Data }},
		{Name: "log event", Where: "`logEvents[].message`", From: "a subscription's data, as Kinesis and Firehose deliver it", list: "logEvents",
			open: func(w *wrapped) []byte { return w.LogMessage }},
		{Name: "log event", Where: "`events[].message`", From: "`aws logs filter-log-events`, `get-log-events`", list: "events",
			open: func(w *wrapped) []byte { return w.LogMessage }},
		{Name: "log line", Where: "`results[]`, field `@message`", From: "`aws logs get-query-results`", list: "results"},
		{Name: "Kinesis record", Where: "`Records[].kinesis.data`", From: "Lambda's event of a stream", list: "Records", base64: true,
			open: func(w *wrapped) []byte { return w.Kinesis.orZero().Data }},
		{Name: "Kinesis record", Where: "`Records[].Data`", From: "`aws kinesis get-records`", list: "Records", base64: true,
			open: func(w *wrapped) []byte { return w.StreamData }},
		{Name: "Firehose record", Where: "`records[].data`", From: "Firehose's event for a transformation", list: "records", base64: true,
			open: func(w *wrapped) []byte { return w.Data }},
		{Name: "Lambda failure record", Where: "`requestPayload`", From: "a function's on-failure destination",
			open: func(w *wrapped) []byte { return w.RequestPayload }},
		{Name: "Lambda failure record", Where: "`detail.requestPayload`", From: "the same, when the destination is an event bus",
			open: func(w *wrapped) []byte { return w.Detail.orZero().RequestPayload }},
		{Name: "AWS Config item", Where: "`configurationItems[]`", From: "AWS Config's snapshots; NOT_APPLICABLE", list: "configurationItems"},
		{Name: "CloudTrail Lake row", Where: "`QueryResultRows[]`, `eventJson` or the columns", From: "`aws cloudtrail get-query-results`", list: "QueryResultRows"},
		{Name: "CSV row", Where: "column `eventjson` or the record's columns", From: "Athena's and CloudTrail Lake's results"},
		{Name: "text", Where: "any member, also of an object in it, that begins with `{\"eventVersion\"`", From: "what log shippers store", open: quotedRecord},
	}
}

// wrapped are the members that a wrapper can have.
type wrapped struct {
	CloudTrailEvent blob `json:"CloudTrailEvent"`
	ReceivedBody    blob `json:"Body"`
	Body            blob `json:"body"`
	Message         blob `json:"Message"`
	LogMessage      blob `json:"message"`
	StreamData      blob `json:"Data"`
	Data            blob `json:"data"`
	SNS             object[struct {
		Message blob `json:"Message"`
	}] `json:"Sns"`
	Subscription   object[encoded] `json:"awslogs"`
	Kinesis        object[encoded] `json:"kinesis"`
	RequestPayload jsontext.Value  `json:"requestPayload"`
	Detail         object[struct {
		RequestPayload jsontext.Value `json:"requestPayload"`
	}] `json:"detail"`

	whole []byte
}

type encoded struct {
	Data blob `json:"data"`
}

// blob is a text that may be long: it is copied once.
type blob []byte

func (b *blob) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '"' {
		return in.SkipValue()
	}
	quoted, err := in.ReadValue()
	if err != nil {
		return err
	}
	*b, err = jsontext.AppendUnquote(nil, quoted)
	return err
}

// isList reports whether an object's member is a list of records.
func isList(member []byte) bool {
	switch string(member) {
	case "Records", "Events", "Messages", "logEvents", "events", "results", "records", "configurationItems", "QueryResultRows":
		return true
	}
	return false
}

// isReturned reports whether an event is what Lambda says became of another.
func (d *document) isReturned() bool {
	return d.Detail != nil && strings.HasPrefix(d.DetailType, "Lambda Function Invocation Result")
}

// unwrap reads what an object is a wrapper of, and reports whether it is one.
func (r *reader) unwrap(text []byte, in place, at syntax.Position) bool {
	w := wrapped{whole: text}
	if err := json.Unmarshal(text, &w, decodeOptions, jsontext.AllowDuplicateNames(true)); err != nil {
		return false
	}
	for _, wrapper := range r.wrappers {
		if wrapper.open == nil {
			continue
		}
		inside := wrapper.open(&w)
		if len(bytes.TrimSpace(inside)) == 0 || !wrapper.base64 && !looksLikeJSON(inside) {
			continue
		}
		around := in.inside(at, wrapper.Name)
		if wrapper.base64 {
			decoded, err := base64.StdEncoding.AppendDecode(nil, inside)
			if err != nil {
				r.fault(around, syntax.Position{}, "its data is not base64")
				return true
			}
			inside = decoded
		}
		r.inner(inside, around)
		return true
	}
	return false
}

// looksLikeJSON tells a text in which a record can be from prose.
func looksLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || text[0] == '"')
}

// holdsJSON is looksLikeJSON of a text that is itself written in JSON.
func holdsJSON(quoted jsontext.Value) bool {
	inner, err := jsontext.AppendUnquote(nil, quoted)
	return err == nil && looksLikeJSON(inner)
}

// maxShipped is how deep in an object a log shipper's text is looked for.
const maxShipped = 3

// quotedRecord is the first member of an object, or of an object in it, that is a
// record as a text.
func quotedRecord(w *wrapped) []byte { return quotedIn(w.whole, 1) }

func quotedIn(object []byte, depth int) []byte {
	const beginning = `{"eventVersion"`
	for name, value := range membersOf(object) {
		if value[0] == '{' && depth < maxShipped {
			if inner := quotedIn(value, depth+1); inner != nil {
				return inner
			}
		}
		if name == "" || value[0] != '"' || !bytes.Contains(value[:min(len(value), 64)], []byte("eventVersion")) {
			continue
		}
		if inner, err := jsontext.AppendUnquote(nil, value); err == nil && bytes.HasPrefix(bytes.TrimSpace(inner), []byte(beginning)) {
			return inner
		}
	}
	return nil
}
