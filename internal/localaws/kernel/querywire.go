package kernel

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
)

// Query is AWS Query: a form in, XML out.
type Query struct{ Namespace string }

// Read takes the operation from the form.
func (Query) Read(in *Request, r *http.Request, body []byte) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ClientError("MalformedQueryString", "The query string is malformed: %v", err)
	}
	in.Name = form.Get("Action")
	if r.Method != http.MethodPost || in.Name == "" {
		return ClientError("MissingAction", "Could not find operation to perform.")
	}
	in.Form = form
	flat := map[string]string{}
	for name := range form {
		if name != "Action" && name != "Version" {
			flat[name] = form.Get(name)
		}
	}
	in.Parameters, err = json.Marshal(flat)
	return err
}

// Answer sends what an operation returned as the content of the result element.
func (q Query) Answer(w http.ResponseWriter, r *Request, result any) error {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	body, err := xml.Marshal(struct {
		XMLName  xml.Name
		XMLNS    string `xml:"xmlns,attr"`
		Result   element
		Metadata metadata `xml:"ResponseMetadata"`
	}{
		XMLName:  xml.Name{Local: r.Name + "Response"},
		XMLNS:    q.Namespace,
		Result:   element{r.Name + "Result", result},
		Metadata: metadata{r.ID},
	})
	if err != nil {
		return err
	}
	Send(w, http.StatusOK, "text/xml", body)
	return nil
}

// Fail sends a failure.
func (Query) Fail(w http.ResponseWriter, r *Request, e *Error) {
	code, status := e.ofQuery()
	type cause struct{ Type, Code, Message string }
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Error     cause
		RequestID string `xml:"RequestId"`
	}{Error: cause{faultOf(status), code, e.Message}, RequestID: r.ID})
	if err == nil {
		Send(w, status, "text/xml", body)
	}
}

// element is an XML element whose name is known only when it is written.
type element struct {
	name    string
	content any
}

// MarshalXML writes the content under the name.
func (e element) MarshalXML(enc *xml.Encoder, _ xml.StartElement) error {
	return enc.EncodeElement(e.content, xml.StartElement{Name: xml.Name{Local: e.name}})
}
