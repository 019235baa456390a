package trail

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// athena is a row as Athena prints it for its table of CloudTrail logs: columns
// in lower case, structs without quotes.
const athena = `"eventversion","useridentity","eventtime","eventsource","eventname","awsregion","sourceipaddress","useragent","errorcode","errormessage","requestparameters","responseelements","eventid","readonly","resources","eventtype","recipientaccountid","region","timestamp"
"1.11","{type=AssumedRole, principalid=AROAEXAMPLE:jane.doe, arn=arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe, accountid=111122223333, invokedby=null, accesskeyid=ASIAEXAMPLE, username=null, sessioncontext={attributes={mfaauthenticated=true, creationdate=2026-01-05T10:00:00Z}, sessionissuer={type=Role, principalid=AROAEXAMPLE, arn=arn:aws-us-gov:iam::111122223333:role/team/Admin, accountid=111122223333, username=Admin}}}","2026-01-05T10:10:00Z","ecs.amazonaws.com","%s","us-gov-west-1","198.51.100.7","aws-cli/2.31.0",,,"%s","%s","a","false",,"AwsApiCall","111122223333","us-gov-west-1","2026/01/05"
`

// TestAthenaDecidesLikeTheRecord: who, when, and the verdict.
func TestAthenaDecidesLikeTheRecord(t *testing.T) {
	for _, c := range []struct {
		name, call, request, response string
		verdict                       guard.Verdict
	}{
		{"turned off", "PutAccountSettingDefault", `{""name"":""fargateFIPSMode"",""value"":""disabled""}`, `null`, guard.NonCompliant},
		{"turned on", "PutAccountSettingDefault", `{""name"":""fargateFIPSMode"",""value"":""enabled""}`, ``, guard.Compliant},
		{"another setting", "PutAccountSettingDefault", `{""name"":""containerInsights"",""value"":""disabled""}`, ``, guard.NotApplicable},
		{"parameters that cannot be read", "PutAccountSettingDefault", `{name=x=y}`, ``, guard.NotApplicable},
		{"parameters of two meanings", "PutAccountSettingDefault", `{name=fargateFIPSMode, value=enabled, value=disabled}`, ``, guard.InsufficientData},
		{"parameters that are cut off", "PutAccountSettingDefault", `{name=fargateFIPSMode, value=enab`, ``, guard.InsufficientData},
		{"no parameters", "PutAccountSettingDefault", ``, ``, guard.InsufficientData},
		{"an ARM64 definition", "RegisterTaskDefinition", `null`, `{""taskDefinition"":{""taskDefinitionArn"":""arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7"",""compatibilities"":[""FARGATE""],""runtimePlatform"":{""cpuArchitecture"":""ARM64""}}}`, guard.NonCompliant},
	} {
		for event, err := range Read(strings.NewReader(fmt.Sprintf(athena, c.call, c.request, c.response))) {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := guard.Worst(guard.CheckAll(event.States)); got != c.verdict {
				t.Errorf("%s: %s (%s), want %s", c.name, got, event.NotGuarded, c.verdict)
			}
			cause := event.Cause
			if cause.Actor.Name != "role Admin, session jane.doe" || cause.Actor.MFA != guard.Yes || cause.Account != "111122223333" ||
				cause.Region != "us-gov-west-1" || cause.EventID != "a" || cause.Time.IsZero() || cause.Actor.Tool != "the AWS CLI" {
				t.Errorf("%s: the cause is incomplete: %+v", c.name, cause)
			}
		}
	}
}

// TestLakePrintsMapsWithoutQuotes: and times with a space.
func TestLakePrintsMapsWithoutQuotes(t *testing.T) {
	const lake = `{"QueryStatus":"FINISHED","QueryStatistics":{"ResultsCount":1},"QueryResultRows":[[
	  {"eventID":"a"},{"eventTime":"2026-01-05 10:10:00.000"},{"eventSource":"ecs.amazonaws.com"},{"eventName":"PutAccountSetting"},{"awsRegion":"us-gov-west-1"},
	  {"recipientAccountId":"111122223333"},{"userIdentity":"{type=IAMUser, principalid=AIDA, arn=arn:aws-us-gov:iam::111122223333:user/team/bob, username=bob}"},
	  {"requestParameters":"{name=fargateFIPSMode, principalArn=arn:aws-us-gov:iam::111122223333:role/app, value=disabled}"},
	  {"responseElements":"{setting={\"name\":\"fargateFIPSMode\",\"value\":\"disabled\"}}"}]]}`
	n := 0
	for event, err := range Read(strings.NewReader(lake)) {
		n++
		if err != nil || len(event.States) != 1 {
			t.Fatalf("read %+v, error %v", event, err)
		}
		want := guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app", Mode: guard.ModeOff}
		if event.States[0] != want || event.Cause.Actor.Name != "user bob" || event.Cause.Time.IsZero() {
			t.Errorf("read %+v by %+v, want %+v by user bob", event.States[0], event.Cause, want)
		}
	}
	if n != 1 {
		t.Errorf("read %d events, want one", n)
	}
}

func TestEachRowStandsAlone(t *testing.T) {
	a, b := csvQuote(recordOf("a")), csvQuote("\n"+recordOf("b"))
	for name, c := range map[string]struct{ text, fault string }{
		"a row of too few columns": {"eventid,eventjson\nx," + a + "\nx\nx," + b, "line 3, column 1: a row of 1 column under 2 names"},
		"a row without a record":   {"eventjson\r\n" + a + "\r\nhello\r\n" + b + "\r\n", "line 3, column 1: a row without a record"},
		"a record that is wrong":   {"eventjson\n" + a + "\n{oops}\n" + b, "line 3, column 1: in the column eventjson: a record that cannot be read"},
		"an empty line":            {"eventjson\n" + a + "\n\n" + b + "\n", ""},
	} {
		ids, faults := collect(c.text)
		if !slices.Equal(ids, []string{"a", "b"}) || c.fault == "" && len(faults) > 0 || c.fault != "" && (len(faults) != 1 || !strings.HasPrefix(faults[0], c.fault)) {
			t.Errorf("%s: read %v, faults %q; want events a and b, and %q", name, ids, faults, c.fault)
		}
	}
}

func TestPrintedObjects(t *testing.T) {
	for text, want := range map[string]string{
		`{a=b}`:                            `{"a":"b"}`,
		`{a=b, c=null, d=}`:                `{"a":"b","c":null,"d":""}`,
		`{a={b={c=d}}, e=f}`:               `{"a":{"b":{"c":"d"}},"e":"f"}`,
		`{a=x,y=z, b=c}`:                   `{"a":"x,y=z","b":"c"}`,
		`{a=Doe, Jane, b=c}`:               `{"a":"Doe, Jane","b":"c"}`,
		`{a={"b":"}"}, c=[{"d":1}], e={}}`: `{"a":{"b":"}"},"c":[{"d":1}],"e":{}}`,
		`{a=[{b=c}, {b=d}]}`:               `{"a":[{"b":"c"},{"b":"d"}]}`,
		`{"a":"b"}`:                        `{"a":"b"}`,
		`{a=b`:                             ``,
		`{a=b}}`:                           ``,
		`{a}`:                              ``,
		`{=b}`:                             ``,
		`{a=b{c}`:                          ``,
		`{a=b, a=c}`:                       ``,
		`{a={"b":}`:                        ``,
		`null`:                             ``,
		``:                                 ``,
		strings.Repeat(`{a=`, 100):         ``,
	} {
		got, ok := printedObject(text)
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s is read as %s (%t), want %s", text, got, ok, want)
		}
	}
}

// FuzzPrinted: what is read is JSON, whatever is printed.
func FuzzPrinted(f *testing.F) {
	f.Add(`{type=AssumedRole, sessioncontext={attributes={mfaauthenticated=true}}, x={"a":[1]}, y=null}`)
	f.Fuzz(func(t *testing.T, text string) {
		if value, ok := printedObject(text); ok && (!value.IsValid() || value.Kind() != '{') {
			t.Errorf("%q is read as %s, which is no JSON object", text, value)
		}
	})
}

// FuzzTable: every row of a table that is written as CSV says is read once, in
// its order.
func FuzzTable(f *testing.F) {
	f.Add("a", "b\n\"c\"")
	f.Fuzz(func(t *testing.T, first, second string) {
		read := func(text string) (values []string, faults int) {
			in := table{window: newWindow(iotestOneByte{strings.NewReader(text)}), columns: []string{"c", "d"}, done: func() bool { return false }}
			in.fault = func(at syntax.Position, reason string) { faults++ }
			in.read(func(row map[string]string, at syntax.Position) { values = append(values, row["c"], row["d"]) })
			return values, faults
		}
		text := "c,d\n" + csvQuote(first) + ",x\n" + csvQuote(second) + ",y\n"
		want := []string{first, "x", second, "y"}
		for i := range want { // encoding/csv reads every kind of line break as \n
			want[i] = strings.ReplaceAll(want[i], "\r\n", "\n")
		}
		if values, faults := read(text); faults > 0 || !slices.Equal(values, want) {
			t.Errorf("%q is read as %q with %d faults, want %q", text, values, faults, want)
		}
		read("c,d\n" + first + second)
	})
}

// FuzzUTF16: what a program wrote comes back, and whatever comes, it ends.
func FuzzUTF16(f *testing.F) {
	f.Add([]byte("\xff\xfe{\x00\x3d\xd8\x00\xde}\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for range Read(bytes.NewReader(append([]byte("\xff\xfe"), data...))) {
		}
		for range Read(bytes.NewReader(append([]byte("\xfe\xff"), data...))) {
		}
	})
}
