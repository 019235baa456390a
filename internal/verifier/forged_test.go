package verifier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// forger may write to the bucket and has a key of their own.
type forger struct {
	*outside
	own *key
}

// sealed is what a forger makes of a payload.
func (f forger) sealed(t *testing.T, payloadType string, payload []byte) []byte {
	t.Helper()
	data, err := seal.Seal(t.Context(), f.own.Sign, f.KeyARN(), payloadType, payload)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rewrite puts a state in the place of the current one.
func (f forger) rewrite(t *testing.T, change func(*state)) {
	t.Helper()
	var s state
	if err := json.Unmarshal(f.payload(t), &s); err != nil {
		t.Fatal(err)
	}
	s.Replaces = f.version(len(f.versions))
	change(&s)
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	f.versions = append(f.versions, f.sealed(t, stateType, data))
}

// TestNothingThatSomebodyElseWroteIsBelieved: whoever may write to the bucket
// changes what the next scan takes over. It takes over nothing, and people get
// one alert about it, which also has what the forgery was to hide.
func TestNothingThatSomebodyElseWroteIsBelieved(t *testing.T) {
	const forged = "everything is fine, call 555-0100"
	for name, forge := range map[string]func(*testing.T, forger){
		"a kernel's answer is rewritten in the report, its hash in the state": func(t *testing.T, f forger) {
			id := f.order[len(f.order)-1]
			_, payload := f.opened(t, id)
			payload = bytes.ReplaceAll(payload, []byte(`"answer":"0\r\n"`), []byte(`"answer":"1\r\n"`))
			f.reports[id+".json"], f.reports[id+".dsse.json"] = payload, f.sealed(t, evidence.PayloadType, payload)
			f.rewrite(t, func(s *state) {
				s.Latest.SHA256 = evidence.Digest(payload)
				for arn, k := range s.Memory.Kernels {
					k.Answer = "1\r\n"
					s.Memory.Kernels[arn] = k
				}
			})
		},
		"alerts are silenced by the state's list": func(t *testing.T, f forger) {
			f.rewrite(t, func(s *state) {
				for _, rule := range guard.Rules() {
					s.Open[string(rule.ID)+" "+guardtest.ClusterARN] = dedup.Open{Verdict: "NON_COMPLIANT", Severity: int(guard.Critical)}
				}
			})
		},
		"the outbox is to publish a text": func(t *testing.T, f forger) {
			f.rewrite(t, func(s *state) {
				s.Outbox = append(s.Outbox, pending{Scan: true, Findings: []found{{Rule: forged, Subject: forged, Status: guard.NonCompliant, Severity: guard.Critical}}})
			})
		},
		"a state that was signed once is put back": func(_ *testing.T, f forger) {
			f.versions = append(f.versions, f.versions[2])
		},
		"the state before is put back": func(_ *testing.T, f forger) {
			f.versions = append(f.versions, f.versions[len(f.versions)-2])
		},
		"the state is deleted":                func(_ *testing.T, f forger) { f.versions = append(f.versions, nil) },
		"the state is no envelope":            func(_ *testing.T, f forger) { f.versions = append(f.versions, []byte("{}")) },
		"the state's signature is taken away": func(t *testing.T, f forger) { f.versions = append(f.versions, f.payload(t)) },
		"a report is put in the state's place": func(_ *testing.T, f forger) {
			f.versions = append(f.versions, f.reports[f.order[0]+".dsse.json"])
		},
		"the last report is deleted": func(_ *testing.T, f forger) { delete(f.reports, f.order[len(f.order)-1]+".dsse.json") },
		"the last report is another one that was signed": func(_ *testing.T, f forger) {
			f.reports[f.order[len(f.order)-1]+".dsse.json"] = f.reports[f.order[0]+".dsse.json"]
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			w.Tasks = []guard.Task{task("a"), task("b")}
			hour := func() {
				t.Helper()
				w.Clock, o.inbox = w.Clock.Add(time.Hour), nil
				if _, err := run(t, o.verifier(w), Request{}); err != nil {
					t.Fatal(err)
				}
			}
			hour()
			hour()
			forge(t, forger{o, newKey(t)})
			w.Kernels[w.Tasks[0].ARN+"/main"] = "0\r\n"
			w.Sessions[w.Tasks[1].ARN+"/main"] = []error{errors.New("throttled"), errors.New("throttled")} // so that memory decides
			hour()
			if len(o.inbox) != 1 {
				t.Fatalf("people heard %q, want one alert", o.subjects())
			}
			m := o.inbox[0]
			if !strings.HasPrefix(m.Subject, "[CRITICAL]") || !strings.Contains(m.Text, "guard-evidence requires") || !strings.Contains(m.Text, "read fips_enabled 0") || strings.Contains(m.Text, forged) {
				t.Errorf("people heard %q:\n%s", m.Subject, m.Text)
			}
			if d := o.document(t, 2); d.Kernels.On != 0 || d.Kernels.Off != 1 {
				t.Errorf("what was remembered was taken over: %+v", d.Kernels)
			}
			hour() // the other kernel can be read again
			if len(o.inbox) != 1 || o.subjects()[0] != "[INFO] One finding is resolved" || strings.Contains(o.inbox[0].Text, "guard-evidence") {
				t.Errorf("the scan after it tells %q", o.inbox)
			}
			if d := o.document(t, 3); d.Predecessor == nil || d.Predecessor.ID != o.order[2] || d.Chain.Number != o.document(t, 2).Chain.Number+1 {
				t.Errorf("the scan after it follows %+v as %+v", d.Predecessor, d.Chain)
			}
		})
	}
}

// TestUnreadableIsNotEmpty: while KMS or S3 does not answer, a violation is
// reported once, with a note; nothing is taken for resolved, and the state is
// left as it is.
func TestUnreadableIsNotEmpty(t *testing.T) {
	w, o := bad(), newOutside(t)
	w.Kernels[w.Tasks[1].ARN+"/main"] = "0\r\n"
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	before := len(o.versions)
	delete(w.Kernels, w.Tasks[1].ARN+"/main") // resolved, if anybody knew that it was reported
	o.broken["read"] = errors.New("S3 does not answer")
	v := o.verifier(w)
	o.inbox = nil
	for n := range 3 {
		w.Clock = w.Clock.Add(time.Hour)
		if _, err := run(t, v, Request{}); err == nil {
			t.Error("a state that could not be read is no error")
		}
		if n == 1 {
			delete(w.Kernels, w.Tasks[0].ARN+"/main") // what this process itself reported is resolved, too
		}
	}
	if len(o.inbox) != 1 || !strings.Contains(o.inbox[0].Text, "may have been reported before") || !strings.Contains(o.inbox[0].Text, "read fips_enabled 0") || strings.Contains(o.inbox[0].Text, "Resolved") {
		t.Errorf("people heard %q", o.inbox)
	}
	if len(o.versions) != before {
		t.Errorf("the state was written %d times", len(o.versions)-before)
	}
	clear(o.broken)
	w.Clock, o.inbox = w.Clock.Add(time.Hour), nil
	if _, err := run(t, v, Request{}); err != nil || len(o.inbox) != 1 || !strings.Contains(o.inbox[0].Subject, "4 findings are resolved") {
		t.Errorf("once it can be read: error %v, people heard %q", err, o.inbox)
	}
	first := o.document(t, 0)
	if last := o.document(t, len(o.order)-1); last.Predecessor == nil || last.Predecessor.ID != first.ID {
		t.Errorf("the chain goes on after %+v, want the last report that the state knows", last.Predecessor)
	}
}

// TestWithoutASignatureAReportSaysSo, and belongs to no chain.
func TestWithoutASignatureAReportSaysSo(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	v := o.verifier(w)
	v.Signer = silent{o.key}
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, v, Request{}); err == nil || !strings.Contains(err.Error(), "KMS does not answer") {
		t.Errorf("error is %v", err)
	}
	id := evidence.ID(location.Account, location.Region, w.Clock)
	d, err := evidence.Read(bytes.NewReader(o.reports[id+".json"]))
	if err != nil || d.Chain != (evidence.Chain{}) || d.Predecessor != nil || o.reports[id+".dsse.json"] != nil {
		t.Errorf("the report has the place %+v, error %v", d.Chain, err)
	}
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	checkChain(t, o)
}

// silent is a key that does not sign.
type silent struct{ *key }

func (silent) Sign(context.Context, []byte) ([]byte, error) {
	return nil, errors.New("KMS does not answer")
}

// TestALaterRunSaysWhatTheReportSays: the outbox refers to findings. Their words
// come from the report, if it is as it was kept.
func TestALaterRunSaysWhatTheReportSays(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(o *outside)
		says  []string
	}{
		"the report is there": {func(*outside) {}, []string{"read fips_enabled 0", "ecs:PutAccountSettingDefault for fargateFIPSMode"}},
		"the report is gone": {func(o *outside) { delete(o.reports, o.order[0]+".dsse.json") },
			[]string{"The report is not as it was kept: it is no longer there.", "task-kernel-proof", "ecs:PutAccountSettingDefault for fargateFIPSMode"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := bad(), newOutside(t)
			o.broken["publish"] = errors.New("no answer")
			if _, err := run(t, o.verifier(w), Request{}); err == nil {
				t.Fatal("an alert that nobody got is no error")
			}
			if text := string(o.payload(t)); strings.Contains(text, "fips_enabled") || strings.Contains(text, "aws ecs") {
				t.Errorf("the state has texts: %s", text)
			}
			clear(o.broken)
			c.spoil(o)
			w.Clock = w.Clock.Add(time.Hour)
			if _, err := run(t, o.verifier(w), Request{}); err != nil {
				t.Fatal(err)
			}
			if len(o.inbox) == 0 {
				t.Fatal("people heard nothing")
			}
			for _, words := range c.says {
				if !slices.ContainsFunc(o.inbox[:1], func(m alert.Message) bool { return strings.Contains(m.Text, words) }) {
					t.Errorf("people heard without %q:\n%s", words, o.inbox[0].Text)
				}
			}
		})
	}
}
