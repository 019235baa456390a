package trail

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// wraps put a record into each of the forms that Wrappers lists, by its name and
// the member that holds the record. The shapes are derived from the sample events
// of AWS's documentation (Lambda developer guide, CLI reference, user guides of
// CloudTrail, SNS, SQS, Kinesis and Firehose); none was recorded.
func wraps() map[string]func(record string) string {
	in := func(format string) func(string) string {
		return func(record string) string { return fmt.Sprintf(format, quote(record)) }
	}
	as := func(format string) func(string) string {
		return func(record string) string { return fmt.Sprintf(format, record) }
	}
	encoded := func(format string) func(string) string {
		return func(record string) string {
			return fmt.Sprintf(format, quote(base64.StdEncoding.EncodeToString([]byte(record))))
		}
	}
	const subscription = `{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"trail","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"3","timestamp":1767607800000,"message":%s}]}`
	return map[string]func(string) string{
		"gzip file, the text":                             zipped,
		"UTF-16 file, the text":                           func(record string) string { return utf16Of(record, binary.LittleEndian) },
		"log file, `Records[]`":                           as(`{"Records":[%s]}`),
		"SQS message, `Messages[].Body`":                  in(`{"Messages":[{"MessageId":"m","ReceiptHandle":"h","MD5OfBody":"x","Body":%s}]}`),
		"SQS message, `Records[].body`":                   in(`{"Records":[{"messageId":"m","receiptHandle":"h","body":%s,"attributes":{"ApproximateReceiveCount":"1"},"messageAttributes":{},"md5OfBody":"x","eventSource":"aws:sqs","eventSourceARN":"q","awsRegion":"us-gov-west-1"}]}`),
		"SNS notification, `Message`":                     in(`{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":%s,"Timestamp":"2026-01-05T10:10:00.000Z","SignatureVersion":"1"}`),
		"log event, `logEvents[].message`":                in(subscription),
		"log event, `events[].message`":                   in(`{"events":[{"logStreamName":"s","timestamp":1767607800000,"message":%s,"ingestionTime":1,"eventId":"1"}],"searchedLogStreams":[]}`),
		"log line, `results[]`, field `@message`":         in(`{"results":[[{"field":"@timestamp","value":"2026-01-05 10:10:00.000"},{"field":"@message","value":%s},{"field":"@ptr","value":"p"}]],"status":"Complete"}`),
		"Kinesis record, `Records[].Data`":                encoded(`{"Records":[{"SequenceNumber":"1","Data":%s,"PartitionKey":"p"}],"MillisBehindLatest":0}`),
		"Firehose record, `records[].data`":               encoded(`{"invocationId":"i","deliveryStreamArn":"d","region":"us-gov-west-1","records":[{"recordId":"1","approximateArrivalTimestamp":1,"data":%s}]}`),
		"lookup-events entry, `Events[].CloudTrailEvent`": in(`{"Events":[{"EventId":"e","EventName":"x","EventTime":"2026-01-05T10:10:00+00:00","Username":"jane","Resources":[],"CloudTrailEvent":%s}],"NextToken":"t"}`),
		"SNS notification, `Records[].Sns.Message`":       in(`{"Records":[{"EventVersion":"1.0","EventSource":"aws:sns","EventSubscriptionArn":"s","Sns":{"Type":"Notification","MessageId":"m","TopicArn":"t","Subject":null,"Message":%s}}]}`),
		"CloudWatch Logs subscription, `awslogs.data`": func(record string) string {
			return fmt.Sprintf(`{"awslogs":{"data":%s}}`, quote(base64.StdEncoding.EncodeToString([]byte(zipped(fmt.Sprintf(subscription, quote(record)))))))
		},
		"Kinesis record, `Records[].kinesis.data`":                                        encoded(`{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"p","sequenceNumber":"1","data":%s},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shard:1","eventName":"aws:kinesis:record","awsRegion":"us-gov-west-1"}]}`),
		"Lambda failure record, `requestPayload`":                                         as(`{"version":"1.0","timestamp":"2026-01-05T10:10:00.000Z","requestContext":{"requestId":"r","functionArn":"f","condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":%s,"responseContext":{"statusCode":200,"functionError":"Unhandled"},"responsePayload":{"errorMessage":"e"}}`),
		"Lambda failure record, `detail.requestPayload`":                                  as(`{"version":"0","id":"i","detail-type":"Lambda Function Invocation Result - Failure","source":"lambda","account":"111122223333","time":"2026-01-05T10:10:00Z","region":"us-gov-west-1","detail":{"version":"1.0","requestContext":{},"requestPayload":%s}}`),
		"CloudTrail Lake row, `QueryResultRows[]`, `eventJson` or the columns":            in(`{"QueryStatus":"FINISHED","QueryResultRows":[[{"eventID":"b"},{"eventJson":%s}]]}`),
		"CSV row, column `eventjson` or the record's columns":                             func(record string) string { return "eventid,eventjson\nb," + csvQuote(record) + "\n" },
		"text, any member, also of an object in it, that begins with `{\"eventVersion\"`": in(`{"@timestamp":"2026-01-05","log":{"offset":1},"event":{"kind":"event","original":%s}}`),
	}
}

// notWrappers are of Wrappers what holds no record.
const notWrappers = "AWS Config item, `configurationItems[]`"

const wrappedRecord = `{"eventVersion":"1.11","eventSource":"ecs.amazonaws.com","eventName":"CreateCluster","eventID":"a"}`

func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func csvQuote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

func utf16Of(text string, order binary.ByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		out = append(out, 0, 0)
		order.PutUint16(out[len(out)-2:], unit)
	}
	return string(out)
}

// TestEveryWrapperIsTakenOff: the table that people read is the one that is
// tried, and each form in it gives the record that was put into it.
func TestEveryWrapperIsTakenOff(t *testing.T) {
	wraps := wraps()
	for _, w := range Wrappers() {
		title := w.Name + ", " + w.Where
		if title == notWrappers {
			continue
		}
		wrap := wraps[title]
		if wrap == nil {
			t.Errorf("no test puts a record into %s", title)
			continue
		}
		if ids, faults := collect(wrap(wrappedRecord)); len(faults) > 0 || !slices.Equal(ids, []string{"a"}) {
			t.Errorf("%s: read %v, faults %q; want event a", title, ids, faults)
		}
		if w.list != "" && !isList([]byte(w.list)) {
			t.Errorf("%s is in the table, but %s is not read as a list", title, w.list)
		}
	}
}

// TestWrappersInWrappers puts each form into each other, as far as texts can hold
// it.
func TestWrappersInWrappers(t *testing.T) {
	for outer, around := range wraps() {
		for inner, wrap := range wraps() {
			text := wrap(wrappedRecord)
			binary := strings.HasPrefix(inner, "gzip") || strings.HasPrefix(inner, "UTF-16")
			encodes := strings.HasPrefix(outer, "Kinesis") || strings.HasPrefix(outer, "Firehose") || strings.HasPrefix(outer, "gzip")
			isCSV := strings.HasPrefix(inner, "CSV")
			switch {
			case binary && !encodes, isCSV && !encodes && !strings.HasPrefix(outer, "UTF-16"):
				continue // no tool writes that
			case strings.HasPrefix(outer, "text"):
				continue // it is known by the record's beginning
			}
			if ids, faults := collect(around(text)); len(faults) > 0 || !slices.Equal(ids, []string{"a"}) {
				t.Errorf("%s in %s: read %v, faults %q; want event a", inner, outer, ids, faults)
			}
		}
	}
}

// TestTheWrongMessageStandsAlone: of several, the others are read.
func TestTheWrongMessageStandsAlone(t *testing.T) {
	for _, c := range []struct{ name, text, where string }{
		{"lookup-events", `{"Events":[{"CloudTrailEvent":"{"},` + "\n" + `{"CloudTrailEvent":` + quote(wrappedRecord) + `}]}`, "line 1, column 12: in the lookup-events entry: a record that cannot be read: line 1, column 2: the text ends inside a JSON value"},
		{"a queue", `{"Messages":[` + "\n" + ` {"ReceiptHandle":"h","Body":"hello"},` + "\n" + `{"Body":` + quote(wrappedRecord) + `}]}`, "line 2, column 2: neither an EventBridge event"},
		{"a stream", `{"Records":[{"kinesis":{"data":"?"}},{"kinesis":{"data":"` + base64.StdEncoding.EncodeToString([]byte(wrappedRecord)) + `"}}]}`, "line 1, column 13: in the Kinesis record: its data is not base64"},
		{"a log group", `{"logEvents":[{"message":"{\"a\":1}"},{"message":` + quote(wrappedRecord) + `}]}`, "line 1, column 15: in the log event: neither an EventBridge event"},
		{"a topic in a queue", `{"Records":[{"body":` + quote(`{"Type":"Notification","Message":"{\"a\": oops}"}`) + `},{"body":` + quote(wrappedRecord) + `}]}`, "line 1, column 13: in the SQS message: in the SNS notification: a record that cannot be read: line 1, column 7: not JSON"},
	} {
		ids, faults := collect(c.text)
		if !slices.Equal(ids, []string{"a"}) || len(faults) != 1 || !strings.HasPrefix(faults[0], c.where) {
			t.Errorf("%s: read %v, faults %q; want event a, and %q", c.name, ids, faults, c.where)
		}
	}
}

func TestWrappersHaveADepth(t *testing.T) {
	text := wrappedRecord
	for range maxDepth {
		text = wraps()["SNS notification, `Message`"](text)
	}
	if ids, faults := collect(text); len(ids) != 1 || len(faults) > 0 {
		t.Errorf("%d wrappers: read %v, faults %q", maxDepth, ids, faults)
	}
	text = wraps()["SNS notification, `Message`"](text)
	if ids, faults := collect(text); len(ids) > 0 || len(faults) != 1 || !strings.Contains(faults[0], "more wrappers") {
		t.Errorf("one wrapper more: read %v, faults %q", ids, faults)
	}
}

// TestAWrapperIsNoRecord: what AWS puts around records has members of the same
// names.
func TestAWrapperIsNoRecord(t *testing.T) {
	for name, c := range map[string]struct{ text, looks string }{
		"an S3 notification":             {`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-gov-west-1","eventTime":"2026-01-05T10:10:00Z","eventName":"ObjectCreated:Put","s3":{"object":{"key":"k"}}}]}`, "an S3 notification"},
		"a table's change":               {`{"Records":[{"eventID":"1","eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{}}]}`, "DynamoDB"},
		"a queue's other message":        {`{"Records":[{"messageId":"m","receiptHandle":"h","body":"hello","eventSource":"aws:sqs"}]}`, "an SQS message of something else"},
		"a stream's batch":               {`{"requestContext":{},"KinesisBatchInfo":{}}`, "failure record of a batch"},
		"a confirmation":                 {`{"Type":"SubscriptionConfirmation","SubscribeURL":"https://x","Message":"You have chosen"}`, "confirm a subscription"},
		"an alarm":                       {`{"AlarmName":"a","NewStateValue":"ALARM"}`, "CloudWatch alarm"},
		"the guard's alert":              {`{"Type":"Notification","TopicArn":"t","Message":"{\"schema\":\"fipsguard.alert/v1\",\"subject\":\"s\",\"findings\":[]}"}`, "an alert of fipsguard"},
		"a task definition":              {`{"family":"web","containerDefinitions":[]}`, "use fipsguard check"},
		"a template":                     {`{"Resources":{}}`, "use fipsguard check"},
		"a plan":                         {`{"format_version":"1.2","planned_values":{}}`, "use fipsguard check"},
		"a template in YAML":             {"AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n", "use fipsguard check"},
		"an archive":                     {"PK\x03\x04zip", "ZIP"},
		"UTF-16 without its mark":        {"{\x00}\x00", "UTF-16 without a byte order mark"},
		"the console's CSV":              {"Event ID,Event time,User name,Event name,Resource type\n", "event history"},
		"lookup-events without its text": {`{"Events":[{"EventId":"e","EventName":"PutAccountSetting"}]}`, "ask for that as well"},
		"a query without its text":       {`[["PutAccountSetting","jane"]]`, "ask for CloudTrailEvent"},
		"texts without records":          {`["PutAccountSetting"]`, "no record"},
		"Lake without a call's name":     {`{"QueryResultRows":[[{"eventTime":"x"}]]}`, "select eventName"},
		"a part of a record":             {`{"eventName":"a"}`, "a part of a CloudTrail record"},
		"another object":                 {`{"a":1}`, "neither an EventBridge event"},
		"a number":                       {`[5]`, "a JSON number, which is no record"},
	} {
		ids, faults := collect(c.text)
		if len(ids) > 0 || len(faults) != 1 || !strings.Contains(faults[0], c.looks) {
			t.Errorf("%s: read %v, faults %q; want one that says %q", name, ids, faults, c.looks)
		}
	}
}

// TestRecordsOfNoCall are told apart from what cannot be read.
func TestRecordsOfNoCall(t *testing.T) {
	for name, text := range map[string]string{
		"a digest":          `{"awsAccountId":"1","digestStartTime":"2026-01-05T10:00:00Z","logFiles":[{"s3Object":"k"}]}`,
		"an Insight":        `{"eventVersion":"1.08","eventType":"AwsCloudTrailInsight","insightDetails":{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault"},"eventCategory":"Insight"}`,
		"a Config snapshot": `{"fileVersion":"1.0","configSnapshotId":"s","configurationItems":[{"configurationItemVersion":"1.3","configurationItemStatus":"OK","resourceType":"AWS::ECS::Service"}]}`,
		"a Config message":  `{"Type":"Notification","Message":"{\"configurationItem\":{},\"messageType\":\"ConfigurationItemChangeNotification\"}"}`,
		"a Config event":    `{"detail-type":"Config Configuration Item Change","detail":{"configurationItem":{}}}`,
		"a scan request":    `{"Messages":[{"Body":"{\"look\":\"hourly\"}"}]}`,
		"a control message": `{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`,
	} {
		n := 0
		for event, err := range Read(strings.NewReader(text)) {
			if n++; err != nil || event.NotGuarded == "" || event.Cause.EventName == "" {
				t.Errorf("%s: read %+v, error %v; want one that is not guarded, with a name", name, event, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: read %d records, want one", name, n)
		}
	}
}

// TestQueriesOfLookupEvents are those that people type.
func TestQueriesOfLookupEvents(t *testing.T) {
	record := quote(wrappedRecord)
	for query, text := range map[string]string{
		"Events[].CloudTrailEvent":                        `[` + record + `]`,
		"Events[].CloudTrailEvent --output text":          wrappedRecord,
		"Events[].[EventName,CloudTrailEvent]":            `[["CreateCluster",` + record + `]]`,
		"Events[].{Name:EventName,Event:CloudTrailEvent}": `[{"Name":"CreateCluster","Event":` + record + `}]`,
		"Events":                    `[{"EventId":"a","CloudTrailEvent":` + record + `}]`,
		"Events[0]":                 `{"EventId":"a","CloudTrailEvent":` + record + `}`,
		"Events[0].CloudTrailEvent": record,
		"Events[].CloudTrailEvent | [0], through jq fromjson": wrappedRecord + "\n",
	} {
		if ids, faults := collect(text); len(faults) > 0 || !slices.Equal(ids, []string{"a"}) {
			t.Errorf("--query %s: read %v, faults %q; want event a", query, ids, faults)
		}
	}
}
