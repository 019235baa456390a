package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// exempting is a policy document with one good exemption, in which one text is
// replaced.
func exempting(old, replacement string) string {
	const document = `{
  "version": 1,
  "exemptions": [
    {
      "resource": "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*",
      "reason": "ticket 311",
      "approver": "jane.doe",
      "expires": "2027-03-31"
    }
  ]
}`
	return strings.Replace(document, old, replacement, 1)
}

func TestParsePolicy(t *testing.T) {
	with := func(change func(*guard.Policy)) guard.Policy {
		p := guard.DefaultPolicy()
		change(&p)
		return p
	}
	legacy := guard.Exemption{
		Resource: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*",
		Reason:   "ticket 311",
		Approver: "jane.doe",
		Expires:  time.Date(2027, 3, 31, 23, 59, 59, 999999999, time.UTC),
	}
	until := func(at time.Time) guard.Policy {
		e := legacy
		e.Expires = at
		return with(func(p *guard.Policy) { p.Exemptions = []guard.Exemption{e} })
	}
	for _, c := range []struct {
		name, document string
		want           guard.Policy
	}{
		{"empty", "", guard.DefaultPolicy()},
		{"blank", " \r\n\t", guard.DefaultPolicy()},
		{"version only", `{"version":1}`, guard.DefaultPolicy()},
		{"schema named", `{"$schema":"urn:fipsguard:policy:v1","version":1}`, guard.DefaultPolicy()},
		{"nothing said", `{"version":1,"rules":{},"serviceRemedy":"alert","exemptions":[]}`, guard.DefaultPolicy()},
		{"modes", `{"version":1,"rules":{"task-running-platform":"enforce","service-platform":"off"}}`,
			with(func(p *guard.Policy) {
				p.Modes[guard.TaskRunningPlatform] = guard.Enforce
				p.Modes[guard.ServicePlatform] = guard.Off
			})},
		{"escaped", "{\"version\":1,\"rules\":{\"task\\u002drunning-platform\":\"\\u0065nforce\"}}",
			with(func(p *guard.Policy) { p.Modes[guard.TaskRunningPlatform] = guard.Enforce })},
		{"rollback", `{"version":1,"serviceRemedy":"rollback"}`, with(func(p *guard.Policy) { p.ServiceRemedy = guard.RollBack })},
		{"recycle", `{"version":1,"exposureRemedy":"recycle"}`, with(func(p *guard.Policy) { p.ExposureRemedy = guard.Recycle })},
		{"recycle and stop", `{"version":1,"exposureRemedy":"recycle-and-stop"}`, with(func(p *guard.Policy) { p.ExposureRemedy = guard.RecycleAndStop })},
		{"freeze of all rules", `{"version":1,"freezes":[{"reason":"release","approver":"jane.doe","expires":"2026-12-31T17:00:00Z"}]}`, with(func(p *guard.Policy) {
			p.Freezes = []guard.Freeze{{Reason: "release", Approver: "jane.doe", Expires: time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)}}
		})},
		{"a freeze that has ended is no fault", `{"version":1,"freezes":[{"rules":["service-platform"],"reason":"release","approver":"jane.doe","expires":"2026-09-29"}]}`, with(func(p *guard.Policy) {
			p.Freezes = []guard.Freeze{{Rules: []guard.RuleID{guard.ServicePlatform}, Reason: "release", Approver: "jane.doe", Expires: time.Date(2026, 9, 29, 23, 59, 59, 999999999, time.UTC)}}
		})},
		{"scale to zero", `{"version":1,"serviceRemedy":"scale-to-zero"}`, with(func(p *guard.Policy) { p.ServiceRemedy = guard.ScaleToZero })},
		{"exemption by day", exempting("", ""), until(legacy.Expires)},
		{"exemption by time", exempting("2027-03-31", "2027-03-31T12:00:00-05:00"), until(time.Date(2027, 3, 31, 17, 0, 0, 0, time.UTC))},
		{"exemption that ends today", exempting("2027-03-31", "2026-10-01"), until(time.Date(2026, 10, 1, 23, 59, 59, 999999999, time.UTC))},
		{"exemption far ahead", exempting("2027-03-31", "2099-12-31"), until(time.Date(2099, 12, 31, 23, 59, 59, 999999999, time.UTC))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePolicy([]byte(c.document), now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePolicyNamesEveryFault(t *testing.T) {
	const names = "the document may have $schema, version, rules, serviceRemedy, exposureRemedy, exemptions, freezes"
	const rules = "rules may have task-definition-platform, task-launch-platform, task-running-platform, service-platform, capacity-provider-fips, task-capacity-provider, service-capacity-provider, task-kernel-proof, task-exposed, launch-kernel"
	const expiry = "it must be a day, YYYY-MM-DD, or a time as in RFC 3339"
	for _, c := range []struct {
		name, document string
		want           []string
	}{
		{"not JSON", `{"version":1,}`, []string{"line 1, column 13: not JSON: nothing before or after this comma"}},
		{"comma forgotten", "{\"version\":1\n\"rules\":{}}", []string{"line 2, column 1: not JSON: invalid character '\"' after object value (expecting ',' or '}')"}},
		{"not JSON at all", "\n version: 1", []string{"line 2, column 2: not JSON: invalid character 'v' at start of value"}},
		{"cut off", "{\"version\":1,\n\"rules\":{", []string{"line 2, column 10: the text ends inside a JSON value"}},
		{"cut off in a text", `{"versi`, []string{"line 1, column 8: the text ends inside a JSON value"}},
		{"byte order mark", "\ufeff{}", []string{"line 1, column 1: not JSON: invalid character '\\ufeff' at start of value"}},
		{"not UTF-8", "{\"\xff\":1}", []string{"line 1, column 3: not JSON: invalid UTF-8"}},
		{"comment", "{ // soon\n}", []string{"line 1, column 3: not JSON: invalid character '/' at start of value"}},
		{"text after the document", "{\"version\":1}\n}", []string{"line 2, column 1: the document has ended, but more text follows"}},
		{"second document", `{"version":1}{"version":1}`, []string{"line 1, column 14: the document has ended, but more text follows"}},
		{"array", `[]`, []string{"line 1, column 1: the document is an array; it must be an object"}},
		{"null", `null`, []string{"line 1, column 1: the document is null; it must be an object"}},
		{"no version", `{}`, []string{"line 1, column 1: the document has no version"}},
		{"other version", `{"version":2}`, []string{"line 1, column 12: version is 2; this guard reads version 1"}},
		{"version as text", `{"version":"1"}`, []string{`line 1, column 12: version is "1"; this guard reads version 1`}},
		{"long version", `{"version":` + strings.Repeat("1", 1000) + `}`, []string{"line 1, column 12: version is a long number; this guard reads version 1"}},
		{"unknown key", `{"version":1,"rule":{}}`, []string{`line 1, column 14: unknown key "rule"; ` + names}},
		{"other letter case", `{"Version":1,"version":1}`, []string{`line 1, column 2: unknown key "Version"; ` + names}},
		{"twice", `{"version":1,"version":1}`, []string{`line 1, column 14: "version" appears twice; keep one of them`}},
		{"rule twice", `{"version":1,"rules":{"service-platform":"audit","service-platform":"off"}}`,
			[]string{`line 1, column 50: "service-platform" appears twice; keep one of them`}},
		{"wrong kinds", `{"version":1,"$schema":1,"rules":[],"serviceRemedy":null,"exemptions":{}}`, []string{
			"line 1, column 24: $schema is 1; it must be a string",
			"line 1, column 34: rules is an array; it must be an object",
			"line 1, column 53: serviceRemedy is null; it must be alert, rollback or scale-to-zero",
			"line 1, column 71: exemptions is an object; it must be an array",
		}},
		{"unknown rule", `{"version":1,"rules":{"task-platform":"audit"}}`, []string{`line 1, column 23: unknown rule "task-platform"; ` + rules}},
		{"bad mode", `{"version":1,"rules":{"service-platform":"on"}}`, []string{`line 1, column 42: service-platform is "on"; it must be enforce, audit or off`}},
		{"mode of another kind", `{"version":1,"rules":{"service-platform":false}}`, []string{`line 1, column 42: service-platform is false; it must be enforce, audit or off`}},
		{"the setting", `{"version":1,"rules":{"fips-mode-default":"audit"}}`, []string{
			"line 1, column 23: fips-mode-default cannot be set: the mode of the account setting is the stack's parameter Mode",
		}},
		{"freezes of another kind", `{"version":1,"freezes":{}}`, []string{"line 1, column 24: freezes is an object; it must be an array"}},
		{"empty freeze", `{"version":1,"freezes":[{"rules":[]}]}`, []string{
			"line 1, column 25: the freeze has no reason",
			"line 1, column 25: the freeze has no approver",
			"line 1, column 25: the freeze has no expires",
			"line 1, column 34: rules is empty; leave it out to freeze all rules",
		}},
		{"freeze of the setting", `{"version":1,"freezes":[{"rules":["fips-mode-default"],"reason":"a","approver":"b","expires":"tomorrow"}]}`, []string{
			`line 1, column 35: the rule is "fips-mode-default"; it must be task-definition-platform, task-launch-platform, task-running-platform, service-platform, capacity-provider-fips, task-capacity-provider, service-capacity-provider, task-kernel-proof, task-exposed or launch-kernel`,
			`line 1, column 94: expires is "tomorrow"; ` + expiry,
		}},
		{"guard-policy", `{"version":1,"rules":{"guard-policy":"audit"}}`, []string{"line 1, column 23: guard-policy cannot be set: the guard always reports its own faults"}},
		{"bad remedy of exposures", `{"version":1,"exposureRemedy":"stop"}`, []string{`line 1, column 31: exposureRemedy is "stop"; it must be report, recycle or recycle-and-stop`}},
		{"bad remedy", `{"version":1,"serviceRemedy":"delete"}`, []string{`line 1, column 30: serviceRemedy is "delete"; it must be alert, rollback or scale-to-zero`}},
		{"exemption is no object", `{"version":1,"exemptions":["*"]}`, []string{`line 1, column 28: the exemption is "*"; it must be an object`}},
		{"empty exemption", `{"version":1,"exemptions":[{}]}`, []string{
			"line 1, column 28: the exemption has no resource",
			"line 1, column 28: the exemption has no reason",
			"line 1, column 28: the exemption has no approver",
			"line 1, column 28: the exemption has no expires",
		}},
		{"no expiry", exempting(",\n      \"expires\": \"2027-03-31\"", ""), []string{"line 4, column 5: the exemption has no expires"}},
		{"unknown key in exemption", exempting("approver", "approvedBy"), []string{
			"line 4, column 5: the exemption has no approver",
			`line 7, column 7: unknown key "approvedBy"; the exemption may have resource, reason, approver, expires`,
		}},
		{"pattern", exempting("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*", "*"), []string{
			`line 5, column 19: resource "*": it must be arn:aws-us-gov:ecs:REGION:ACCOUNT:TYPE/NAME, where REGION and ACCOUNT may be * and NAME may have * after its first character`,
		}},
		{"resource of another kind", exempting(`"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*"`, "{}"), []string{"line 5, column 19: resource is an object; it must be a string"}},
		{"blank reason", exempting("ticket 311", " "), []string{"line 6, column 17: reason is empty"}},
		{"long reason", exempting("ticket 311", strings.Repeat("é", 301)), []string{"line 6, column 17: reason has 301 characters; 300 are allowed"}},
		{"forged line", exempting("ticket 311", `x\nSeverity: INFO`), []string{`line 6, column 17: reason is "x\nSeverity: INFO"; it must be one line without control characters`}},
		{"turned text", exempting("jane.doe", "\u202eeod"), []string{`line 7, column 19: approver is "\u202eeod"; it must be one line without control characters`}},
		{"approver of another kind", exempting(`"jane.doe"`, `["jane"]`), []string{"line 7, column 19: approver is an array; it must be a string"}},
		{"expired", exempting("2027-03-31", "2026-09-30"), []string{"line 8, column 18: the exemption expired on 2026-09-30; renew it or take it out"}},
		{"expired this instant", exempting("2027-03-31", "2026-10-01T12:00:00Z"), []string{"line 8, column 18: the exemption expired on 2026-10-01T12:00:00Z; renew it or take it out"}},
		{"expiry in another form", exempting("2027-03-31", "31.03.2027"), []string{`line 8, column 18: expires is "31.03.2027"; ` + expiry}},
		{"no such day", exempting("2027-03-31", "2027-02-29"), []string{`line 8, column 18: expires is "2027-02-29"; ` + expiry}},
		{"time without a zone", exempting("2027-03-31", "2027-03-31T12:00:00"), []string{`line 8, column 18: expires is "2027-03-31T12:00:00"; ` + expiry}},
		{"time by half the letter", exempting("2027-03-31", "2027-03-31T9:00:00Z"), []string{`line 8, column 18: expires is "2027-03-31T9:00:00Z"; ` + expiry}},
		{"expiry null", exempting(`"2027-03-31"`, "null"), []string{"line 8, column 18: expires is null; " + expiry}},
		{"all at once, in order", "{\n \"exemptions\": [{}],\n \"serviceRemedy\": \"x\",\n \"version\": 0\n}", []string{
			"line 2, column 17: the exemption has no resource",
			"line 2, column 17: the exemption has no reason",
			"line 2, column 17: the exemption has no approver",
			"line 2, column 17: the exemption has no expires",
			`line 3, column 19: serviceRemedy is "x"; it must be alert, rollback or scale-to-zero`,
			"line 4, column 13: version is 0; this guard reads version 1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePolicy([]byte(c.document), now)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(strings.Join(c.want, "\n"), err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(guard.DefaultPolicy(), got); diff != "" {
				t.Errorf("something of a bad document holds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePolicyWithstandsHostileDocuments(t *testing.T) {
	many := func(n int, text string) string { return strings.Repeat(text, n) }
	for name, document := range map[string]string{
		"1 MB":              many(1<<20, " ") + `{"version":1}`,
		"1 MB of nesting":   many(1<<20, "["),
		"nesting":           many(60000, "["),
		"nested objects":    many(10000, `{"":`),
		"nested in a key":   `{"version":1,"x":` + many(5000, "[") + many(5000, "]") + `}`,
		"many repeats":      `{"version":1` + many(6000, `,"version":1`) + `}`,
		"many exemptions":   `{"version":1,"exemptions":[{}` + many(20000, `,{}`) + `]}`,
		"long unknown name": `{"version":1,"` + many(60000, "x") + `":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePolicy([]byte(document), now)
			var faults syntax.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error is %v", err)
			}
			if len(faults) > maxFaults+1 || len(err.Error()) > 200*(maxFaults+1) {
				t.Errorf("%d faults in %d bytes", len(faults), len(err.Error()))
			}
		})
	}
}

func TestFaultsAreBoundedAndCounted(t *testing.T) {
	for _, more := range []int{0, 1, 7} {
		document := "{\"version\":1" + strings.Repeat(",\n\"x\":1", maxFaults+more) + "}"
		_, faults := DeployedPolicy(document, guard.Enforce, now)
		if len(faults) != maxFaults+min(more, 1) {
			t.Fatalf("%d faults too many: %d reported", more, len(faults))
		}
		if more == 0 {
			continue
		}
		want := syntax.Fault{Position: syntax.Position{Line: maxFaults + 2, Column: 1}, Reason: fmt.Sprintf("more faults from here on: %d", more)}
		if diff := cmp.Diff(want, faults[maxFaults]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestDeployedPolicyNeverFailsOpen(t *testing.T) {
	relaxed := `{"version":1,"rules":{"task-definition-platform":"audit"}}`
	bad := `{"version":1,"rules":{"task-definition-platform":"audit"},"x":1}`
	for _, c := range []struct {
		name, document string
		mode           guard.PolicyMode
		want           guard.PolicyMode // of task-definition-platform
		faults         int
	}{
		{"no text", " ", guard.Enforce, guard.Off, 1},
		{"document", relaxed, guard.Enforce, guard.Audit, 0},
		{"document, audit", `{"version":1}`, guard.Audit, guard.Audit, 0},
		{"bad document", bad, guard.Enforce, guard.Off, 1},
		{"expired exemption", strings.Replace(exempting("2027-03-31", "2026-01-01"), `"version": 1`, relaxed[1:len(relaxed)-1], 1), guard.Enforce, guard.Audit, 0},
		{"expired exemption, else the defaults", exempting("2027-03-31", "2026-01-01"), guard.Enforce, guard.Enforce, 0},
		{"expired exemption in a bad document", strings.Replace(exempting("2027-03-31", "2026-01-01"), `"version": 1`, `"version": 2`, 1), guard.Enforce, guard.Off, 1},
		{"a mode nobody set", relaxed, guard.Off, guard.Audit, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy, faults := DeployedPolicy(c.document, c.mode, now)
			if len(faults) != c.faults {
				t.Errorf("faults: %v", faults)
			}
			if got := policy.Modes[guard.TaskDefinitionPlatform]; got != c.want {
				t.Errorf("mode %q, want %q", got, c.want)
			}
			if c.faults > 0 && (len(policy.Modes) > 0 || len(policy.Exemptions) > 0) {
				t.Error("something of a bad document holds")
			}
			if _, exempt := policy.Exempt("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:1", now); exempt {
				t.Error("an exemption holds that ended or was refused")
			}
		})
	}
}

// TestWithoutDocument: the setting is enforced, workloads are only reported.
func TestWithoutDocument(t *testing.T) {
	for mode, setting := range map[guard.PolicyMode]guard.PolicyMode{guard.Enforce: guard.Enforce, guard.Audit: guard.Audit, guard.Off: guard.Enforce} {
		p := WithoutDocument(mode, guard.DocumentUnread)
		if p.Modes[guard.FIPSModeDefault] != setting || p.Modes[guard.TaskDefinitionPlatform] != guard.Audit {
			t.Errorf("in mode %q: %v", mode, p.Modes)
		}
	}
}

// TestAnExpiredExemptionEndsAlone: what is beside it in the document holds.
func TestAnExpiredExemptionEndsAlone(t *testing.T) {
	other := `{"resource":"arn:aws-us-gov:ecs:*:*:task-definition/other:*","reason":"ticket 312","approver":"jane.doe","expires":"2027-03-31"}`
	document := strings.Replace(exempting("2027-03-31", "2026-01-01"), `"exemptions": [`, `"exemptions": [`+other+",", 1)
	policy, faults := DeployedPolicy(document, guard.Enforce, now)
	if len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	for family, want := range map[string]bool{"legacy": false, "other": true} {
		if _, exempt := policy.Exempt("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/"+family+":1", now); exempt != want {
			t.Errorf("%s is exempt: %t, want %t", family, exempt, want)
		}
	}
}

// Two readers of one process must not change each other's policy.
func TestPoliciesAreIndependent(t *testing.T) {
	first, _ := ParsePolicy(nil, now)
	first.Modes[guard.FIPSModeDefault] = guard.Off
	second, _ := ParsePolicy(nil, now)
	if second.Modes[guard.FIPSModeDefault] != guard.Enforce {
		t.Error("policies share their modes")
	}
}

func ExampleParsePolicy() {
	_, err := ParsePolicy([]byte("{\n  \"version\": 1,\n  \"serviceRemedy\": \"restart\"\n}"), now)
	fmt.Println(err)
	// Output: line 3, column 20: serviceRemedy is "restart"; it must be alert, rollback or scale-to-zero
}
