package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/scan"
)

var (
	location = guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}
	start    = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
)

func task(name string) guard.Task { return guardtest.RunningTask(name, start.Add(-time.Hour)) }

// outside is all that outlives a verifier: the evidence bucket, the people's
// inbox, and the guard's own, which gets the same. Every effect on it can be the
// last thing that a verifier does.
type outside struct {
	*key
	versions [][]byte // of the state, the oldest first; nil for a deletion
	reports  map[string][]byte
	order    []string
	inbox    []alert.Message
	queue    map[string][]byte
	sent     int

	effects int
	dieAt   int  // the effect at which the verifier is killed; 0 is never
	done    bool // the effect happens before it dies
	broken  map[string]error
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	return &outside{key: newKey(t), reports: map[string][]byte{}, broken: map[string]error{}, queue: map[string][]byte{}}
}

// killed stands for the end of the process.
type killed struct{}

func (o *outside) effect(name string, happen func()) error {
	if err := o.broken[name]; err != nil {
		return err
	}
	o.effects++
	if o.effects == o.dieAt && !o.done {
		panic(killed{})
	}
	happen()
	if o.effects == o.dieAt {
		panic(killed{})
	}
	return nil
}

func (o *outside) ReadState(context.Context) (content []byte, version, before string, err error) {
	if err := o.broken["read"]; err != nil {
		return nil, "", "", err
	}
	n := len(o.versions)
	return o.state(), o.version(n), o.version(n - 1), nil
}

// state is the current one as it is stored.
func (o *outside) state() []byte {
	if len(o.versions) == 0 {
		return nil
	}
	return o.versions[len(o.versions)-1]
}

func (o *outside) version(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprint("version ", n)
}

func (o *outside) WriteState(_ context.Context, state []byte) (string, error) {
	err := o.effect("state", func() { o.versions = append(o.versions, bytes.Clone(state)) })
	return o.version(len(o.versions)), err
}

func (o *outside) ReadReport(_ context.Context, id string) ([]byte, error) {
	return o.reports[id+".dsse.json"], o.broken["read report"]
}

func (o *outside) ReportLocation(id string) (string, error) {
	return "s3://evidence/" + id + ".dsse.json", nil
}

// payload is the state without its signature.
func (o *outside) payload(t *testing.T) []byte {
	t.Helper()
	if o.state() == nil {
		return nil
	}
	envelope, err := seal.Parse(o.state())
	if err != nil {
		t.Fatal(err)
	}
	return envelope.Payload
}

func (o *outside) KeepReport(_ context.Context, id, ending, _ string, content []byte) (string, error) {
	if existing, ok := o.reports[id+ending]; ok && !bytes.Equal(existing, content) {
		return "", fmt.Errorf("report %s exists", id)
	}
	err := o.effect("report", func() {
		o.reports[id+ending] = bytes.Clone(content)
		if ending == ".dsse.json" {
			o.order = append(o.order, id)
		}
	})
	return "s3://evidence/" + id + ending, err
}

func (o *outside) Publish(_ context.Context, m alert.Message) error {
	return o.effect("publish", func() { o.publish(m) })
}

// publish is what the topic does with a message.
func (o *outside) publish(m alert.Message) {
	o.inbox = append(o.inbox, m)
	o.sent++
	o.queue[fmt.Sprint(o.sent)] = m.JSON
}

func (o *outside) Receive(context.Context) (map[string][]byte, error) {
	if err := o.broken["receive"]; err != nil {
		return nil, err
	}
	return maps.Clone(o.queue), nil
}

func (o *outside) Delete(_ context.Context, handle string) error {
	return o.effect("delete", func() { delete(o.queue, handle) })
}

// document is the report of a scan, as it was kept.
func (o *outside) document(t *testing.T, scan int) evidence.Document {
	t.Helper()
	d, err := evidence.Read(bytes.NewReader(o.reports[o.order[scan]+".json"]))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (o *outside) subjects() []string {
	var list []string
	for _, m := range o.inbox {
		list = append(list, strings.TrimSuffix(m.Subject, " - 111122223333 us-gov-west-1"))
	}
	return list
}

func (o *outside) verifier(w *guardtest.World) *Verifier {
	return &Verifier{
		Scanner: &scan.Scanner{
			Account: w, Exec: w, History: w, Components: w, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()), Now: w.Now,
		},
		Store: o, Signer: o, Notifier: o, Inbox: o, Now: w.Now,
		Tool: evidence.Tool{Name: "fipsguard"}, Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard),
	}
}

// run lets a verifier scan, and reports whether it was killed.
func run(t *testing.T, v *Verifier, request Request) (died bool, err error) {
	t.Helper()
	defer func() {
		if reason := recover(); reason != nil {
			if _, ok := reason.(killed); !ok {
				panic(reason)
			}
			died = true
		}
	}()
	request.Why = "scheduled scan"
	return false, v.Run(t.Context(), location, request)
}

// bad is an account with something to tell: FIPS mode is off, one kernel is not
// in FIPS mode.
func bad() *guardtest.World {
	w := guardtest.NewWorld(start)
	w.Default = guard.ModeOff
	w.Tasks = []guard.Task{task("off"), task("fine")}
	w.Kernels[w.Tasks[0].ARN+"/main"] = "0\r\n"
	w.Events = []guard.Event{guardtest.Put("off", start.Add(-time.Minute), guard.ModeOff)}
	return w
}

// TestAKilledVerifierLosesNothingAndRepeatsNothing kills a verifier before and
// after each of its effects, and lets a new one take over.
func TestAKilledVerifierLosesNothingAndRepeatsNothing(t *testing.T) {
	for dieAt := 1; ; dieAt++ {
		for _, done := range []bool{false, true} {
			w, o := bad(), newOutside(t)
			o.dieAt, o.done = dieAt, done
			died, err := run(t, o.verifier(w), Request{})
			if !died {
				if err != nil || dieAt < 8 {
					t.Fatalf("a scan has %d effects, error %v", o.effects, err)
				}
				return
			}
			published := len(o.inbox) == 1
			marked := bytes.Contains(o.payload(t), []byte(`"outbox":null`))
			for range 2 {
				w.Clock = w.Clock.Add(time.Hour)
				if _, err := run(t, o.verifier(w), Request{}); err != nil {
					t.Fatalf("killed at effect %d: the next scan: %v", dieAt, err)
				}
			}
			off, fixed := 0, 0
			for _, m := range o.inbox {
				off += strings.Count(m.Text, "read fips_enabled 0")
				if strings.Contains(m.Text, "rule fips-mode-default") || strings.Contains(m.Text, "fips-mode-default requires") {
					fixed++
				}
			}
			want := 1
			if published && !marked {
				want = 2 // between SNS's answer and the note of it nobody can know
			}
			if off != want {
				t.Errorf("killed at effect %d (done %t): people heard %d times of the kernel without FIPS mode, want %d: %q", dieAt, done, off, want, o.subjects())
			}
			// Before the first thing is written nobody knows of the fix but
			// CloudTrail: the setting does not wait for a bucket (docs/adr, 11).
			if unwritten := dieAt == 1 && !done; fixed == 0 && !unwritten {
				t.Errorf("killed at effect %d (done %t): nobody heard that FIPS mode was off: %q", dieAt, done, o.subjects())
			}
			checkChain(t, o)
		}
	}
}

// TestTheAccountsNameIsShown beside its number: in subjects, in the text and in
// the report.
func TestTheAccountsNameIsShown(t *testing.T) {
	w, o := bad(), newOutside(t)
	v := o.verifier(w)
	v.AccountName = "payments-prod"
	if _, err := run(t, v, Request{}); err != nil {
		t.Fatal(err)
	}
	if len(o.inbox) == 0 {
		t.Fatal("nobody was told")
	}
	for _, m := range o.inbox {
		if !strings.Contains(m.Subject, "111122223333 (payments-prod) us-gov-west-1") || !strings.Contains(m.Text, "ccount 111122223333 (payments-prod), Region us-gov-west-1") {
			t.Errorf("%s:\n%s", m.Subject, m.Text)
		}
	}
	if d := o.document(t, 0); d.Of() != "111122223333 (payments-prod)" {
		t.Errorf("the report is of %s", d.Of())
	}
}

// checkChain follows the reports by their predecessors' hashes, as an auditor
// does.
func checkChain(t *testing.T, o *outside) {
	t.Helper()
	number := 0
	for _, id := range o.order {
		d, payload := o.opened(t, id)
		if p := d.Predecessor; p != nil {
			if _, before := o.opened(t, p.ID); evidence.Digest(before) != p.SHA256 {
				t.Errorf("report %s names a predecessor %s with another hash", id, p.ID)
			}
		}
		if number++; d.Chain.Number != number || (d.Predecessor == nil) != (number == 1) || (d.Chain.Begins == "") != (number > 1) {
			t.Errorf("report %s has the place %+v, want number %d", id, d.Chain, number)
		}
		if json, ok := o.reports[id+".json"]; ok && !bytes.Equal(json, payload) {
			t.Errorf("report %s is not what was signed", id)
		}
	}
}

// opened is a report that was kept, as it was signed.
func (o *outside) opened(t *testing.T, id string) (evidence.Document, []byte) {
	t.Helper()
	envelope, err := seal.Parse(o.reports[id+".dsse.json"])
	if err != nil {
		t.Fatal(err)
	}
	key, err := o.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.Open(evidence.PayloadType, key); err != nil {
		t.Fatalf("report %s: %v", id, err)
	}
	d, err := evidence.Read(bytes.NewReader(envelope.Payload))
	if err != nil {
		t.Fatal(err)
	}
	return d, envelope.Payload
}

func TestPeopleHearOfChangesOnly(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	w.Tasks = []guard.Task{guardtest.OfService(task("a")), guardtest.OfService(task("b"))}
	scans := []struct {
		name   string
		change func()
		want   []string
	}{
		{"all is well", func() {}, nil},
		{"a kernel is not in FIPS mode", func() { w.Kernels[w.Tasks[0].ARN+"/main"] = "0" }, []string{"[CRITICAL] A task's kernel is NOT in FIPS mode"}},
		{"it still is not", func() {}, nil},
		{"another task of the service, too", func() { w.Kernels[w.Tasks[1].ARN+"/main"] = "0" }, nil},
		{"ECS does not answer", func() { w.Faults["ecs:ListTasks"] = guardtest.Down }, []string{"[WARNING] Task could not be checked +1 more"}},
		{"it does again, and nothing of it is news but that", func() { delete(w.Faults, "ecs:ListTasks") }, []string{"[INFO] 2 findings are resolved"}},
		{"the tasks were replaced", func() { w.Tasks = []guard.Task{guardtest.OfService(task("c")), guardtest.OfService(task("d"))} }, []string{"[INFO] One finding is resolved"}},
		{"a kernel cannot be read", func() { w.Kernels[w.Tasks[0].ARN+"/main"] = "?" }, []string{"[WARNING] A task's kernel could not be checked"}},
		{"worse: it is not in FIPS mode", func() { w.Kernels[w.Tasks[0].ARN+"/main"] = "0" }, []string{"[CRITICAL] A task's kernel is NOT in FIPS mode"}},
	}
	for i, scan := range scans {
		w.Clock = start.Add(time.Duration(i) * time.Hour)
		scan.change()
		o.inbox = nil
		if _, err := run(t, o.verifier(w), Request{}); err != nil {
			t.Fatalf("%s: %v", scan.name, err)
		}
		if got := o.subjects(); fmt.Sprint(got) != fmt.Sprint(scan.want) {
			t.Errorf("%s: people heard %q, want %q", scan.name, got, scan.want)
		}
	}
	checkChain(t, o)
	if len(o.order) != len(scans) {
		t.Errorf("%d reports were kept of %d scans", len(o.order), len(scans))
	}
}

// TestATaskThatWasNotAskedYetIsNoNews: every deployment brings such tasks, and
// the next scans ask them.
func TestATaskThatWasNotAskedYetIsNoNews(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	w.Tasks = []guard.Task{task("a"), task("b")}
	if _, err := run(t, o.verifier(w), Request{Sample: 1}); err != nil {
		t.Fatal(err)
	}
	if len(o.inbox) != 0 {
		t.Errorf("people heard %q", o.subjects())
	}
}

// TestAScanThatTakesTooLongIsKeptAllTheSame, with its unknowns.
func TestAScanThatTakesTooLongIsKeptAllTheSame(t *testing.T) {
	w, o := bad(), newOutside(t)
	w.Faults["ecs:ListTasks"] = guardtest.Hangs
	if _, err := run(t, o.verifier(w), Request{ScanEnd: time.Now().Add(50 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if len(o.order) != 1 || len(o.inbox) != 1 || w.Default != guard.ModeOn {
		t.Errorf("%d reports, people heard %q", len(o.order), o.subjects())
	}
}

func TestOneSummaryADay(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	for i := range 4 {
		w.Clock = start.Add(time.Duration(12*i) * time.Hour)
		if _, err := run(t, o.verifier(w), Request{Daily: true}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(o.inbox); got != 2 {
		t.Errorf("%d summaries in two days: %q", got, o.subjects())
	}
}

func TestPeopleAreToldWhenSNSAnswersAgain(t *testing.T) {
	w, o := bad(), newOutside(t)
	o.broken["publish"] = errors.New("no answer")
	if _, err := run(t, o.verifier(w), Request{}); err == nil {
		t.Error("an alert that nobody got is no error")
	}
	if w.Default != guard.ModeOn || len(o.order) != 1 {
		t.Error("a failed alert kept the verifier from fixing or from keeping evidence")
	}
	delete(o.broken, "publish")
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	if len(o.inbox) != 1 || !strings.Contains(o.inbox[0].Text, "read fips_enabled 0") {
		t.Errorf("people heard %q", o.subjects())
	}
}

// TestWithoutTheBucketPeopleAreToldOnce: a process that cannot write down what
// it told remembers it.
func TestWithoutTheBucketPeopleAreToldOnce(t *testing.T) {
	w, o := bad(), newOutside(t)
	for _, part := range []string{"read", "state", "report"} {
		o.broken[part] = errors.New("no answer")
	}
	v := o.verifier(w)
	for range 3 {
		if _, err := run(t, v, Request{}); err == nil {
			t.Error("evidence that was not kept is no error")
		}
		w.Clock = w.Clock.Add(time.Hour)
	}
	if len(o.inbox) != 1 || !strings.Contains(o.inbox[0].Text, "Evidence: NOT KEPT") {
		t.Errorf("people heard %q", o.subjects())
	}
	clear(o.broken)
	if _, err := run(t, v, Request{}); err != nil {
		t.Fatal(err)
	}
	if len(o.inbox) != 1 || len(o.order) != 1 {
		t.Errorf("when the bucket answers again %d reports are kept and people heard %q", len(o.order), o.subjects())
	}
}

// TestAStateThatCannotBeReadIsNotOverwritten: what people were told before is
// in it.
func TestAStateThatCannotBeReadIsNotOverwritten(t *testing.T) {
	w, o := bad(), newOutside(t)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	stored := bytes.Clone(o.state())
	w.Clock = w.Clock.Add(time.Hour)
	o.broken["read"] = errors.New("no answer")
	v := o.verifier(w)
	if _, err := run(t, v, Request{}); err == nil {
		t.Error("a state that could not be read is no error")
	}
	if !bytes.Equal(o.state(), stored) {
		t.Errorf("the state was overwritten unread: %s", o.state())
	}
	clear(o.broken)
	w.Clock, o.inbox = w.Clock.Add(time.Hour), nil
	if _, err := run(t, v, Request{}); err != nil || len(o.inbox) > 0 || bytes.Equal(o.state(), stored) {
		t.Errorf("once it can be read again: error %v, people heard %q", err, o.subjects())
	}
}

// collector is a hub that notes whether scans were complete.
type collector struct{ complete []bool }

func (c *collector) Import(_ context.Context, _ evidence.Document, complete bool) error {
	c.complete = append(c.complete, complete)
	return nil
}

// TestAScanThatCouldNotSeeEverythingArchivesNothing: what it did not see may
// still stand.
func TestAScanThatCouldNotSeeEverythingArchivesNothing(t *testing.T) {
	w, o, hub := guardtest.NewWorld(start), newOutside(t), &collector{}
	for _, w.Faults["ecs:ListTasks"] = range []guardtest.Fault{guardtest.Answers, guardtest.Down, guardtest.Answers} {
		v := o.verifier(w)
		v.Hubs = []Hub{hub}
		if _, err := run(t, v, Request{}); err != nil {
			t.Fatal(err)
		}
		w.Clock = w.Clock.Add(time.Hour)
	}
	if got := fmt.Sprint(hub.complete); got != "[true false true]" {
		t.Errorf("scans were complete: %s", got)
	}
}

// TestScansOfOneSecondKeepTheirReports: each has its own, which the next one
// follows.
func TestScansOfOneSecondKeepTheirReports(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	for range 3 {
		if _, err := run(t, o.verifier(w), Request{}); err != nil {
			t.Fatal(err)
		}
		w.Clock = w.Clock.Add(100 * time.Millisecond)
	}
	if len(o.order) != 3 {
		t.Fatalf("the reports are %v", o.order)
	}
	for n := 1; n < 3; n++ {
		if p := o.document(t, n).Predecessor; p == nil || p.ID != o.order[n-1] {
			t.Errorf("report %d follows %+v, want %s", n, p, o.order[n-1])
		}
	}
}
