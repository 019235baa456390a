package alert

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
)

// forged begins a line that no alert of ours has.
const forged = "FORGED"

// TestHostileNamesInEveryField types what somebody else may have written into
// every text that a report has, wherever it is.
func TestHostileNamesInEveryField(t *testing.T) {
	results := []guard.Result{guard.Failed, guard.Unconfirmed, guard.RefusedByAWS, guard.RefusedByPolicy, guard.Answered, guard.Done}
	verdicts := []guard.Verdict{guard.NonCompliant, guard.InsufficientData, guard.Compliant}
	for _, text := range []string{
		"\n" + forged + ": yes", "\r\n" + forged, "\x1b[2J\x00\u0085", "\u202eevil\u2028" + forged, "\xff\xfe",
		strings.Repeat("<", 5000), strings.Repeat("\"\\", 3000), strings.Repeat("\U0001F600", 3000), strings.Repeat("\n"+forged, 1000),
		"';reboot;'", "--profile x", "",
	} {
		for i, rule := range append(allRules(), guard.RuleID(text)) {
			m := Render(hostileReport(t, text, i, rule, verdicts[i%len(verdicts)], results[i%len(results)]))
			if err := fault(m); err != nil {
				t.Fatalf("%.20q in a finding of rule %.20q: %v", text, rule, err)
			}
			for line := range strings.Lines(m.Text) {
				if strings.HasPrefix(strings.TrimSpace(line), forged) {
					t.Fatalf("%.20q in a finding of rule %.20q begins a line:\n%s", text, rule, m.Text)
				}
			}
		}
	}
}

func allRules() []guard.RuleID {
	var ids []guard.RuleID
	for _, r := range guard.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

// hostileReport has a finding about every kind of state, beginning with that of
// a number, and an outcome of every call.
func hostileReport(t *testing.T, text string, first int, rule guard.RuleID, verdict guard.Verdict, result guard.Result) guard.Report {
	t.Helper()
	var r guard.Report
	fill(t, reflect.ValueOf(&r).Elem(), text)
	r.Findings, r.Outcomes = nil, nil
	states := []guard.State{
		guard.Setting{Scope: guard.ScopeAccount}, guard.Setting{Scope: guard.ScopePrincipal}, guard.TaskDefinition{}, guard.Task{}, guard.Task{Group: "service:" + text},
		guard.Service{}, guard.CapacityProvider{}, guard.KernelCheck{}, guard.Exposure{}, guard.Component{}, guard.PolicyDocument{},
	}
	for i := range states {
		s := states[(first+i)%len(states)]
		state := reflect.New(reflect.TypeOf(s)).Elem()
		state.Set(reflect.ValueOf(s))
		fill(t, state, text)
		r.Findings = append(r.Findings, guard.Finding{
			Rule: rule, Subject: text, Verdict: verdict, Severity: guard.High, Reason: text, State: state.Interface().(guard.State),
		})
	}
	for _, c := range []guard.Call{
		guard.PutAccountSettingDefault{}, guard.PutAccountSetting{}, guard.DeregisterTaskDefinition{}, guard.StopTask{},
		guard.RollBackService{}, guard.ScaleServiceToZero{}, guard.ForceNewDeployment{}, nil,
	} {
		o := guard.Outcome{Result: result, Detail: text, At: at, Remediation: guard.Remediation{Rule: rule, Subject: text, Definition: text}}
		if c != nil {
			call := reflect.New(reflect.TypeOf(c)).Elem()
			fill(t, call, text)
			o.Remediation.Call = call.Interface().(guard.Call)
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

// fill writes a text into every text of a value. A kind of value that it does
// not know fails the test: it may hold one.
func fill(t *testing.T, v reflect.Value, text string) {
	t.Helper()
	switch kind := v.Kind(); {
	case kind == reflect.String:
		if !strings.HasPrefix(v.String(), "service:") {
			v.SetString(text)
		}
	case kind == reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(at))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), text)
		}
	case kind == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), text)
	case kind == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(t, v.Index(i), text)
		}
	case kind == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, text)
		fill(t, value, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case kind == reflect.Int, kind == reflect.Int64:
		v.SetInt(3)
	case kind == reflect.Interface: // states and calls: their makers fill them
	case kind == reflect.Bool, kind == reflect.Uint8:
	default:
		t.Fatalf("nobody typed a hostile name into a %s", v.Type())
	}
}
