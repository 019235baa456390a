package trail

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"fipsguard/internal/guard"

	"github.com/go-json-experiment/json/jsontext"
)

// membersOf are an object's own members, as far as they are JSON.
func membersOf(object []byte) iter.Seq2[string, jsontext.Value] {
	return func(yield func(string, jsontext.Value) bool) {
		in := jsontext.NewDecoder(bytes.NewBuffer(object), decodeOptions, jsontext.AllowDuplicateNames(true))
		if _, err := in.ReadToken(); err != nil {
			return
		}
		for in.PeekKind() == '"' {
			name, err := in.ReadToken()
			if err != nil {
				return
			}
			key := name.String()
			value, err := in.ReadValue()
			if err != nil || !yield(key, value) {
				return
			}
		}
	}
}

func memberNames(object []byte) []string {
	var names []string
	for name := range membersOf(object) {
		names = append(names, name)
	}
	return names
}

// shape is something that is no event, known by its members, and what it is.
type shape struct {
	members []string
	is      string
}

func (s shape) fits(names []string) bool {
	return !slices.ContainsFunc(s.members, func(m string) bool { return !slices.Contains(names, m) })
}

// recordsOfNoCall are records that AWS stores beside CloudTrail's, or in place of
// them, and that no call is in.
func recordsOfNoCall() []shape {
	const digest, item, message, request = "CloudTrail digest", "AWS Config record", "CloudWatch Logs control message", "fipsguard scan request"
	return []shape{
		{[]string{"digestStartTime", "logFiles"}, digest},
		{[]string{"configurationItem"}, item},
		{[]string{"configurationItemSummary"}, item},
		{[]string{"newEvaluationResult"}, item},
		{[]string{"configurationItemStatus", "resourceType"}, item},
		{[]string{"configSnapshotId"}, item},
		{[]string{"message"}, message},
		{[]string{"look"}, request}, // in the guard's own failure queue
	}
}

// notOfCalls is an object that AWS keeps beside CloudTrail's records, as an event
// of which nothing is guarded.
func notOfCalls(object []byte) (guard.Event, bool) {
	names := memberNames(object)
	for _, s := range recordsOfNoCall() {
		if !s.fits(names) || s.members[0] == "message" && !bytes.Contains(object, []byte(`"CWL CONTROL MESSAGE`)) {
			continue
		}
		return guard.Event{
			Cause:      guard.Cause{EventName: s.is, Actor: guard.Actor{Name: "unknown"}},
			NotGuarded: "It holds no call.",
		}, true
	}
	return guard.Event{}, false
}

// foreign are objects that people take for events, and what to do instead.
func foreign() []shape {
	const check = "; use fipsguard check"
	return []shape{
		{[]string{"s3", "eventName"}, "an S3 notification, which names a file and does not hold it; explain that file"},
		{[]string{"dynamodb", "eventName"}, "a change of a DynamoDB table"},
		{[]string{"KinesisBatchInfo"}, "Lambda's failure record of a batch of a stream, which does not hold the records"},
		{[]string{"requestContext", "responseContext"}, "a Lambda failure record without requestPayload"},
		{[]string{"SubscribeURL"}, "SNS's request to confirm a subscription"},
		{[]string{"AlarmName"}, "a notification of a CloudWatch alarm"},
		{[]string{"TopicArn", "Message"}, "an SNS notification of something else than an event"},
		{[]string{"ReceiptHandle", "Body"}, "an SQS message of something else than an event"},
		{[]string{"receiptHandle", "body"}, "an SQS message of something else than an event"},
		{[]string{"logStreamName", "message"}, "a log event of another log group than CloudTrail's"},
		{[]string{"schema", "subject", "findings"}, "an alert of fipsguard, which names the event's ID"},
		{[]string{"DetailType", "Detail"}, "an entry for PutEvents; EventBridge delivers it with detail-type and detail"},
		{[]string{"ResultSet"}, "a result of Athena; download it as CSV"},
		{[]string{"class_uid", "metadata"}, "an OCSF record of Security Lake; explain CloudTrail's own log files"},
		{[]string{"RequestType", "ResponseURL"}, "a request for a CloudFormation custom resource"},
		{[]string{"containerDefinitions"}, "a task definition" + check},
		{[]string{"taskDefinition"}, "what ECS prints about a task definition" + check},
		{[]string{"planned_values"}, "a Terraform plan" + check},
		{[]string{"terraform_version"}, "a Terraform plan or state" + check},
		{[]string{"Resources"}, "a CloudFormation template" + check},
		{[]string{"services", "failures"}, "what ECS's describe-services prints" + check},
		{[]string{"tasks", "failures"}, "what ECS prints about tasks"},
		{[]string{"EventId", "EventName"}, "an entry of lookup-events without CloudTrailEvent; ask for that as well"},
		{[]string{"eventName"}, "a part of a CloudTrail record"},
		{[]string{"eventSource"}, "a part of a CloudTrail record"},
		{[]string{"detail"}, "a part of an EventBridge event"},
	}
}

// looksLike names an object that is no event: ", but it looks like …".
func looksLike(object []byte) string {
	names := memberNames(object)
	for _, s := range foreign() {
		if s.fits(names) {
			return ", but it looks like " + s.is
		}
	}
	return ""
}

// looksLikeText names a text that is not JSON by its beginning; it is empty for
// one that may be.
func looksLikeText(head []byte) string {
	if len(head) > 1 && (head[0] == 0 || head[1] == 0) {
		return "not JSON: it looks like UTF-16 without a byte order mark"
	}
	if start := bytes.TrimLeft(head, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return ""
	}
	for _, f := range []struct{ magic, is string }{
		{"PK\x03\x04", "a ZIP archive; unpack it"},
		{"PAR1", "a Parquet file; explain CloudTrail's own log files"},
		{"Obj\x01", "an Avro file; explain CloudTrail's own log files"},
		{"ORC", "an ORC file; explain CloudTrail's own log files"},
		{"BZh", "a file packed with bzip2; unpack it"},
		{"\xfd7zXZ\x00", "a file packed with xz; unpack it"},
		{"\x28\xb5\x2f\xfd", "a file packed with zstd; unpack it"},
		{"AWSTemplateFormatVersion", "a CloudFormation template; use fipsguard check"},
		{"Resources:", "a CloudFormation template; use fipsguard check"},
		{"<", "XML or HTML"},
		{"---", "YAML"},
	} {
		if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(f.magic)) {
			return "not JSON: it looks like " + f.is
		}
	}
	line, _, _ := strings.Cut(strings.ToLower(string(head)), "\n")
	if strings.Contains(line, "event name,") || strings.Contains(line, `"event name"`) {
		return "not JSON: it looks like the CSV of CloudTrail's event history, which leaves out what was changed; download JSON"
	}
	return ""
}
