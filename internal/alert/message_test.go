package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fault is what SNS or a mail reader would not take of a message.
func fault(m Message) error {
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	if len(m.Subject) == 0 || len(m.Subject) > 99 || m.Subject[0] != '[' {
		return fmt.Errorf("the subject has %d characters: %q", len(m.Subject), m.Subject)
	}
	if strings.ContainsFunc(m.Subject, unprintable) {
		return fmt.Errorf("the subject %q is not printable ASCII", m.Subject)
	}
	if !utf8.ValidString(m.Text) || strings.ContainsFunc(m.Text, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }) {
		return fmt.Errorf("the text has more than graphic characters: %q", m.Text)
	}
	var document any
	if err := json.Unmarshal(m.JSON, &document); err != nil {
		return fmt.Errorf("the JSON is none: %w", err)
	}
	if bad := unclean(document); bad != "" {
		return fmt.Errorf("the JSON has more than graphic characters: %q", bad)
	}
	size := 0
	for name, value := range m.Attributes {
		if value == "" || len(value) > 100 || strings.ContainsFunc(value, unprintable) {
			return fmt.Errorf("attribute %s is %q", name, value)
		}
		size += len(name) + len("String") + len(value)
	}
	variants, err := m.Variants()
	if err != nil {
		return err
	}
	if size += len(variants); size > 256_000 {
		return fmt.Errorf("the message has %d bytes", size)
	}
	if len(m.Attributes) != 6 {
		return fmt.Errorf("%d attributes", len(m.Attributes))
	}
	return nil
}

// unclean is a text in a JSON value that is not all graphic.
func unclean(value any) string {
	switch value := value.(type) {
	case string:
		if strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			return value
		}
	case []any:
		for _, v := range value {
			if bad := unclean(v); bad != "" {
				return bad
			}
		}
	case map[string]any:
		for k, v := range value {
			if bad := unclean(k) + unclean(v); bad != "" {
				return bad
			}
		}
	}
	return ""
}

// TestTheLargestMessageFits takes texts that grow most when they are encoded:
// < has six bytes in JSON and seven in JSON in JSON.
func TestTheLargestMessageFits(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, filler := range []string{"<", "\\", "\"", "界", "\U0001F600", "\u202e", "\xff", "'", "a"} {
		long := strings.Repeat(filler, 3000)
		var r guard.Report
		for i := range 12 {
			s, d := override, definition
			s.Principal, d.ARN, d.RegisteredBy = fmt.Sprint(i, long), fmt.Sprint(i, long), long
			r = both(r, both(report(long, s, guard.RefusedByAWS, long), report(long, d, guard.Failed, long)))
			r.Expiring = append(r.Expiring, guard.Exemption{Resource: long, Reason: long, Approver: long, Expires: at})
		}
		r.Cause = guard.Cause{EventID: long, EventName: long, IsCall: true, Account: long, Region: long, Actor: guard.Actor{Name: long, ARN: long, SourceAddress: long}}
		r.Joined = tallyOf(func(i int) string { return fmt.Sprint(i, long) })
		r.JoinedOthers = r.Joined
		m := Render(r)
		if err := fault(m); err != nil {
			t.Errorf("of %q: %v", filler, err)
		}
		if err := validate(schema, m); err != nil {
			t.Errorf("of %q: %v", filler, err)
		}
	}
}

// tallyOf is a count as long as there is one.
func tallyOf(name func(int) string) guard.Tally {
	t := guard.Tally{Count: 100, First: at, Last: at, OtherActors: 90, OtherSubjects: 90}
	for i := range 10 {
		t.Actors = append(t.Actors, guard.Counted{Name: name(i), Count: 1})
		t.Subjects = append(t.Subjects, guard.Counted{Name: name(i), Count: 1})
	}
	return t
}

func TestRealARNsAreNotCut(t *testing.T) {
	s := override
	s.Principal = "arn:aws-us-gov:iam::111122223333:role" + strings.Repeat("/aaaaaaaaaaaaaaa", 32) + "/" + strings.Repeat("b", 64)
	m := Render(report("PutAccountSetting", s, guard.RefusedByAWS, ""))
	if !strings.Contains(m.Text, "--principal-arn "+s.Principal+" --region us-gov-west-1") {
		t.Errorf("the command is not whole:\n%s", m.Text)
	}
}

func TestManyFindingsAreCutWithACount(t *testing.T) {
	m := Render(kinds()["definitions-many"])
	for _, want := range []string{"… and 480 more"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("no %q in:\n%s", want, m.Text)
		}
	}
	if !strings.Contains(string(m.JSON), `"omittedFindings":480,`) || !strings.Contains(m.Subject, " +489 more") {
		t.Errorf("the count is missing in %s or %s", m.Subject, m.JSON)
	}
}

// TestWhoTurnedItOffIsNeverCut: an off period is told once, and what is worse stays
// open and is in each report.
func TestWhoTurnedItOffIsNeverCut(t *testing.T) {
	r := kinds()["definitions-many"]
	for n := range r.Findings {
		r.Findings[n].Severity = guard.Critical
	}
	for n := range Listed - 1 {
		r.Findings = append(r.Findings, guard.Check(guard.OffPeriod{
			Account: guardtest.AccountID, Region: guardtest.Region, From: at, Until: at, Seen: at,
			By: []guard.Cause{{EventID: "1", EventName: "PutAccountSettingDefault", Actor: guard.Actor{Name: fmt.Sprintf("person %d", n)}}},
		})...)
	}
	m := Render(r)
	for n := range Listed - 1 {
		if want := fmt.Sprintf("by person %d (event 1)", n); !strings.Contains(m.Text, want) {
			t.Errorf("no %q in:\n%s", want, m.Text)
		}
	}
	if !strings.Contains(m.Text, "NON_COMPLIANT: arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/") {
		t.Errorf("the worst finding is not shown:\n%s", m.Text)
	}
}

func TestThePressingIsNeverCut(t *testing.T) {
	r := kinds()["definitions-many"]
	r = both(r, kinds()["override-human-needed"])
	r = both(r, kinds()["default-failed"])
	m := Render(r)
	for _, want := range []string{
		"HUMAN NEEDED", "role/app/checkout itself, run: aws ecs put-account-setting --name fargateFIPSMode",
		"run: aws ecs put-account-setting-default --name fargateFIPSMode --value enabled", "NON_COMPLIANT: fargateFIPSMode@111122223333/us-gov-west-1\n",
	} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("no %q in:\n%s", want, m.Text)
		}
	}
	if !strings.HasPrefix(m.Subject, "[CRITICAL] ") || !strings.Contains(m.Subject, "; YOU must act") || m.Attributes["outcome"] != "REFUSED_BY_AWS" {
		t.Errorf("%s, %v", m.Subject, m.Attributes)
	}
}

// TestCommandsAreExactOrNotShown: what was cut or cleaned would do something
// else when it is pasted.
func TestCommandsAreExactOrNotShown(t *testing.T) {
	for name, want := range map[string]bool{
		"web:7":                   true,
		"we'b; reboot #:7":        true, // quoted for the shell
		"web\n:7":                 false,
		"web\u202e:7":             false,
		strings.Repeat("x", 3000): false,
	} {
		d := definition
		d.ARN = name
		r := report("RegisterTaskDefinition", d, guard.Failed, "")
		exact := r.Outcomes[0].Remediation.Command("us-gov-west-1")
		m := Render(r)
		if got := strings.Contains(m.Text, exact+"\n"); got != want {
			t.Errorf("%.40q: the exact command is shown: %t, want %t", name, got, want)
		}
		if !want && (strings.Contains(m.Text, "deregister-task-definition --task") || strings.Contains(string(m.JSON), `"command"`)) {
			t.Errorf("%.40q: a changed command is shown:\n%s", name, m.Text)
		}
		if !want && !strings.Contains(m.Text, "call ecs:DeregisterTaskDefinition by hand") {
			t.Errorf("%.40q: nobody says what to do:\n%s", name, m.Text)
		}
	}
}

func TestNothingIsClaimedThatWasNotObserved(t *testing.T) {
	all := kinds()
	for name, never := range map[string][]string{
		"default-failed":        {"back on", "Read back"},
		"default-refused":       {"back on"},
		"default-unconfirmed":   {"is back on", "still off,"},
		"default-audited":       {"back on", "Read back"},
		"override-human-needed": {"back on"},
		"override-and-default":  {"and is back on", "turned off;"}, // the role turned off its own override only
		"default-found-off":     {"turned off", "lookup-events"},
		"task-stopped":          {"was stopped", "has been stopped", "lookup-events"},
		"service-reported":      {"rolled back"},
	} {
		m := Render(all[name])
		for _, claim := range never {
			if strings.Contains(m.Subject+m.Text, claim) {
				t.Errorf("%s claims %q:\n%s\n%s", name, claim, m.Subject, m.Text)
			}
		}
	}
}

func TestEmptyReportsReadWell(t *testing.T) {
	for name, r := range map[string]guard.Report{
		"nothing":         {},
		"only exemptions": {Expiring: []guard.Exemption{exemption}},
		"no call":         {Outcomes: []guard.Outcome{{}}},
		"compliant":       {Findings: guard.Check(guard.Setting{Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOn})},
		"unknown rule":    {Findings: []guard.Finding{{Rule: "\n", Verdict: guard.NonCompliant, Severity: guard.High}}},
	} {
		m := Render(r)
		if err := fault(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(m.Subject, "turned off") || bytes.Contains(m.JSON, []byte("turned off")) {
			t.Errorf("%s: %s", name, m.Subject)
		}
	}
}
