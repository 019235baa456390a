package logfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

func packedText(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opener(file []byte) Opener {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
}

func read(t testing.TB, file []byte, o Options) Contents {
	t.Helper()
	c, err := NewReader().Read(opener(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sameJSON makes records comparable in which JSON is kept as it was written.
func sameJSON(t testing.TB, records []Record) []Record {
	t.Helper()
	for i, r := range records {
		if r.Request.Selectors == "" {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(r.Request.Selectors), &v); err != nil {
			t.Fatalf("selectors %q: %v", r.Request.Selectors, err)
		}
		text, _ := json.Marshal(v)
		records[i].Request.Selectors = string(text)
	}
	return records
}

// TestRecordsAreThoseThatEncodingJSONFinds holds scanner and search against
// encoding/json, over random and hostile files.
func TestRecordsAreThoseThatEncodingJSONFinds(t *testing.T) {
	files, sure := 1000, 0
	if testing.Short() {
		files = 200
	}
	s := newSearch(newScanner())
	for seed := range uint64(files) {
		w := newWriter(seed)
		file := w.logFile(w.IntN(12))
		want, count := expected(file)
		want = sameJSON(t, want)
		c := read(t, file, Options{})
		if c.Text.Fault != "" || c.Packing.Fault != "" || c.Count != count {
			t.Fatalf("seed %d: %d records, %v, %v; want %d and no fault\n%s", seed, c.Count, c.Packing, c.Text, count, file)
		}
		if diff := cmp.Diff(want, sameJSON(t, c.Records)); diff != "" {
			t.Fatalf("seed %d: the scanner's records differ (- encoding/json): %s\n%s", seed, diff, file)
		}
		for _, chunk := range []int{1 << 20, 1 + w.IntN(100)} {
			if !s.file(slowly{file, chunk}) {
				continue
			}
			sure++
			if diff := cmp.Diff(want, sameJSON(t, s.records)); diff != "" {
				t.Fatalf("seed %d: the search's records differ (- encoding/json): %s\n%s", seed, diff, file)
			}
		}
	}
	if sure < files/4 {
		t.Errorf("the search was sure of %d of %d files: it is not tested", sure, 2*files)
	}
}

// slowly is written a few bytes at a time.
type slowly struct {
	text  []byte
	chunk int
}

func (s slowly) WriteTo(to io.Writer) (int64, error) {
	for part := range slices.Chunk(s.text, s.chunk) {
		if _, err := to.Write(part); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// TestWrongTextIsNoticedWhereEncodingJSONNoticesIt damages files: a byte is
// changed, lost, doubled, or the end is missing.
func TestWrongTextIsNoticedWhereEncodingJSONNoticesIt(t *testing.T) {
	tries := 5000
	if testing.Short() {
		tries = 1000
	}
	reader := NewReader()
	for seed := range uint64(tries) {
		w := newWriter(seed)
		file := bytes.TrimPrefix(w.logFile(1+w.IntN(2)), byteOrderMark)
		at := w.IntN(len(file))
		switch w.IntN(4) {
		case 0:
			file[at] = pick(w, []byte(`{}[]":,\x 0et-`+"\x00\n")...)
		case 1:
			file = append(file[:at:at], file[at+1:]...)
		case 2:
			file = append(file[:at:at], append([]byte{file[at]}, file[at:]...)...)
		case 3:
			file = file[:at]
		}
		c, err := reader.Read(opener(file), Options{Thorough: true})
		if err != nil {
			t.Fatal(err)
		}
		damaged := c.Packing.Fault == Empty || c.Text.Fault == Truncated || c.Text.Fault == Corrupt
		if valid := json.Valid(file); valid == damaged {
			t.Fatalf("seed %d: %v %v, but encoding/json says valid: %t\n%s", seed, c.Packing, c.Text, valid, file)
		}
		if early := endsEarly(file); len(file) > 0 && early != (c.Text.Fault == Truncated) {
			t.Fatalf("seed %d: %v, but encoding/json says that it ends early: %t\n%s", seed, c.Text, early, file)
		}
	}
}

func endsEarly(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	var v any
	err := d.Decode(&v)
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func TestFaults(t *testing.T) {
	const whole = `{"Records":[{"eventID":"1","eventSource":"ecs.amazonaws.com","eventName":"RunTask"},{"eventID":"2","eventSource":"ecs.amazonaws.com","eventName":"RunTask"}]}`
	gz := packedText(t, []byte(whole))
	flipped := bytes.Clone(gz)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	tests := []struct {
		name    string
		file    []byte
		gzip    bool
		packing Fault
		text    Fault
		records int
	}{
		{"sound", gz, true, "", "", 2},
		{"sound and plain", []byte(whole), false, "", "", 2},
		{"plain, named as gzip", []byte(whole), true, "", "", 2},
		{"byte order mark, white space", []byte("\ufeff \n" + whole + "\n"), false, "", "", 2},
		{"two members", append(packedText(t, []byte(whole[:50])), packedText(t, []byte(whole[50:]))...), true, "", "", 2},
		{"empty", nil, true, Empty, "", 0},
		{"not gzip", []byte("<Error>AccessDenied</Error>"), true, NotGzip, "", 0},
		{"not JSON, and not named as gzip", []byte("<Error>AccessDenied</Error>"), false, "", Corrupt, 0},
		{"no trailer", gz[:len(gz)-8], true, Truncated, "", 2},
		{"half a header", gz[:5], true, Truncated, "", 0},
		{"another checksum", flipped, true, Corrupt, "", 2},
		{"something behind the gzip stream", append(bytes.Clone(gz), "behind the stream"...), true, Corrupt, "", 2},
		{"JSON ends early", packedText(t, []byte(whole[:len(whole)-5])), true, "", Truncated, 1},
		{"JSON is wrong midway", packedText(t, []byte(strings.Replace(whole, "},{", "};{", 1))), true, "", Corrupt, 1},
		{"something behind the JSON", packedText(t, []byte(whole+"x")), true, "", Corrupt, 2},
		{"nothing packed", packedText(t, nil), true, "", Truncated, 0},
		{"no records", packedText(t, []byte(`{"configurationItems":[]}`)), true, "", NoRecords, 0},
		{"records that are no list", []byte(`{"Records":{}}`), false, "", NoRecords, 0},
		{"only a list", []byte(`[]`), false, "", NoRecords, 0},
		{"half a character", []byte(strings.Replace(whole, `"1"`, "\"1\xff\"", 1)), false, "", "", 2},
		{"no record", []byte(`{"Records":[]}`), false, "", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := read(t, test.file, Options{Gzip: test.gzip, Thorough: true})
			if c.Packing.Fault != test.packing || c.Text.Fault != test.text || len(c.Records) != test.records {
				t.Errorf("packing %v, text %v, %d records; want %q, %q and %d", c.Packing, c.Text, len(c.Records), test.packing, test.text, test.records)
			}
			if fast := read(t, test.file, Options{Gzip: test.gzip}); fast.Packing.Fault != test.packing || len(fast.Records) != test.records && test.text == "" {
				t.Errorf("with the search: packing %v, %d records; want %q and %d", fast.Packing, len(fast.Records), test.packing, test.records)
			}
		})
	}
}

// TestRecordsOfAnySize: what matters in a record may be far from its beginning,
// before and behind megabytes of what does not.
func TestRecordsOfAnySize(t *testing.T) {
	filler := strings.Repeat(`{"key":"[value]","other":[1,2,{"x":null}]},`, 20_000)
	big := `{"requestParameters":{"filler":[` + filler + `0],"name":"fargateFIPSMode"},"eventSource":"ecs.amazonaws.com","eventID":"big","eventName":"PutAccountSetting","additional":[` + filler + `0]}`
	const small = `{"eventID":"small","eventSource":"ecs.amazonaws.com","eventName":"RunTask"}`
	file := packedText(t, []byte(`{"Records":[`+small+`,`+big+`,`+small+`]}`))
	for _, thorough := range []bool{true, false} {
		c := read(t, file, Options{Gzip: true, Thorough: thorough})
		if len(c.Records) != 3 || c.Records[1].EventID != "big" || c.Records[1].Request.Name != "fargateFIPSMode" {
			t.Errorf("thorough %t: %d records", thorough, len(c.Records))
		}
	}
}

// TestManyTasksAreCounted: a list of tasks of any length takes bounded memory.
func TestManyTasksAreCounted(t *testing.T) {
	var tasks []string
	for i := range 5000 {
		tasks = append(tasks, fmt.Sprintf(`{"taskDefinitionArn":"web:%d","launchType":%q}`, i, []string{"FARGATE", "EC2"}[i%2]))
	}
	file := []byte(`{"Records":[{"eventSource":"ecs.amazonaws.com","eventName":"RunTask","responseElements":{"tasks":[` + strings.Join(tasks, ",") + `]}}]}`)
	r := read(t, file, Options{}).Records[0]
	count := map[bool]int{}
	for _, t := range r.Tasks {
		count[t.Elsewhere] += t.Count
	}
	if count[false] != 2500 || count[true] != 2500 || len(r.Tasks) > maxListed+2 {
		t.Errorf("%v in %d kinds", count, len(r.Tasks))
	}
}

func FuzzSearch(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(newWriter(seed).logFile(3))
	}
	searching, scanning := newSearch(newScanner()), newScanner()
	f.Fuzz(func(t *testing.T, file []byte) {
		sure := searching.file(slowly{file, 100})
		if err := scanning.file(bytes.NewReader(file)); err != nil || !scanning.hasRecords || !sure {
			return
		}
		if diff := cmp.Diff(scanning.records, searching.records); diff != "" && !repeats(file) {
			t.Errorf("the search's records differ (- scanner): %s", diff)
		}
	})
}

// repeats reports whether a member of a record is repeated, which CloudTrail's
// are not: the search takes the first name of a call that CloudTrail's order
// puts behind the source.
func repeats(file []byte) bool {
	return bytes.Count(file, []byte("eventName")) > bytes.Count(file, []byte("eventSource"))
}
