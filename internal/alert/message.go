package alert

import (
	"encoding/json"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// Message is an alert as it goes out.
type Message struct {
	Subject    string            // printable ASCII, at most 99 characters: SNS refuses others
	Text       string            // for people; its only control characters are line breaks
	JSON       []byte            // for machines: docs/schema/alert.v1.schema.json
	Attributes map[string]string // for subscriptions' filter policies, none of them empty
}

// AttributeType is the type of all attributes.
const AttributeType = "String"

// maxMessage keeps a message, with its variants and attributes, below the 256
// KiB that SNS takes for all of it, and leaves room for names and data types.
const maxMessage = 250_000

// Render makes a report a message that SNS takes. It is pure. Names in a
// report are other people's: what is not printable is replaced, long texts are
// cut, and of long lists the most pressing are shown, with a count of the rest.
func Render(r guard.Report) Message {
	var m Message
	for _, b := range levels() {
		v := newView(r, b)
		m = Message{Subject: subject(v), Text: text(v), JSON: document(v), Attributes: attributes(v)}
		if m.size() <= maxMessage {
			return m
		}
	}
	return m
}

// attributes: a report of several rules carries that of its leading finding.
func attributes(v view) map[string]string {
	const limit = 100
	return map[string]string{
		"severity": v.report.Severity().String(),
		"rule":     known(sanitize.ASCII(string(v.lead.Rule), limit)),
		"account":  known(sanitize.ASCII(v.report.Cause.Account, limit)),
		"region":   known(sanitize.ASCII(v.report.Cause.Region, limit)),
		"status":   v.status().String(),
		"outcome":  outcomeOf(v.report),
	}
}

// Variants is the message by protocol, as SNS takes it with
// MessageStructure=json.
func (m Message) Variants() ([]byte, error) {
	machine := string(m.JSON)
	return json.Marshal(map[string]string{
		"default": m.Text, "email": m.Text,
		"sqs": machine, "lambda": machine, "https": machine,
	})
}

// size is what SNS counts of a message, or too much of one that has no form.
func (m Message) size() int {
	encoded, err := m.Variants()
	if err != nil {
		return maxMessage + 1
	}
	size := len(encoded)
	for name, value := range m.Attributes {
		size += len(name) + len(AttributeType) + len(value)
	}
	return size
}
