package verifier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// functionTime is how long the stack lets the verifier work.
const functionTime = 900 * time.Second

const (
	publish     = "sns:Publish"
	readState   = "s3:GetObject of the state"
	readReport  = "s3:GetObject of the report before"
	putObject   = "s3:PutObject"
	sign        = "kms:Sign"
	publicKey   = "kms:GetPublicKey"
	importMany  = "securityhub:BatchImportFindings"
	receiveMany = "sqs:ReceiveMessage"
	deleteOne   = "sqs:DeleteMessage"
	putDefault  = "ecs:PutAccountSettingDefault"
	execCommand = "ecs:ExecuteCommand"
)

// TestFaults is a dependency at fault in a scan, with a policy that is valid or
// refused. Whatever is at fault, FIPS mode is turned on at once unless the
// fault is in that itself; somebody is told unless alerts cannot go out; the
// report is kept unless the bucket does not take it; and what was lost is an
// error, in time.
func TestFaults(t *testing.T) {
	cells := map[string]func(*testing.T) []string{}
	for _, dependency := range []string{publish, readState, readReport, sign, publicKey, putObject, importMany, receiveMany, deleteOne, "ecs:ListAccountSettings", putDefault, "ecs:ListClusters", "ecs:ListTasks", "cloudtrail:LookupEvents", execCommand} {
		for _, fault := range guardtest.Faults() {
			for _, policy := range []string{"valid", "faulty"} {
				if fault == guardtest.Garbage && slices.Contains([]string{publish, sign, publicKey, putObject, importMany, receiveMany, deleteOne, "ecs:ListClusters", "ecs:ListTasks", "cloudtrail:LookupEvents"}, dependency) {
					continue // their answers say nothing that is needed, or the adapter reads them
				}
				name := fmt.Sprintf("scan, %s %s, policy %s", dependency, fault, policy)
				cells[name] = func(t *testing.T) []string { return playFault(t, dependency, fault, policy == "faulty") }
			}
		}
	}
	guardtest.Matrix(t, nil, cells)
}

func playFault(t *testing.T, dependency string, fault guardtest.Fault, faulty bool) (wrong []string) {
	w, o := guardtest.NewWorld(start), &outsideAtFault{outside: newOutside(t), faults: map[string]guardtest.Fault{}}
	w.Tasks = []guard.Task{task("refuted"), task("fine")}
	seen := &watched{World: w}
	v := o.verifier(w)
	v.Store, v.Signer, v.Notifier, v.Inbox, v.Hubs, v.Now = o, o, o, o, []Hub{o}, time.Now
	v.Scanner.Account, v.Scanner.Now = seen, time.Now
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if err := v.Run(ctx, location, Request{Why: "the scan before"}); err != nil || len(o.inbox) > 0 {
		t.Fatalf("the scan before ends with %v and tells %q", err, o.subjects())
	}
	time.Sleep(time.Minute)

	w.Default, w.Kernels[w.Tasks[0].ARN+"/main"] = guard.ModeOff, "0\r\n"
	w.Faults[dependency], o.faults[dependency] = fault, fault
	if faulty {
		v.Scanner.Workloads = func(context.Context) guard.Held {
			return guard.Held{Policy: guard.DefaultPolicy(), Faults: []string{"line 1, column 2: unknown key \"modes\""}}
		}
	}
	seen.start = time.Now()
	ctx, cancel = context.WithTimeout(t.Context(), functionTime)
	defer cancel()
	if dependency == publicKey {
		v.key = nil // as in a process that has not asked for it yet
	}
	err := v.Run(ctx, location, Request{Why: "scheduled scan", KernelsEnd: seen.start.Add(functionTime * 3 / 4), ScanEnd: seen.start.Add(functionTime * 7 / 8)})
	late := time.Since(seen.start) >= functionTime && fault != guardtest.Hangs

	stopped := fault != guardtest.Slow
	needed := dependency == putDefault
	check := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	check(!late, "it works longer than it may")
	if !(needed && stopped) {
		check(w.Default == guard.ModeOn, "FIPS mode is not turned on")
	}
	if !needed {
		check(seen.after <= 3*time.Second, "FIPS mode is turned on only after %s", seen.after)
	}
	if !(dependency == publish && stopped) {
		check(strings.Contains(o.texts(), guard.SettingName), "nobody is told of the setting")
	}
	if !(dependency == putObject && stopped) {
		check(len(o.order)+len(o.unsigned()) == 2, "the report is not kept")
	}
	check(w.Default == guard.ModeOn || !strings.Contains(o.texts(), "Fixed:  yes"), "people are told that it is fixed, and it is not")
	lost := slices.Contains([]string{publish, readState, readReport, sign, publicKey, putObject, importMany, receiveMany}, dependency) && stopped
	if fault == guardtest.Garbage && slices.Contains([]string{readState, readReport}, dependency) {
		check(strings.Contains(o.texts(), string(guard.GuardEvidence)), "nobody is told that what was kept is not as it was left")
		lost = false
	}
	open := dependency == putDefault && stopped && fault != guardtest.Refused
	if lost || open {
		check(err != nil, "no error is returned, so that nobody tries again")
	}
	return wrong
}

// watched notes how long it takes until FIPS mode is on.
type watched struct {
	*guardtest.World
	start time.Time
	after time.Duration
}

func (w *watched) Apply(ctx context.Context, action guard.Remediation) guard.Outcome {
	was := w.Default
	outcome := w.World.Apply(ctx, action)
	if was != guard.ModeOn && w.Default == guard.ModeOn {
		w.after = time.Since(w.start)
	}
	return outcome
}

// outsideAtFault is what outlives a verifier, at fault in places.
type outsideAtFault struct {
	*outside
	faults map[string]guardtest.Fault
}

func (o *outsideAtFault) ReadState(ctx context.Context) (content []byte, version, before string, err error) {
	if err := o.faults[readState].Happen(ctx); err != nil {
		return nil, "", "", err
	}
	content, version, before, err = o.outside.ReadState(ctx)
	if o.faults[readState] == guardtest.Garbage {
		content = []byte("<html>")
	}
	return content, version, before, err
}

func (o *outsideAtFault) Sign(ctx context.Context, digest []byte) ([]byte, error) {
	if err := o.faults[sign].Happen(ctx); err != nil {
		return nil, err
	}
	return o.outside.Sign(ctx, digest)
}

func (o *outsideAtFault) PublicKey(ctx context.Context) (seal.Key, error) {
	if err := o.faults[publicKey].Happen(ctx); err != nil {
		return seal.Key{}, err
	}
	return o.outside.PublicKey(ctx)
}

func (o *outsideAtFault) ReadReport(ctx context.Context, id string) ([]byte, error) {
	if err := o.faults[readReport].Happen(ctx); err != nil {
		return nil, err
	}
	if o.faults[readReport] == guardtest.Garbage {
		return []byte("<html>"), nil
	}
	return o.outside.ReadReport(ctx, id)
}

func (o *outsideAtFault) WriteState(ctx context.Context, state []byte) (string, error) {
	if err := o.faults[putObject].Happen(ctx); err != nil {
		return "", err
	}
	return o.outside.WriteState(ctx, state)
}

func (o *outsideAtFault) KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (string, error) {
	if err := o.faults[putObject].Happen(ctx); err != nil {
		return "", err
	}
	return o.outside.KeepReport(ctx, id, ending, mediaType, content)
}

func (o *outsideAtFault) Publish(ctx context.Context, m alert.Message) error {
	if err := o.faults[publish].Happen(ctx); err != nil {
		return err
	}
	return o.outside.Publish(ctx, m)
}

func (o *outsideAtFault) Receive(ctx context.Context) (map[string][]byte, error) {
	if err := o.faults[receiveMany].Happen(ctx); err != nil {
		return nil, err
	}
	return o.outside.Receive(ctx)
}

func (o *outsideAtFault) Delete(ctx context.Context, handle string) error {
	if err := o.faults[deleteOne].Happen(ctx); err != nil {
		return err
	}
	return o.outside.Delete(ctx, handle)
}

func (o *outsideAtFault) Import(ctx context.Context, _ evidence.Document, _ bool) error {
	return o.faults[importMany].Happen(ctx)
}

// texts are all alerts that arrived.
func (o *outsideAtFault) texts() string {
	var all strings.Builder
	for _, m := range o.inbox {
		all.WriteString(m.Text)
	}
	return all.String()
}

// unsigned are the reports that were kept though nothing signed them.
func (o *outsideAtFault) unsigned() []string {
	var ids []string
	for name := range o.reports {
		id, isJSON := strings.CutSuffix(name, ".json")
		if _, signed := o.reports[id+".dsse.json"]; isJSON && !strings.Contains(id, ".") && !signed {
			ids = append(ids, id)
		}
	}
	return ids
}
