package config

import (
	"errors"
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// FuzzParsePolicy: whatever the document, faults are bounded, lie inside it and
// leave the defaults; what is accepted also passes the schema, keeps the
// account setting guarded and exempts no more than it may.
func FuzzParsePolicy(f *testing.F) {
	schema := compileSchema(f)
	for _, seed := range []string{"", "{", `{"version":1}`, `{"version":1,"rules":{"service-platform":"off"},"serviceRemedy":"rollback"}`,
		`{"version":1,"freezes":[{"rules":["service-platform"],"reason":"a","approver":"b","expires":"2027-01-01"}]}`,
		exempting("", ""), exempting("2027-03-31", "2027-03-31T12:00:00Z"), exempting("legacy:*", "*"), exempting("legacy:*", "a*:*"), `{"version":1,"version":1,"x":[{"y":null}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		policy, err := ParsePolicy(document, now)
		if err != nil {
			checkFaults(t, document, err)
			if len(policy.Exemptions) > 0 || policy.Modes[guard.TaskDefinitionPlatform] != guard.Enforce {
				t.Errorf("something of a bad document holds: %+v", policy)
			}
			return
		}
		for _, e := range policy.Exemptions {
			if exemptsTooMuch(e.Resource) || !now.Before(e.Expires) || e.Reason == "" || e.Approver == "" {
				t.Errorf("accepted exemption %+v", e)
			}
		}
		for _, f := range policy.Freezes {
			if f.Expires.IsZero() || f.Reason == "" || f.Approver == "" {
				t.Errorf("accepted freeze %+v", f)
			}
		}
		for _, rule := range guard.Rules() {
			if rule.ID.AboutSetting() && policy.Modes[rule.ID] != guard.Enforce {
				t.Errorf("%s is not enforced", rule.ID)
			}
		}
		if text := string(document); strings.TrimSpace(text) != "" && !schemaAccepts(t, schema, text) {
			t.Errorf("the schema refuses what the parser accepts: %q", text)
		}
	})
}

func checkFaults(t *testing.T, document []byte, err error) {
	t.Helper()
	var faults syntax.Faults
	if !errors.As(err, &faults) || len(faults) == 0 || len(faults) > maxFaults+1 {
		t.Fatalf("%d faults: %v", len(faults), err)
	}
	lines := strings.Split(string(document), "\n")
	for _, fault := range faults {
		if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > len(lines[fault.Line-1])+1 {
			t.Errorf("%v lies outside of the document", fault)
		}
		if strings.ContainsAny(fault.Error(), "\n\r") {
			t.Errorf("%q is more than one line", fault.Error())
		}
	}
}
