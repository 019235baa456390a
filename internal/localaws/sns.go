package localaws

import (
	"bytes"
	"encoding/json"
	"errors"
	"fipsguard/internal/localaws/kernel"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is what was published to a topic.
type Message struct {
	Time      time.Time
	Region    string
	TopicARN  string
	MessageID string
	Publisher Principal
	Subject   string
	// Text is what subscribers get whose protocol has no variant of its own.
	Text string
	// Variants are the texts by protocol ("email", "sqs", …) of a message with
	// MessageStructure=json, but for the default.
	Variants   map[string]string
	Attributes map[string]Attribute
}

// Attribute is a message attribute, for subscriptions' filter policies.
type Attribute struct{ DataType, Value string }

// For is the text that a subscriber gets by a protocol such as "email".
func (m Message) For(protocol string) string {
	if text, ok := m.Variants[protocol]; ok {
		return text
	}
	return m.Text
}

// CreateTopic makes a topic in a Region of the account and returns its ARN.
// Making it again changes nothing.
func (a *Account) CreateTopic(regionName, name string) (string, error) {
	r, ok := a.regions[kernel.Region(regionName)]
	if !ok {
		return "", fmt.Errorf("create topic %s: the account is not in Region %q", name, regionName)
	}
	a.Lock()
	defer a.Unlock()
	arn := r.ARN("sns", name)
	r.topics[arn] = true
	return arn, nil
}

// Published are the messages of all topics, in order.
func (a *Account) Published() []Message {
	a.Lock()
	defer a.Unlock()
	return slices.Clone(a.sent)
}

func (a *Account) snsOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{"Publish": {Perform: a.publishMessage}}
}

// publishMessage is SNS Publish to a standard topic.
func (a *Account) publishMessage(req *kernel.Request) (any, error) {
	c := a.call(req)
	m := Message{
		Time: c.At, Region: string(c.region.Region), Publisher: c.Principal, MessageID: a.IDs.UUID(),
		TopicARN: c.Form.Get("TopicArn"), Subject: c.Form.Get("Subject"), Text: c.Form.Get("Message"),
	}
	if m.TopicARN == "" {
		m.TopicARN = c.Form.Get("TargetArn")
	}
	var err error
	if m.Attributes, err = attributes(c); err != nil {
		return nil, err
	}
	if err := m.valid(c); err != nil {
		return nil, err
	}
	if c.Form.Get("MessageStructure") == "json" {
		if m.Text, m.Variants, err = variants(m.Text); err != nil {
			return nil, kernel.InvalidParameter("Invalid parameter: Message Structure - %v", err)
		}
	}
	a.sent = append(a.sent, m)
	a.observe(Happening{Time: c.At, Message: &m})
	return struct{ MessageId string }{m.MessageID}, nil
}

// maxMessage is the size of a message with its attributes.
const maxMessage = 256 << 10

func (m Message) valid(c *call) error {
	size := len(m.Text)
	for name, a := range m.Attributes {
		size += len(name) + len(a.DataType) + len(a.Value)
	}
	switch {
	case m.Text == "":
		return kernel.InvalidParameter("Invalid parameter: Empty message")
	case !utf8.ValidString(m.Text):
		return kernel.InvalidParameter("Invalid parameter: Message is not UTF-8")
	case size > maxMessage:
		return kernel.InvalidParameter("Invalid parameter: Message too long")
	case c.Form.Has("Subject") && !validSubject(m.Subject):
		return kernel.InvalidParameter("Invalid parameter: Subject")
	case !strings.HasPrefix(m.TopicARN, c.region.ARN("sns", "")):
		return kernel.InvalidParameter("Invalid parameter: TopicArn")
	case !c.region.topics[m.TopicARN]:
		return topicNotFound()
	}
	return nil
}

// validSubject: "ASCII text that begins with a letter, number, or punctuation
// mark; must not include line breaks or control characters; and must be less
// than 100 characters long" (SNS API reference, Publish).
func validSubject(s string) bool {
	if s == "" || len(s) >= 100 || s[0] == ' ' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// attributes reads MessageAttributes.entry.N.Name and .Value.….
func attributes(c *call) (map[string]Attribute, error) {
	read := map[string]Attribute{}
	for n := 1; ; n++ {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", n)
		name := c.Form.Get(entry + "Name")
		if name == "" {
			return read, nil
		}
		a := Attribute{DataType: c.Form.Get(entry + "Value.DataType"), Value: c.Form.Get(entry + "Value.StringValue")}
		if a.DataType == "Binary" {
			a.Value = c.Form.Get(entry + "Value.BinaryValue")
		}
		if a.DataType == "" || a.Value == "" {
			return nil, kernel.ClientError("ParameterValueInvalid", "The message attribute '%s' must contain a non-empty message attribute type and value.", name)
		}
		read[name] = a
	}
}

// variants reads a message of structure json: texts by protocol, of which the
// default must be one.
func variants(message string) (text string, others map[string]string, err error) {
	errNotParsed := errors.New("JSON message body failed to parse")
	in := json.NewDecoder(bytes.NewReader([]byte(message)))
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return "", nil, errNotParsed
	}
	all := map[string]string{}
	seen := map[string]bool{}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return "", nil, errNotParsed
		}
		name, _ := key.(string)
		if seen[name] {
			return "", nil, fmt.Errorf("JSON message body has the key %q twice", name)
		}
		seen[name] = true
		var value any
		if err := in.Decode(&value); err != nil {
			return "", nil, errNotParsed
		}
		// "Non-string values will cause the key to be ignored."
		if s, ok := value.(string); ok {
			all[name] = s
		}
	}
	if _, err := in.Token(); err != nil {
		return "", nil, errNotParsed
	}
	if _, err := in.Token(); err != io.EOF {
		return "", nil, errNotParsed
	}
	text, ok := all["default"]
	if !ok {
		return "", nil, errors.New("JSON message body has no default entry")
	}
	delete(all, "default")
	return text, all, nil
}
