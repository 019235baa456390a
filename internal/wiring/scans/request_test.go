package scans

import (
	"encoding/json"
	"fipsguard/internal/verifier"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// queued is a batch as Lambda hands it over.
func queued(t *testing.T, bodies ...string) string {
	t.Helper()
	type record struct {
		ID     string `json:"messageId"`
		Body   string `json:"body"`
		Source string `json:"eventSource"`
	}
	var batch struct{ Records []record }
	for _, body := range bodies {
		batch.Records = append(batch.Records, record{"m", body, "aws:sqs"})
	}
	event, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	return string(event)
}

func quiet() *Requests { return &Requests{Log: slog.New(slog.DiscardHandler)} }

// TestTheRestOfABurst comes out of the queue after its first message, and is no
// second scan.
func TestTheRestOfABurst(t *testing.T) {
	r := quiet()
	r.Answered(verifier.Request{Why: "scan after PutAccountSettingDefault"}, now)
	for body, want := range map[string]bool{
		`{"id":"1","time":"2026-11-26T08:59:10Z"}`: false,
		`{"id":"2","time":"2026-11-26T09:00:00Z"}`: true, // of the second in which the scan began
		`{"id":"3","time":"2026-11-26T09:00:30Z"}`: true,
		`{"id":"4"}`: true, // who knows when
		`{"look":"hourly","id":"5","time":"2026-11-26T08:59:10Z"}`: false,
		`{"look":"daily","id":"6","time":"2026-11-26T08:59:10Z"}`:  true, // an hourly scan is less
	} {
		if _, asked, err := r.Read([]byte(queued(t, body)), 7, now.Add(time.Minute)); asked != want || err != nil {
			t.Errorf("%s: asked %t, error %v", body, asked, err)
		}
	}
	r.Answered(verifier.Request{Daily: true}, now)
	if _, asked, _ := r.Read([]byte(queued(t, `{"look":"daily","id":"7","time":"2026-11-26T08:59:10Z"}`)), 7, now); asked {
		t.Error("a daily scan does not answer a daily request")
	}
}

func TestRequests(t *testing.T) {
	hourly, daily := verifier.Request{Why: "hourly scan", Sample: 7}, verifier.Request{Why: "daily scan", Daily: true}
	tried, triedDaily := hourly, daily // by the schedule, with a canary
	tried.Canary, triedDaily.Canary = true, true
	repair := verifier.Request{Why: "scan after PutAccountSettingDefault", Sample: 7}
	const written = `{"id":"e","time":"2026-11-26T08:59:00Z","detail":{"eventName":"PutAccountSettingDefault"}}`
	for event, want := range map[string]verifier.Request{
		`{"look":"daily"}`:  daily,
		`{"look":"hourly"}`: hourly, // a person's sends no canary
		written:             repair,
		`{}`:                {Why: "scan after an event", Sample: 7},
		queued(t, written):  repair,
		queued(t, strings.ReplaceAll(written, `"e"`, `"f"`), written, written):                              repair, // a burst is one scan
		queued(t, `{"look":"hourly"}`, `{"look":"daily","time":"2026-11-26T08:58:00Z"}`, written):           triedDaily,
		queued(t, `{"look":"daily","time":"2026-11-26T05:37:00Z"}`, `{"look":"hourly"}`):                    tried, // the daily one is too old
		queued(t, `{"look":"weekly"}`, `hello`, `{"look":"hourly","id":"i","time":"2026-11-26T08:58:00Z"}`): tried, // what cannot be read does not hide the rest
	} {
		got, asked, err := quiet().Read([]byte(event), 7, now)
		if diff := cmp.Diff(want, got); diff != "" || !asked || err != nil {
			t.Errorf("%s: asked %t, error %v (-want +got):\n%s", event, asked, err, diff)
		}
	}
}

func TestRequestsForNoScan(t *testing.T) {
	for event, complaint := range map[string]string{
		queued(t, `{"look":"hourly","time":"2026-11-26T05:00:00Z"}`): "", // too old
		queued(t, `{"look":"weekly"}`):                               "weekly",
		`{"look":"weekly"}`:                                          "weekly",
		`hello`:                                                      "not JSON",
	} {
		_, asked, err := quiet().Read([]byte(event), 7, now)
		if asked || (err == nil) != (complaint == "") || err != nil && !strings.Contains(err.Error(), complaint) {
			t.Errorf("%s: asked %t, error %v, want %q", event, asked, err, complaint)
		}
	}
}
