package signedcall

import (
	"encoding/xml"
	"strings"
	"testing"
)

// TestElement: only a whole answer has its text.
func TestElement(t *testing.T) {
	for text, want := range map[string]string{
		`<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6</MessageId></PublishResult></PublishResponse>`: "94f20ce6",
		"<?xml version=\"1.0\"?>\r\n<PublishResponse\n>\n\t<PublishResult >\n<MessageId\t> 94f20ce6\n</MessageId></PublishResult></PublishResponse>\n":       "94f20ce6",
		"<PublishResponse><PublishResult><MessageId>a&amp;b &#x3C;&#62;</MessageId></PublishResult></PublishResponse>":                                       "a&b <>",

		"<PublishResponse><PublishResult><MessageId></MessageId></PublishResult></PublishResponse>":                 "",
		"<PublishResponse><PublishResult><MessageId>  </MessageId></PublishResult></PublishResponse>":               "",
		"<PublishResponse><PublishResult><MessageId/></PublishResult></PublishResponse>":                            "",
		"<PublishResponse><PublishResult><MessageId><x>1</x></MessageId></PublishResult></PublishResponse>":         "",
		"<PublishResponse><PublishResult><MessageIds>1</MessageIds></PublishResult></PublishResponse>":              "",
		"<PublishResponse><PublishResult><MessageIds>1</MessageId></PublishResult></PublishResponse>":               "",
		"<PublishResponse><PublishResult/><ResponseMetadata><MessageId>1</MessageId></ResponseMetadata>":            "",
		"<PublishResponse><PublishResult></PublishResult><Other><MessageId>1</MessageId></Other></PublishResponse>": "",
		"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>":                                  "",
		"<PublishResponse><PublishResult><MessageId>1":                                                              "",
		"<PublishResult><MessageId>1</MessageId></PublishResult>":                                                   "",
		"</PublishResponse></PublishResult></MessageId><PublishResponse><PublishResult><MessageId>":                 "",
		"PublishResponse PublishResult MessageId 1":                                                                 "",
		"": "",
	} {
		if got := element(text, "PublishResponse", "PublishResult", "MessageId"); got != want {
			t.Errorf("%s\nhas the ID %q, want %q", text, got, want)
		}
	}
}

// FuzzElement: of what encoding/xml writes, the same is read as it reads.
func FuzzElement(f *testing.F) {
	f.Add("Sender", "AuthorizationError", "User: a is not authorized to perform: SNS:Publish & \"more\" <b>\n", "f187a3c1")
	f.Add("", "", "&amp;lt;]]>\x80", "\u2028é")
	f.Fuzz(func(t *testing.T, kind, code, message, id string) {
		type failure struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Type      string   `xml:"Error>Type"`
			Code      string   `xml:"Error>Code"`
			Message   string   `xml:"Error>Message"`
			RequestID string   `xml:"RequestId"`
		}
		text, err := xml.MarshalIndent(failure{XMLName: xml.Name{Space: "http://sns.amazonaws.com/doc/2010-03-31/", Local: "ErrorResponse"}, Type: kind, Code: code, Message: message, RequestID: id}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		var read failure
		if err := xml.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			want string
			path []string
		}{{read.Code, []string{"Error", "Code"}}, {read.Message, []string{"Error", "Message"}}, {read.RequestID, []string{"RequestId"}}} {
			got := element(string(text), append([]string{"ErrorResponse"}, c.path...)...)
			if strings.TrimSpace(got) != strings.TrimSpace(c.want) {
				t.Errorf("%v of %s is read as %q, and by the library as %q", c.path, text, got, c.want)
			}
		}
	})
}
