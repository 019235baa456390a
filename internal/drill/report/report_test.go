package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/guard"
)

const hostile = "<script>x</script>\x1b[31m\nCOMPLIANT\u202e"

// outcome is a drill in which everything happened, with texts of others in it.
func outcome() drill.Outcome {
	at := func(seconds int) time.Time {
		return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
	}
	all := drill.Steps()
	alert := drill.Alert{Subject: "[HIGH] " + hostile}
	alert.Outcomes = []drill.AlertOutcome{{API: "ecs:DeregisterTaskDefinition", Result: "ANSWERED", Detail: hostile, At: "2026-11-02T12:00:03Z"}}
	return drill.Outcome{
		Began: at(0), Ended: at(400),
		Steps: []drill.StepResult{
			{Step: all[0], Result: drill.Repaired, Violated: at(1), Fixed: at(3), Alerted: at(4), Ended: at(4), Alert: alert},
			{Step: all[1], Result: drill.HandedOver, Why: hostile, Violated: at(5), Alerted: at(6), Ended: at(6)},
			{Step: all[2], Result: drill.Missing, Violated: at(7), Ended: at(307), Broken: []string{"trail: " + hostile}},
			{Step: all[3], Result: drill.NotRun, Why: strings.Repeat("x", 10_000), Ended: at(308)},
		},
		Facts:  []guard.Fact{{Question: drill.Questions()[0], Asked: "ecs:DeregisterTaskDefinition", Answer: hostile + " in account 111122223333", At: at(9)}},
		Left:   []string{hostile},
		Errors: []error{errors.New(hostile)},
	}
}

func document() Document {
	return New(About{Location: guard.Location{Account: "111122223333", Region: "us-gov-west-1"}, Collector: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe", Role: hostile, Tool: evidence.Tool{Name: "fipsguard"}}, outcome())
}

func TestDocumentIsAsItsSchema(t *testing.T) {
	validate := evidencetest.Schema(t, "../../../docs/schema/drill.v1.schema.json")
	for name, o := range map[string]drill.Outcome{"everything": outcome(), "nothing": {Began: time.Unix(0, 0), Ended: time.Unix(1, 0)}} {
		content, err := New(About{Location: guard.Location{Account: "111122223333", Region: "us-gov-west-1"}}, o).JSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(content); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNotAWS: what an endpoint of the configuration's own answered is not passed off
// as AWS's answer.
func TestNotAWS(t *testing.T) {
	of := document()
	of.Endpoint = "http://127.0.0.1:4566"
	var facts, before bytes.Buffer
	if err := errors.Join(WriteFacts(&facts, of), WriteFacts(&before, document())); err != nil {
		t.Fatal(err)
	}
	const said = "NOT KNOWN TO BE AWS"
	if !strings.Contains(facts.String(), said) || strings.Contains(facts.String(), "127.0.0.1") || strings.Contains(before.String(), said) {
		t.Errorf("the page of facts is\n%s\nand without an endpoint\n%s", facts.String(), before.String())
	}
	about := About{Location: guard.Location{Account: "111122223333", Region: "us-gov-west-1"}, Endpoint: of.Endpoint}
	if limits := strings.Join(New(about, outcome()).Limits, "\n"); !strings.Contains(limits, "Whether AWS answered there is not known") {
		t.Errorf("the report does not show:\n%s", limits)
	}
}

// TestTheGuardsCall is timed between whole seconds, as the alert has it.
func TestTheGuardsCall(t *testing.T) {
	o := outcome()
	o.Steps[0].Violated = o.Steps[0].Violated.Add(900 * time.Millisecond)
	s := New(About{}, o).Steps[0]
	if s.Called == nil || s.ToCall == nil || *s.ToCall != 2 {
		t.Errorf("the guard called at %v, after %v; want 2 s", s.Called, s.ToCall)
	}
}

// TestTextsOfOthers: no format has a line, a tag or a control character that
// someone else wrote.
func TestTextsOfOthers(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":  func(b *bytes.Buffer) error { return WriteText(b, document(), func(word string) string { return word }) },
		"facts": func(b *bytes.Buffer) error { return WriteFacts(b, document()) },
		"page":  func(b *bytes.Buffer) error { return WritePage(b, document()) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"\x1b", "\u202e", "\nCOMPLIANT"} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("the %s has %q", name, bad)
			}
		}
		if name == "page" && strings.Contains(out.String(), "<script>") {
			t.Error("the page has a script")
		}
		if out.Len() > 40_000 {
			t.Errorf("the %s has %d bytes", name, out.Len())
		}
	}
}

// TestVerdict: what was not seen counts more than what could not be run.
func TestVerdict(t *testing.T) {
	step := func(results ...drill.Result) (o drill.Outcome) {
		for _, r := range results {
			o.Steps = append(o.Steps, drill.StepResult{Result: r})
		}
		return o
	}
	left := step(drill.Repaired)
	left.Left = []string{"a task"}
	for want, outcomes := range map[Verdict][]drill.Outcome{
		AllSeen:  {step(drill.Repaired, drill.HandedOver, drill.Prevented, drill.Confirmed)},
		NotSeen:  {step(drill.NotRun, drill.Missing), step(drill.Missing, drill.Interrupted)},
		NotWhole: {step(drill.Repaired, drill.NotRun), step(drill.Interrupted), left},
	} {
		for _, o := range outcomes {
			if got := verdictOf(o); got != want {
				t.Errorf("%+v: %s, want %s", o.Steps, got, want)
			}
		}
	}
}

// TestAnonymous: nothing that says whose account it is stays, and what AWS
// answered does.
func TestAnonymous(t *testing.T) {
	for text, want := range map[string]string{
		"AccessDeniedException: User: arn:aws-us-gov:sts::111122223333:assumed-role/x/y is not authorized": "AccessDeniedException: User: ARN is not authorized",
		"account 111122223333, subnet-0a1b2c3d4e, 10.0.0.1, fe80:1:2:3::1":                                 "account ACCOUNT, ID, ADDRESS, ADDRESS",
		"see https://sqs.us-gov-west-1.amazonaws.com/111122223333/q, jane.doe@example.gov":                 "see URL, EMAIL",
		"request 6afced68-75cd-4d44-8076-0be000000001 of ASIALOCALADMIN000001":                             "request ID of KEY",
		"task 0123456789abcdef0123456789abcdef is INACTIVE":                                                "task ID is INACTIVE",
		"INACTIVE, 2 asked for, 0 refused, platform 1.4.0, after 12 s":                                     "INACTIVE, 2 asked for, 0 refused, platform 1.4.0, after 12 s",
	} {
		if got := anonymous(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
