package readback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/smithy-go/encoding/cbor"
)

// asJSON sends CloudWatch's calls, which the SDK writes in CBOR, in the service's
// other protocol, which moto speaks.
type asJSON struct{}

func (asJSON) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	in, err := cbor.Decode(body)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain(in))
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.URL.Path, "/operation/")
	again, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL.Scheme+"://"+r.URL.Host+"/", bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	again.Header = r.Header.Clone()
	again.Header.Set("Content-Type", "application/x-amz-json-1.0")
	again.Header.Set("X-Amz-Target", "GraniteServiceVersion20100801."+operation)
	response, err := http.DefaultClient.Do(again)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var out any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil && err != io.EOF {
		return nil, err
	}
	if out == nil {
		out = map[string]any{}
	}
	response.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
	response.Header.Set("Content-Type", "application/cbor")
	response.Body = io.NopCloser(bytes.NewReader(cbor.Encode(packed(out))))
	return response, nil
}

func plain(value cbor.Value) any {
	switch value := value.(type) {
	case cbor.Map:
		all := map[string]any{}
		for name, item := range value {
			all[name] = plain(item)
		}
		return all
	case cbor.List:
		list := []any{}
		for _, item := range value {
			list = append(list, plain(item))
		}
		return list
	case cbor.String:
		return string(value)
	case cbor.Uint:
		return uint64(value)
	case cbor.Float32:
		return float32(value)
	case cbor.Float64:
		return float64(value)
	case cbor.Bool:
		return bool(value)
	}
	return nil
}

func packed(value any) cbor.Value {
	switch value := value.(type) {
	case map[string]any:
		all := cbor.Map{}
		for name, item := range value {
			if strings.HasSuffix(name, "Timestamp") {
				continue // CBOR has a form of its own for it, and nothing here reads it
			}
			all[name] = packed(item)
		}
		return all
	case []any:
		list := cbor.List{}
		for _, item := range value {
			list = append(list, packed(item))
		}
		return list
	case string:
		return cbor.String(value)
	case float64:
		if value == float64(uint64(value)) {
			return cbor.Uint(value)
		}
		return cbor.Float64(value)
	case bool:
		return cbor.Bool(value)
	}
	return &cbor.Nil{}
}

// protection answers for moto what it has not: the policies that hide what
// messages or logs say, by the name of what they are about.
type protection struct{ policies map[string]string }

func (p *protection) Do(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer := ""
	if r.Header.Get("X-Amz-Target") == "Logs_20140328.GetDataProtectionPolicy" {
		var in struct{ LogGroupIdentifier string }
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		answer = fmt.Sprintf(`{"policyDocument":%q}`, p.policies[in.LogGroupIdentifier])
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") == "GetDataProtectionPolicy" {
		answer = fmt.Sprintf("<GetDataProtectionPolicyResponse><GetDataProtectionPolicyResult><DataProtectionPolicy>%s</DataProtectionPolicy></GetDataProtectionPolicyResult></GetDataProtectionPolicyResponse>",
			p.policies[form.Get("ResourceArn")])
	}
	if answer == "" {
		return http.DefaultClient.Do(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}
