package scans

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"
)

// oldest is the age above which a request for a scan is dropped: whoever asked
// has been answered by the hourly scans since.
const oldest = 3 * time.Hour

// Requests reads requests for scans, and remembers which a scan has answered.
// The zero value, with a log, is ready for use.
type Requests struct {
	Log *slog.Logger

	scanned, daily time.Time // when the last scan began, and the last daily one
}

// Read reads what an invocation asks for: one request, or a batch of the queue,
// which is joined. Nothing is asked when all of a batch are too old, or were
// made before a scan began: that one saw what they are about. So the rest of a
// burst, whose first request came out of the queue alone, is no second scan.
func (r *Requests) Read(event []byte, sample int, now time.Time) (request verifier.Request, asked bool, err error) {
	batch, ok := wiring.Batch(event)
	if !ok {
		_, request, err := read(event, sample)
		request.Canary = false // it is a person's: the schedule's comes through the queue
		return request, err == nil, err
	}
	var errs []error
	for _, message := range batch {
		made, one, err := read([]byte(message.Body), sample)
		switch {
		case err != nil:
			r.Log.Error("request not read", "messageID", message.ID, "error", err.Error())
			errs = append(errs, err)
		case !made.IsZero() && now.Sub(made) > oldest:
			r.Log.Warn("request too old, dropped", "messageID", message.ID, "why", one.Why, "time", made)
		case r.answered(made, one):
			r.Log.Info("request answered by the scan before", "messageID", message.ID, "why", one.Why, "time", made)
		default:
			request, asked = join(request, one), true
		}
	}
	if asked {
		return request, true, nil
	}
	return request, false, errors.Join(errs...)
}

// answered reports whether a scan began after a request was made. Events have
// their time in whole seconds.
func (r *Requests) answered(made time.Time, request verifier.Request) bool {
	last := r.scanned
	if request.Daily {
		last = r.daily
	}
	return !made.IsZero() && made.Add(time.Second).Before(last)
}

// Answered remembers a scan that succeeded, by when it began.
func (r *Requests) Answered(request verifier.Request, began time.Time) {
	r.scanned = began
	if request.Daily {
		r.daily = began
	}
}

// join makes one scan of two requests: the daily one holds the others, and a
// canary is sent if one of them asks for it.
func join(a, b verifier.Request) verifier.Request {
	joined := a
	if a.Why == "" || b.Daily && !a.Daily {
		joined = b
	}
	joined.Canary = a.Canary || b.Canary
	return joined
}

// read reads one request: {"look": "hourly"}, which reads the kernels of a
// sample of the tasks and sends a canary, {"look": "daily"}, which reads all and sends a summary,
// or any event, which is a reason for an hourly scan. made is zero when the
// request does not say when it was made.
func read(event []byte, sample int) (made time.Time, request verifier.Request, err error) {
	var asked struct {
		Look   string    `json:"look"`
		Time   time.Time `json:"time"`
		Detail struct {
			EventName string `json:"eventName"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(event, &asked); err != nil {
		return time.Time{}, verifier.Request{}, fmt.Errorf("the request is not JSON: %w", err)
	}
	switch asked.Look {
	case "daily":
		return asked.Time, verifier.Request{Why: "daily scan", Daily: true}, nil
	case "hourly":
		return asked.Time, verifier.Request{Why: "hourly scan", Sample: sample, Canary: true}, nil
	case "":
		return asked.Time, verifier.Request{Why: "scan after " + cmp.Or(asked.Detail.EventName, "an event"), Sample: sample}, nil
	}
	return time.Time{}, verifier.Request{}, fmt.Errorf("the request is for scan %q; there are hourly and daily", asked.Look)
}
