package trail

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json/jsontext"
)

func recordOf(id string) string { return fmt.Sprintf(recordText, id) }

// TestEachRecordStandsAlone: what is wrong with one is reported with the place
// where it begins, and the others are read.
func TestEachRecordStandsAlone(t *testing.T) {
	a, b := recordOf("a"), recordOf("b")
	pretty := func(id string) string {
		return "  {\n    \"eventSource\": \"ecs.amazonaws.com\",\n    \"eventName\": \"CreateCluster\",\n    \"eventID\": \"" + id + "\"\n  }"
	}
	for name, c := range map[string]struct {
		text   string
		ids    string
		faults []string // what each begins with
	}{
		"a word for a value":             {a + "\n\n{\"eventSource\": oops}\n" + b, "a b", []string{"line 3, column 1: a record that cannot be read: line 3, column 17: not JSON"}},
		"a line break in a text":         {a + "\n\n{\"eventSource\":\"oo\nps\"}\n" + b, "a b", []string{"line 3, column 1: a record that cannot be read: line 3, column 19: not JSON"}},
		"a member of the wrong kind":     {"{\"Records\":[" + a + ",\n" + a + ",\n{\"eventName\":1},\n" + b + "]}", "a a b", []string{"line 3, column 1: a record that cannot be read: line 3, column 14: eventName is a JSON number"}},
		"something else":                 {a + ` {"a":1} ` + b, "a b", []string{fmt.Sprintf("line 1, column %d: neither an EventBridge event", len(a)+2)}},
		"a name twice":                   {`{"eventName":"a","eventName":"b"}` + a, "a", []string{"line 1, column 1: a record that cannot be read: line 1, column 18: not JSON"}},
		"a comma too many":               {`{"Records":[{"eventName":"x",},` + a + `]}`, "a", []string{"line 1, column 13: a record that cannot be read: line 1, column 29: not JSON"}},
		"a line that was cut off":        {a + "\n" + a[:20] + "\n" + b, "a b", []string{"line 2, column 1: a record that cannot be read: line 2, column 21: not JSON"}},
		"cut off between members":        {a + "\n{\"userIdentity\":{\"type\":\"Root\",\n" + a + "\n" + b, "a a b", []string{"line 2, column 1: a record that cannot be read: line 3, column 1: not JSON"}},
		"cut off in an array":            {"{\"resources\":[1,\n" + a + "\n" + b, "a b", []string{"line 1, column 1: a record that cannot be read: line 3, column 1: not JSON"}},
		"cut off in a log file":          {"{\"Records\":[\n" + pretty("a") + ",\n  {\n    \"eventSource\": \"e\n  },\n" + pretty("b") + "\n]}", "a b", []string{"line 7, column 3: a record that cannot be read: line 8, column 22: not JSON"}},
		"the end of the file":            {`{"Records":[` + a + `,` + b[:30], "a", []string{fmt.Sprintf("line 1, column %d: a record that cannot be read: line 1, column %d: the text ends inside a JSON value", 14+len(a), 14+len(a)+30)}},
		"the end of the list":            {`{"Records":[` + a, "a", []string{"line 1, column 12: the text ends inside an array"}},
		"words before the records":       {"$ aws cloudtrail lookup-events\n{\"Records\":[" + a + "]}", "a", []string{"line 1, column 1: not JSON"}},
		"words behind the records":       {a + "\nDone.", "a", []string{"line 2, column 1: not JSON"}},
		"a bracket without a partner":    {a + "]\n" + b, "a b", []string{fmt.Sprintf("line 1, column %d: not JSON", len(a)+1)}},
		"an object that goes on wrongly": {`{"Records":[` + a + `], {` + "\n" + b, "a b", []string{"line 1, column 1: not JSON behind the list of records"}},
		"commas between records":         {a + ",\n" + b + ",", "a b", nil},
		"lists in lists":                 {`[{"Records":[` + a + `]},{"Records":[` + b + `]}]`, "a b", nil},
		"members behind the list":        {`{"x":{"Records":1},"Records":[` + a + `],"y":["]"],"Records2":[1],"events":[` + b + `]}`, "a b", nil},
		"nothing":                        {" \n", "", []string{"line 2, column 1: the text is empty"}},
		"no gzip file":                   {"\x1f\x8bno", "", []string{"line 1, column 1: not a gzip file"}},
		"a gzip file that is cut off":    {zipped(a+"\n") + zipped(b)[:20], "a", []string{"line 2, column 10: gzip: unexpected EOF"}},
		"two gzip files in one":          {zipped(a) + zipped(b), "a b", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ids, faults := collect(c.text)
			if got := strings.Join(ids, " "); got != c.ids {
				t.Errorf("read %q, want %q", got, c.ids)
			}
			if !slices.EqualFunc(faults, c.faults, strings.HasPrefix) {
				t.Errorf("faults %q, want %q", faults, c.faults)
			}
		})
	}
}

// TestARecordThatIsCutOffEndsEarly: not with the records behind it, which would
// have to be read twice.
func TestARecordThatIsCutOffEndsEarly(t *testing.T) {
	for _, text := range []string{
		"{\"a\":\"b\n", "{\"a\":{\"b\":1,\n{", "{\"a\":1\n{", "{\"a\"\n{", "{\"a\":[1\n{", "{\"a\":[1}",
	} {
		var e extent
		for i := range len(text) {
			if last := i == len(text)-1; (e.add(text[i]) == broken) != last {
				t.Errorf("%q is refused at %d or not at its last byte", text, i)
				break
			}
		}
	}
}

// TestALongRecordEndsNothing: it is reported, wherever it is, and the others are
// read.
func TestALongRecordEndsNothing(t *testing.T) {
	long := `{"eventSource":"x","eventName":"` + strings.Repeat("a", maxRecord) + `"}`
	members := `{"eventSource":"x",` + strings.Repeat(`"m":[{"n":1}],`, maxRecord/10) + `"eventName":"y"}`
	a, b := recordOf("a"), recordOf("b")
	for name, text := range map[string]string{
		"in lines":                a + "\n" + long + "\n" + b,
		"in a log file":           `{"Records":[` + a + `,` + long + `,` + b + `]}`,
		"of many members":         `{"Records":[` + a + `,` + members + `,` + b + `]}`,
		"in a message":            `{"Messages":[{"Body":` + quote(a) + `},{"Body":` + quote(long) + `},{"Body":` + quote(b) + `}]}`,
		"in gzip":                 zipped(a + "\n" + long + "\n" + b),
		"in CSV":                  "eventjson\n" + csvQuote(a) + "\n" + csvQuote(long) + "\n" + csvQuote(b) + "\n",
		"and its line is cut off": a + "\n" + long[:maxRecord+20] + "\n" + b,
	} {
		ids, faults := collect(text)
		if !slices.Equal(ids, []string{"a", "b"}) || len(faults) != 1 || !strings.Contains(faults[0], "longer than 16 MiB") {
			t.Errorf("%s: read %v, faults %.200q; want events a and b, and one that is too long", name, ids, faults)
		}
	}
	wrapped := long[:maxWrapped] + `"}`
	if ids, faults := collect(`{"Messages":[{"Body":` + quote(wrapped) + `},{"Body":` + quote(a) + `}]}`); !slices.Equal(ids, []string{"a"}) || len(faults) != 1 || !strings.Contains(faults[0], "longer than 8 MiB") {
		t.Errorf("a long one in a wrapper: read %v, faults %.200q", ids, faults)
	}
	for event, err := range Read(strings.NewReader(`{"eventSource":"x","eventName":"y","requestParameters":"` + strings.Repeat("a", maxRecord-100) + `"}`)) {
		if err != nil || event.Cause.EventName != "y" {
			t.Errorf("a record of almost 16 MiB: read %v, error %v", event, err)
		}
	}
}

// TestTimesDecideNothing: a record with a time that cannot be read counts.
func TestTimesDecideNothing(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-01-05T10:10:00Z"`:      "2026-01-05 10:10:00",
		`"2026-01-05T12:10:00+02:00"`: "2026-01-05 10:10:00",
		`"2026-01-05 10:10:00.000"`:   "2026-01-05 10:10:00",
		`"yesterday"`:                 "0001-01-01 00:00:00",
		`1767607800`:                  "0001-01-01 00:00:00",
		`null`:                        "0001-01-01 00:00:00",
	} {
		event, err := Decode(fmt.Appendf(nil, `{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","eventTime":%s,"requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}`, text))
		if err != nil || len(event.States) != 1 || event.Cause.Time.Format("2006-01-02 15:04:05") != want {
			t.Errorf("%s: %v, error %v; want a setting that was changed at %s", text, event, err, want)
		}
	}
}

// heap is how many bytes are in use at most while a text is read.
func heap(t *testing.T, from io.Reader) uint64 {
	t.Helper()
	done, highest := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-done:
				highest <- most
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	for range Read(from) {
	}
	close(done)
	return <-highest
}

// TestNewlinesTakeNoMemory: 15 KB of gzip that are 16 MB of line breaks inside
// one record.
func TestNewlinesTakeNoMemory(t *testing.T) {
	packed, err := os.ReadFile("testdata/cases/newlines-in-one-record.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if used := heap(t, bytes.NewReader(packed)); used > 64<<20 {
		t.Errorf("%d KB of gzip take %d MiB", len(packed)>>10, used>>20)
	}
}

// TestGzipIsRationed: a file cannot grow without end, in one stream or in many
// that are wrapped in it.
func TestGzipIsRationed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: packs and unpacks 1.2 GiB")
	}
	bomb := zipped(strings.Repeat(" ", 150<<20) + recordOf("a"))
	ids, faults := collect(bomb)
	if len(ids) > 0 || len(faults) != 1 || !strings.Contains(faults[0], "more than 200 times") {
		t.Errorf("%d KB that grow to 150 MiB: read %v, faults %q", len(bomb)>>10, ids, faults)
	}
	inner := zipped(strings.Repeat(" ", 10<<20) + recordOf("a"))
	subscription := wraps()["Kinesis record, `Records[].Data`"](inner)
	subscription = subscription[:len(subscription)-len(`,"MillisBehindLatest":0}`)]
	element := subscription[len(`{"Records":[`) : len(subscription)-1]
	many := zipped(`{"Records":[` + strings.Repeat(element+",", 99) + element + `]}`)
	ids, faults = collect(many)
	if len(ids) > 50 || len(faults) == 0 || !strings.Contains(faults[0], "more than 200 times") {
		t.Errorf("%d KB that hold 100 times 10 MiB: read %d, faults %.300q", len(many)>>10, len(ids), faults)
	}
	if ids, faults := collect(zipped(strings.Repeat(recordOf("a")+"\n", 100_000))); len(ids) != 100_000 || len(faults) > 0 {
		t.Errorf("100,000 equal records in %d KB: read %d, faults %.300q", len(zipped(strings.Repeat(recordOf("a")+"\n", 100_000)))>>10, len(ids), faults)
	}
}

// TestCutOffRecordsInCutOffRecords: each line seems to hold all that follow.
// Among a thousand of them a record is found; a million of them end, which takes
// hours when each is read to its seeming end.
func TestCutOffRecordsInCutOffRecords(t *testing.T) {
	const line = "{\"a\":[\n"
	if ids, faults := collect(strings.Repeat(line, 1000) + recordOf("a")); len(ids) != 1 || len(faults) != 1000 {
		t.Errorf("read %v with %d faults, want event a and 1000", ids, len(faults))
	}
	lines := 1_000_000
	if testing.Short() {
		lines = 100_000
	}
	if _, faults := collect(strings.Repeat(line, lines)); len(faults) == 0 {
		t.Errorf("nothing is wrong with %d lines that are cut off", lines)
	}
}

// TestFaultsAreOneLine: they are shown to people.
func TestFaultsAreOneLine(t *testing.T) {
	for _, text := range []string{"oops\noops\n{", `{"Type":"x","Message":"{\n\"a\": oops}"}`, strings.Repeat("[", 20_000), `{"eventName":{"` + strings.Repeat("x\\n", 10_000) + `":1}}`} {
		_, faults := collect(text)
		for _, fault := range faults {
			if len(fault) > 400 || strings.Contains(fault, "\n") {
				t.Errorf("not one clear line: %.500q", fault)
			}
		}
		if len(faults) == 0 {
			t.Errorf("nothing is wrong with %.20q", text)
		}
	}
}

// FuzzSplit: of every JSON text the splitter gives the values that the decoder
// gives, each where it is, and whatever comes, it ends.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(`{"a":[1,2]} [{"b":"]"},5,null,"x"] "t"`))
	f.Add([]byte("{\"a\":\n{\"b\":\"\\\"\"}}\n{\"c\":1"))
	f.Add([]byte(`{"Records":[{"a":1},{"b":2}],"x":3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		faults := 0
		s := splitter{
			window: newWindow(iotestOneByte{bytes.NewReader(data)}),
			lists:  func(member []byte) bool { return string(member) == "Records" },
			fault:  func(syntax.Position, string) { faults++ },
			done:   func() bool { return false },
		}
		s.record = func(text []byte, at syntax.Position) {
			got = append(got, string(text))
			if offset := offsetOf(data, at); !bytes.HasPrefix(data[offset:], text) {
				t.Errorf("%q is not at %v", text, at)
			}
		}
		s.split()
		want, ok := values(data)
		if ok && (faults > 0 || !slices.Equal(got, want)) {
			t.Errorf("split into %q with %d faults, want %q", got, faults, want)
		}
	})
}

func offsetOf(text []byte, at syntax.Position) int {
	offset := 0
	for line := 1; line < at.Line; line++ {
		offset += bytes.IndexByte(text[offset:], '\n') + 1
	}
	return offset + at.Column - 1
}

// values are the JSON values of a text as the decoder reads them; not ok when it
// is not a sequence of objects, texts and arrays, or has a list of records.
func values(data []byte) (all []string, ok bool) {
	if bytes.Contains(data, []byte("Records")) {
		return nil, false
	}
	in := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	for {
		inArray := in.PeekKind() == '['
		switch in.PeekKind() {
		case '{', '"', '[':
		default:
			return all, in.PeekKind() == 0 && len(bytes.Trim(data[in.InputOffset():], " \t\r\n")) == 0
		}
		if !inArray {
			value, err := in.ReadValue()
			if err != nil {
				return nil, false
			}
			all = append(all, string(value))
			continue
		}
		_, _ = in.ReadToken()
		for in.PeekKind() != ']' {
			value, err := in.ReadValue()
			if err != nil {
				return nil, false
			}
			all = append(all, string(value))
		}
		_, _ = in.ReadToken()
	}
}

// iotestOneByte reads a byte at a time, so that every end of what is in memory is
// met.
type iotestOneByte struct{ from io.Reader }

func (r iotestOneByte) Read(p []byte) (int, error) { return r.from.Read(p[:1]) }

// FuzzRead: whatever comes, reading ends without a panic, and every fault is one
// line.
func FuzzRead(f *testing.F) {
	for _, event := range events(f) {
		f.Add(event)
		f.Add([]byte(`{"Records":[` + string(event) + `]}`))
	}
	for _, wrap := range wraps() {
		f.Add([]byte(wrap(wrappedRecord)))
	}
	cases, err := filepath.Glob("testdata/cases/*.json*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range cases {
		if strings.HasSuffix(name, ".gz") {
			continue // it grows to 16 MB
		}
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for event, err := range Read(bytes.NewReader(data)) {
			n++
			switch {
			case err != nil && strings.Contains(err.Error(), "\n"):
				t.Errorf("a fault of several lines: %q", err)
			case err == nil && len(event.States) == 0 && event.NotGuarded == "":
				t.Error("an event without states does not say why")
			}
		}
		if n == 0 && !bytes.ContainsAny(data, "[\x1f") && !bytes.Contains(data, []byte(",")) {
			t.Error("nothing was read, and nothing was wrong")
		}
	})
}

// TestAWordOfTheFirstRecordTellsNothing: a file of JSON is not taken for the
// event history's CSV because its first record speaks of one.
func TestAWordOfTheFirstRecordTellsNothing(t *testing.T) {
	record := `{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","userAgent":"exports \"event name\" and event name, time","requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}`
	for _, text := range []string{record, `{"Records":[` + record + `]}`, "\n[" + record + "]"} {
		events := 0
		for _, err := range Read(strings.NewReader(text)) {
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			events++
		}
		if events != 1 {
			t.Errorf("%d events in %s", events, text)
		}
	}
	for _, err := range Read(strings.NewReader("Event name,Event time,User name\nPutAccountSettingDefault,x,y\n")) {
		if err == nil || !strings.Contains(err.Error(), "event history") {
			t.Errorf("the event history's CSV is said to be %v", err)
		}
	}
}
