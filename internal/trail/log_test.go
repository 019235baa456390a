package trail

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"fipsguard/internal/trail/logfile"

	"github.com/google/go-cmp/cmp"
)

// TestALogFilesRecordsAreDecodedAsTheirText: what a log file's reader keeps of a
// record about a setting is all that decoding takes from it.
func TestALogFilesRecordsAreDecodedAsTheirText(t *testing.T) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var envelope struct{ Detail json.RawMessage }
		if json.Unmarshal(text, &envelope) == nil && envelope.Detail != nil {
			text = envelope.Detail
		}
		log := bytes.Join([][]byte{[]byte(`{"Records":[`), text, []byte(`]}`)}, nil)
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log)), nil }
		found, err := logfile.NewReader().Read(open, logfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range found.Records {
			if guardedCalls(record.EventName) == nil || record.EventName == "RunTask" || record.EventName == "StartTask" {
				continue // whose tasks an audit only counts
			}
			want, err := Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, FromLog(record)); diff != "" {
				t.Errorf("%s (- from its text): %s", name, diff)
			}
			compared++
		}
	}
	if compared < 10 {
		t.Errorf("only %d records about settings were compared", compared)
	}
}
