// Package sns is SNS: standard topics, what is published to them, and who
// subscribes.
package sns

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fipsguard/internal/localaws/kernel"
)

// Topics are an account's topics.
type Topics struct {
	kernel    *kernel.Kernel
	published func(Message)
	send      func(queueARN, body string)
	byARN     map[string]*topic
	sent      []Message
}

type topic struct {
	region        kernel.Region
	subscriptions []subscription
}

// New adds SNS to an account. It calls published, and send for each queue that is
// subscribed, with the lock held.
func New(k *kernel.Kernel, published func(Message), send func(queueARN, body string)) *Topics {
	t := &Topics{kernel: k, published: published, send: send, byARN: map[string]*topic{}}
	k.Serve(kernel.Service{
		Name: "sns", Protocol: kernel.Query{Namespace: "http://sns.amazonaws.com/doc/2010-03-31/"},
		Operations: map[string]kernel.Operation{
			"Publish":                  {Perform: t.publish},
			"ListSubscriptionsByTopic": {Perform: t.listSubscriptionsByTopic},
		},
	})
	return t
}

// Message is what was published to a topic.
type Message struct {
	Time      time.Time
	Region    string
	TopicARN  string
	MessageID string
	Publisher kernel.Principal
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
func (t *Topics) CreateTopic(regionName, name string) (string, error) {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return "", fmt.Errorf("create topic %s: %w", name, err)
	}
	t.kernel.Lock()
	defer t.kernel.Unlock()
	arn := region.ARN("sns", name)
	if t.byARN[arn] == nil {
		t.byARN[arn] = &topic{region: region}
	}
	return arn, nil
}

// Published are the messages of all topics, in order; none where the account
// forgets.
func (t *Topics) Published() []Message {
	t.kernel.Lock()
	defer t.kernel.Unlock()
	return slices.Clone(t.sent)
}

// publish is SNS Publish to a standard topic.
func (t *Topics) publish(r *kernel.Request) (any, error) {
	m := Message{
		Time: r.At, Region: string(r.Region), Publisher: r.Principal, MessageID: t.kernel.IDs.UUID(),
		TopicARN: r.Form.Get("TopicArn"), Subject: r.Form.Get("Subject"), Text: r.Form.Get("Message"),
	}
	if m.TopicARN == "" {
		m.TopicARN = r.Form.Get("TargetArn")
	}
	var err error
	if m.Attributes, err = attributes(r); err != nil {
		return nil, err
	}
	if err := m.valid(r); err != nil {
		return nil, err
	}
	to, err := t.topic(r, m.TopicARN)
	if err != nil {
		return nil, err
	}
	if r.Form.Get("MessageStructure") == "json" {
		if m.Text, m.Variants, err = variants(m.Text); err != nil {
			return nil, kernel.InvalidParameter("Invalid parameter: Message Structure - %v", err)
		}
	}
	if !t.kernel.Forgets() {
		t.sent = append(t.sent, m)
	}
	t.published(m)
	for _, s := range to.subscriptions {
		if s.raw {
			t.send(s.Endpoint, m.For("sqs"))
		}
	}
	return struct{ MessageId string }{m.MessageID}, nil
}

// maxMessage is the size of a message with its attributes.
const maxMessage = 256 << 10

func (m Message) valid(r *kernel.Request) error {
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
	case r.Form.Has("Subject") && !validSubject(m.Subject):
		return kernel.InvalidParameter("Invalid parameter: Subject")
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
func attributes(r *kernel.Request) (map[string]Attribute, error) {
	read := map[string]Attribute{}
	for n := 1; ; n++ {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", n)
		name := r.Form.Get(entry + "Name")
		if name == "" {
			return read, nil
		}
		a := Attribute{DataType: r.Form.Get(entry + "Value.DataType"), Value: r.Form.Get(entry + "Value.StringValue")}
		if a.DataType == "Binary" {
			a.Value = r.Form.Get(entry + "Value.BinaryValue")
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
