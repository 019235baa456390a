package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/trail/logfile"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const region = "us-gov-west-1"

// world is a local account whose setting an administrator changes.
type world struct {
	*localaws.Account
	admin   *ecs.Client
	history History
	config  aws.Config
}

func newWorld(t *testing.T) world {
	t.Helper()
	local := localaws.New(localaws.Options{Throttling: true})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	guard := local.Config(localaws.Everyone().Guard, region)
	return world{
		Account: local, admin: ecs.NewFromConfig(local.Config(localaws.Everyone().Admin, region)), config: guard,
		history: History{CloudTrail: cloudtrail.NewFromConfig(guard), Now: local.Now, Sleep: local.Sleep},
	}
}

// toggle turns FIPS mode off and on again some hours later.
func (w world) toggle(t *testing.T, hours int) {
	t.Helper()
	for _, value := range []string{"disabled", "enabled"} {
		_, err := w.admin.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String(value)})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Advance(t.Context(), time.Duration(hours)*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// timeline is the account default's, in hours before now: "off 4 on 2".
func (w world) timeline(t *testing.T, since time.Time) []guard.Span {
	t.Helper()
	events, from, err := w.history.Changes(t.Context(), localaws.AccountID, region, since)
	if err != nil {
		t.Fatal(err)
	}
	now := guard.Setting{Account: localaws.AccountID, Region: region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}
	return guard.Timelines(events, nil, now, from, w.Now())[0].Spans
}

func TestWhoTurnedItOffAndForHowLong(t *testing.T) {
	w := newWorld(t)
	for range 30 { // more than a page of each call
		w.toggle(t, 3)
	}
	spans := w.timeline(t, w.Now().AddDate(0, 0, -30))
	off := 0
	for _, s := range spans {
		if s.Mode == guard.ModeOff {
			off++
			if d := s.Until.Sub(s.From); d < 3*time.Hour-time.Second || d > 3*time.Hour+time.Second || !strings.Contains(s.Cause.Actor.Name, "Admin") {
				t.Errorf("off for %s by %s; want 3 hours by the administrator", d, s.Cause.Actor.Name)
			}
		}
	}
	if off != 30 {
		t.Errorf("FIPS mode was off %d times, want 30", off)
	}
	if n := w.Throttled()["LookupEvents"]; n > 0 {
		t.Errorf("%d lookups were throttled", n)
	}
}

// TestWhatCloudTrailForgot is unknown, not fine.
func TestWhatCloudTrailForgot(t *testing.T) {
	w := newWorld(t)
	w.toggle(t, 24*100)
	now := w.Now()
	_, from, err := w.history.Changes(t.Context(), localaws.AccountID, region, now.AddDate(0, 0, -300))
	if err != nil || now.Sub(from) > 90*24*time.Hour || now.Sub(from) < 89*24*time.Hour {
		t.Errorf("complete since %s before now, error %v; want nearly 90 days", now.Sub(from), err)
	}
}

func TestWithoutAnAnswerNothingIsComplete(t *testing.T) {
	w := newWorld(t)
	w.toggle(t, 1)
	w.Deny(localaws.Everyone().Guard, "cloudtrail:LookupEvents")
	_, from, err := w.history.Changes(t.Context(), localaws.AccountID, region, w.Now().AddDate(0, 0, -1))
	if err == nil || w.Now().Sub(from) > time.Minute {
		t.Errorf("complete since %s before now, error %v; want an error, and nothing complete", w.Now().Sub(from), err)
	}
}

func TestAContextThatEndsEndsTheReading(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := w.history.Changes(ctx, localaws.AccountID, region, w.Now().AddDate(0, 0, -1)); err == nil {
		t.Error("no error")
	}
}

// TestLogFilesReachFurtherBack reads the days that LookupEvents has forgotten,
// back to the first day without a log file: what was not logged is not known.
func TestLogFilesReachFurtherBack(t *testing.T) {
	w := newWorld(t)
	start := w.Now()
	if err := w.CreateBucket(region, "trail"); err != nil {
		t.Fatal(err)
	}
	for range 5 { // a call every 12 hours: each day has a log file
		w.toggle(t, 12)
	}
	if err := w.Advance(t.Context(), 100*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	w.toggle(t, 1)
	if err := w.DeliverTrailLog(region, "trail", ""); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(w.config, func(o *s3.Options) { o.UsePathStyle = true })
	w.history.Logs = &Logs{Objects: client, Bucket: "trail", Prefix: "AWSLogs", Time: time.Minute}

	// Between the toggles and the last 90 days no day was logged.
	_, from, err := w.history.Changes(t.Context(), localaws.AccountID, region, start)
	if err != nil || w.Now().Sub(from) > 91*24*time.Hour {
		t.Errorf("with a gap of days without log files: complete since %s, error %v", from, err)
	}
	days := w.history.Logs
	events, from, err := days.changes(t.Context(), localaws.AccountID, region, start, start.Add(4*24*time.Hour))
	if err != nil || from.After(start) || len(events) < 8 {
		t.Errorf("%d changes since %s, error %v; want those of the days since %s", len(events), from, err, start)
	}
}

// answered is CloudTrail with one answer to each call.
type answered map[string][]types.Event

func (a answered) LookupEvents(_ context.Context, in *cloudtrail.LookupEventsInput, _ ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error) {
	return &cloudtrail.LookupEventsOutput{Events: a[aws.ToString(in.LookupAttributes[0].AttributeValue)]}, nil
}

// TestARecordThatCannotBeReadEndsNothing: what is older is read, and from that
// record on until the next one nobody knows what FIPS mode was.
func TestARecordThatCannotBeReadEndsNothing(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	record := func(hours int, text string) types.Event {
		at := now.Add(-time.Duration(hours) * time.Hour)
		return types.Event{EventId: aws.String(fmt.Sprint("e", hours)), EventName: aws.String("PutAccountSettingDefault"), EventTime: &at, Username: aws.String("jane.doe"), CloudTrailEvent: aws.String(text)}
	}
	written := func(hours int, value string) types.Event {
		e := record(hours, "")
		e.CloudTrailEvent = aws.String(fmt.Sprintf(`{"eventID":"%s","eventTime":"%s","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"%s","recipientAccountId":"%s",`+
			`"userIdentity":{"type":"AssumedRole"},"requestParameters":{"name":"fargateFIPSMode","value":"%s"}}`, *e.EventId, e.EventTime.Format(time.RFC3339), region, localaws.AccountID, value))
		return e
	}
	h := History{Now: func() time.Time { return now }, Sleep: func(context.Context, time.Duration) error { return nil }}
	h.CloudTrail = answered{"PutAccountSettingDefault": {written(1, "enabled"), record(2, `{"eventName":7`), written(4, "disabled"), written(5, "enabled")}}
	events, from, err := h.Changes(t.Context(), localaws.AccountID, region, now.Add(-24*time.Hour))
	if err != nil || !from.Equal(now.Add(-24*time.Hour)) {
		t.Fatalf("complete since %s, error %v", from, err)
	}
	on := guard.Setting{Account: localaws.AccountID, Region: region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}
	line := guard.Timelines(events, nil, on, from, now)[0]
	for hours, want := range map[float64]guard.Mode{4.5: guard.ModeOn, 3: guard.ModeOff, 1.5: guard.ModeUnknown, 0.5: guard.ModeOn} {
		if got := line.At(now.Add(-time.Duration(hours * float64(time.Hour)))); got.Mode != want {
			t.Errorf("%g hours ago it was %s, want %s", hours, got.Mode, want)
		}
	}
	if got := line.At(now.Add(-90 * time.Minute)); got.Cause.Actor.Name != "jane.doe" {
		t.Errorf("who made the record that cannot be read: %q", got.Cause.Actor.Name)
	}
}

// answers is a CloudTrail that answers every call with one event.
type answers struct{ event types.Event }

func (a answers) LookupEvents(context.Context, *cloudtrail.LookupEventsInput, ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error) {
	return &cloudtrail.LookupEventsOutput{Events: []types.Event{a.event}}, nil
}

func (answers) GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(`{"Records":[` + untimed + `]}`))}, nil
}

func (answers) ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return &s3.ListObjectsV2Output{}, nil
}

const untimed = `{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","eventTime":"Jan 5, 2026","eventID":"1",` +
	`"requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}`

// TestAChangeWithoutATimeIsNotLost: CloudTrail's own time stands in for the
// record's; without any, the history is not complete.
func TestAChangeWithoutATimeIsNotLost(t *testing.T) {
	at := time.Date(2026, 1, 5, 10, 10, 0, 0, time.UTC)
	h := History{Now: func() time.Time { return at.Add(time.Hour) }, Sleep: func(context.Context, time.Duration) error { return nil }}
	h.CloudTrail = answers{types.Event{CloudTrailEvent: aws.String(untimed), EventTime: &at}}
	events, _, err := h.Changes(t.Context(), localaws.AccountID, region, at.Add(-time.Hour))
	if err != nil || len(events) == 0 || !events[0].Cause.Time.Equal(at) {
		t.Errorf("read %v, error %v; want a change at %s", events, err, at)
	}
	h.CloudTrail = answers{types.Event{CloudTrailEvent: aws.String(untimed)}}
	if _, from, err := h.Changes(t.Context(), localaws.AccountID, region, at.Add(-time.Hour)); !errors.Is(err, errNoTime) || from.Before(at) {
		t.Errorf("without any time: complete since %s, error %v", from, err)
	}
	logs := Logs{Objects: answers{}, Bucket: "trail", Prefix: "AWSLogs", Time: time.Minute}
	if _, err := logs.read(t.Context(), logfile.NewReader(), "key"); !errors.Is(err, errNoTime) {
		t.Errorf("a log file with it: error %v", err)
	}
}
