package trail

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/grammar"
	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// table is a CSV text: a line of column names, then a row a record.
type table struct {
	*window
	columns []string
	fault   func(at syntax.Position, reason string)
	done    func() bool
}

// recordColumns hold a whole record each.
func recordColumns() []string { return []string{"eventjson", "cloudtrailevent", "@message", "message"} }

// columnsOf are the columns of a CSV text, in lower case, if it begins as one
// with records in it does.
func columnsOf(head []byte) ([]string, bool) {
	if looksLikeJSON(head) && !bytes.HasPrefix(head, []byte{'"'}) {
		return nil, false
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	columns, ok := fields(line)
	if !ok {
		return nil, false
	}
	for i := range columns {
		columns[i] = strings.ToLower(strings.TrimSpace(columns[i]))
	}
	ok = slices.ContainsFunc(append(recordColumns(), "eventname"), func(c string) bool { return slices.Contains(columns, c) })
	return columns, ok
}

func fields(line []byte) ([]string, bool) {
	in := csv.NewReader(bytes.NewReader(line))
	in.FieldsPerRecord, in.LazyQuotes = -1, true
	values, err := in.Read()
	return values, err == nil
}

// read hands on the rows, each by the names of its columns.
func (t *table) read(row func(map[string]string, syntax.Position)) {
	for first := true; !t.done(); first = false {
		begins := t.at
		length, tooLong := t.row()
		if length == 0 && !tooLong {
			break
		}
		line := t.rest()[:length]
		switch values, ok := fields(line); {
		case first, !tooLong && len(bytes.TrimSpace(line)) == 0:
		case tooLong:
			t.fault(begins, fmt.Sprintf("a record is longer than %d MiB", maxRecord>>20))
		case !ok:
			t.fault(begins, "a row that is not CSV")
		case len(values) != len(t.columns):
			t.fault(begins, fmt.Sprintf("a row of %s under %s", grammar.Count(len(values), "column"), grammar.Count(len(t.columns), "name")))
		default:
			named := map[string]string{}
			for i, value := range values {
				named[t.columns[i]] = value
			}
			row(named, begins)
		}
		t.pass(length)
	}
	if t.err != nil && !t.done() {
		t.fault(t.at, t.err.Error())
	}
}

// row is the length of the next row with its line break; a row that is too long
// is passed over but for its end.
func (t *table) row() (length int, tooLong bool) {
	quoted := false
	for i := 0; ; i++ {
		if i == len(t.rest()) && !t.more() {
			return i, tooLong
		}
		switch b := t.rest()[i]; {
		case b == '"':
			quoted = !quoted
		case b == '\n' && !quoted:
			return i + 1, tooLong
		}
		if i >= maxRecord {
			t.pass(i + 1)
			i, tooLong = -1, true
		}
	}
}

// rowOf is a row of a query's result: of CloudTrail Lake, an object a column; of
// CloudWatch Logs Insights, an object with field and value.
func rowOf(cells []jsontext.Value) (map[string]string, bool) {
	row := map[string]string{}
	for _, cell := range cells {
		var columns map[string]text
		if cell[0] != '{' || json.Unmarshal(cell, &columns, decodeOptions) != nil {
			return nil, false
		}
		field, isField := columns["field"]
		switch value, ok := columns["value"]; {
		case isField && ok && len(columns) == 2:
			row[strings.ToLower(string(field))] = string(value)
		case len(columns) == 1:
			for name, value := range columns {
				row[strings.ToLower(name)] = string(value)
			}
		default:
			return nil, false
		}
	}
	return row, len(row) > 0
}

// row reads a record from the columns of a table.
func (r *reader) row(row map[string]string, in place, at syntax.Position) {
	for _, column := range recordColumns() {
		if whole := []byte(row[column]); looksLikeJSON(whole) {
			r.inner(whole, in.inside(at, "column "+column))
			return
		}
	}
	if row["eventname"] == "" {
		r.fault(in, at, "a row without a record: select eventName, eventSource, eventTime, awsRegion, recipientAccountId, userIdentity, requestParameters, responseElements and errorCode")
		return
	}
	var doc document
	if err := json.Unmarshal(recordFrom(row), &doc.detail.record, decodeOptions, json.MatchCaseInsensitiveNames(true)); err != nil {
		r.fault(in, at, "a row that is no record: "+located(err, nil).Error())
		return
	}
	if doc.detail.EventSource == "" {
		doc.detail.EventType = "AwsApiCall" // it has the columns of a call
	}
	event, err := doc.event()
	if err != nil {
		r.fault(in, at, err.Error())
		return
	}
	r.event(event)
}

// recordFrom writes the columns of a record as JSON. Columns that are objects
// are written as JSON, or as Athena and CloudTrail Lake print them; what is
// neither is left out, so that it is unknown.
func recordFrom(row map[string]string) []byte {
	out := []byte{'{'}
	add := func(name string, value jsontext.Value) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(append(out, '"'), name...), '"', ':'), value...)
	}
	for _, name := range []string{"eventid", "eventname", "eventsource", "eventtime", "eventtype", "eventcategory", "awsregion",
		"sourceipaddress", "useragent", "errorcode", "readonly", "recipientaccountid", "sessioncredentialfromconsole"} {
		if value := row[name]; value != "" && value != "null" {
			if quoted, err := jsontext.AppendQuote(nil, value); err == nil {
				add(name, quoted)
			}
		}
	}
	for _, name := range []string{"useridentity", "requestparameters", "responseelements"} {
		if value, ok := printedObject(row[name]); ok {
			add(name, value)
		}
	}
	return append(out, '}')
}
