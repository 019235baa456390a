package localaws

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
)

// queryWire is AWS Query: a form in, XML out.
type queryWire struct{}

func (queryWire) read(c *call, r *http.Request, body []byte) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return clientError("MalformedQueryString", "The query string is malformed: %v", err)
	}
	c.name = form.Get("Action")
	if r.Method != http.MethodPost || c.name == "" {
		return clientError("MissingAction", "Could not find operation to perform.")
	}
	c.form = form
	flat := map[string]string{}
	for name := range form {
		if name != "Action" && name != "Version" {
			flat[name] = form.Get(name)
		}
	}
	c.parameters, err = json.Marshal(flat)
	return err
}

// queryAnswer is the answer of a Query operation: its namespace and the result
// element's content.
type queryAnswer struct {
	namespace string
	result    any
}

func (queryWire) answer(w http.ResponseWriter, c *call, answer any) error {
	q, ok := answer.(queryAnswer)
	if !ok {
		return fmt.Errorf("%s has no answer in XML", c.action())
	}
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	body, err := xml.Marshal(struct {
		XMLName  xml.Name
		XMLNS    string `xml:"xmlns,attr"`
		Result   element
		Metadata metadata `xml:"ResponseMetadata"`
	}{
		XMLName:  xml.Name{Local: c.name + "Response"},
		XMLNS:    q.namespace,
		Result:   element{c.name + "Result", q.result},
		Metadata: metadata{c.requestID},
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, "text/xml", body)
	return nil
}

func (queryWire) fail(w http.ResponseWriter, c *call, e *apiError) {
	code, status := e.ofQuery()
	type cause struct{ Type, Code, Message string }
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Error     cause
		RequestID string `xml:"RequestId"`
	}{Error: cause{faultOf(status), code, e.message}, RequestID: c.requestID})
	if err == nil {
		send(w, status, "text/xml", body)
	}
}

// element is an XML element whose name is known only when it is written.
type element struct {
	name    string
	content any
}

func (e element) MarshalXML(enc *xml.Encoder, _ xml.StartElement) error {
	return enc.EncodeElement(e.content, xml.StartElement{Name: xml.Name{Local: e.name}})
}
