package alert

import (
	"encoding/json"

	"fipsguard/internal/guard"
)

// Message is an alert as it goes out.
type Message struct {
	Subject    string            // printable ASCII, at most 99 characters: SNS refuses others
	Text       string            // for people; its only control characters are line breaks
	JSON       []byte            // for machines: docs/schema/alert.v1.schema.json
	Attributes map[string]string // for subscriptions' filter policies, none of them empty
}

// maxMessage keeps a message, with its variants and attributes, below the 256
// KiB that SNS takes for all of it, and leaves room for names and data types.
const maxMessage = 250_000

// Render makes a report a message that SNS takes. It is pure. Names in a
// report are other people's: what is not printable is replaced, long texts are
// cut, and of long lists the most pressing are shown, with a count of the rest.
func Render(r guard.Report) Message { return render(r, joined{}) }

// render also tells of the alerts that were counted into this one.
func render(r guard.Report, j joined) Message {
	var m Message
	for _, b := range levels() {
		v := newView(r, j, b)
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
		"rule":     known(ascii(string(v.lead.Rule), limit)),
		"account":  known(ascii(v.report.Cause.Account, limit)),
		"region":   known(ascii(v.report.Cause.Region, limit)),
		"status":   v.status().String(),
		"outcome":  outcomeOf(v.report),
	}
}

// variants is the message by protocol, as SNS takes it with
// MessageStructure=json.
func (m Message) variants() ([]byte, error) {
	machine := string(m.JSON)
	return json.Marshal(map[string]string{
		"default": m.Text, "email": m.Text,
		"sqs": machine, "lambda": machine, "https": machine,
	})
}

// size is what SNS counts of a message, or too much of one that has no form.
func (m Message) size() int {
	encoded, err := m.variants()
	if err != nil {
		return maxMessage + 1
	}
	size := len(encoded)
	for name, value := range m.Attributes {
		size += len(name) + len(attributeType) + len(value)
	}
	return size
}
