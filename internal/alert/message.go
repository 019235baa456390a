package alert

import "encoding/json"

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
