package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// pastLogs is a folder with two log files: FIPS mode was on, off for an hour, in
// which a task was launched, and on again.
func pastLogs(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	put := func(id, at, value string) string {
		return `{"eventID":"` + id + `","eventTime":"2026-11-20T` + at + `Z","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333",` +
			`"userIdentity":{"type":"AssumedRole","arn":"arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe"},"requestParameters":{"name":"fargateFIPSMode","value":"` + value + `"}}`
	}
	const launch = `{"eventID":"run","eventTime":"2026-11-20T09:30:00Z","eventSource":"ecs.amazonaws.com","eventName":"RunTask","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333",` +
		`"responseElements":{"tasks":[{"launchType":"FARGATE","taskDefinitionArn":"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7","group":"service:web"}]}}`
	const denied = `{"eventID":"no","eventTime":"2026-11-20T09:10:00Z","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333",` +
		`"userIdentity":{"type":"IAMUser","arn":"=cmd()"},"errorCode":"AccessDenied","requestParameters":null}`
	for name, records := range map[string][]string{
		"111122223333_CloudTrail_us-gov-west-1_20261120T0805Z_a.json.gz": {put("on", "08:00:00", "enabled")},
		"111122223333_CloudTrail_us-gov-west-1_20261120T1205Z_b.json.gz": {put("off", "09:00:00", "disabled"), launch, denied, put("again", "10:00:00", "enabled")},
	} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		w := gzip.NewWriter(file)
		if _, err := w.Write([]byte(`{"Records":[` + strings.Join(records, ",") + `]}`)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestAudit(t *testing.T) {
	t.Chdir(pastLogs(t))
	for _, c := range []struct {
		name string
		args []string
		code exitCode
		want string // in the output
		talk string // in the messages
	}{
		{"the sentence that an auditor wants", nil, 1, "Between 2026-11-20 08:00:00Z and 2026-11-20 11:05:00Z FIPS mode was off for 1 h in 1 period, by assumed-role/Admin/jane.doe; 1 task was launched meanwhile.", ""},
		{"what was launched", nil, 1, "1 × arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7  service:web", ""},
		{"who failed", nil, 1, "2026-11-20T09:10:00Z  PutAccountSettingDefault by =cmd(): AccessDenied", ""},
		{"the time since it was on again", []string{"--since", "2026-11-20T10:00:01Z"}, 0, "FIPS mode was on all the time", ""},
		{"a time that nothing is known of", []string{"--since", "2026-11-21"}, 2, "nothing is known", ""},
		{"another account", []string{"--account", "444455556666"}, 2, "nothing is known", ""},
		{"a plan", []string{"--plan"}, 0, "2 log files and 0 digests", ""},
		{"no time", []string{"--until", "yesterday"}, 2, "", `"yesterday" is no time`},
		{"keys that are not there", []string{"--public-keys", "absent"}, 2, "", "absent: no such file"},
		{"signatures that are none", []string{"--signatures", "111122223333_CloudTrail_us-gov-west-1_20261120T0805Z_a.json.gz"}, 2, "", "read signatures"},
		{"a path that is not there", []string{"absent"}, 2, "", "absent: no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, talk := fipsguard("", append([]string{"audit", "."}, c.args...)...)
			if code != c.code || !strings.Contains(out, c.want) || !strings.Contains(talk, c.talk) {
				t.Errorf("exit %d, want %d;\n%s\n%s\nwant %q %q", code, c.code, out, talk, c.want, c.talk)
			}
		})
	}
	if code, _, talk := fipsguard("", "audit"); code != 2 || !strings.Contains(talk, "no path is given") {
		t.Errorf("without a path: exit %d, %s", code, talk)
	}
}

func TestAuditForms(t *testing.T) {
	folder := pastLogs(t)
	page, index := filepath.Join(t.TempDir(), "audit.html"), filepath.Join(t.TempDir(), "index")
	var first string
	for range 2 { // the second time from the index
		code, out, talk := fipsguard("", "audit", "--format", "json", "--html", page, "--index", index, folder)
		if code != 1 || talk != "" {
			t.Fatalf("exit %d: %s", code, talk)
		}
		if first == "" {
			first = out
		}
		if out != first {
			t.Errorf("with the index the answer is\n%s\nnot\n%s", out, first)
		}
	}
	var answer struct {
		Schema  string
		Records *int
		Places  []struct{ LaunchesWhileOff int }
	}
	if err := json.Unmarshal([]byte(first), &answer); err != nil || answer.Schema != "fipsguard.audit/v1" || answer.Places[0].LaunchesWhileOff != 1 || *answer.Records != 5 {
		t.Errorf("%v, %+v", err, answer)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "was off for 1 h in 1 period") {
		t.Errorf("the page: %v", err)
	}
	_, out, _ := fipsguard("", "audit", "--format", "csv", folder)
	lines, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(lines) != 4 || strings.Join(lines[2][3:8], " ") != "2026-11-20T09:00:00Z 2026-11-20T10:00:00Z 3600 off set" {
		t.Errorf("%v, %v", err, lines)
	}
	if err := os.WriteFile(index, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := fipsguard("", "audit", "--index", index, folder); code != 2 || !strings.Contains(talk, "read the index") {
		t.Errorf("an index that is none: exit %d, %s", code, talk)
	}
}

func TestAuditOfTheStandardInput(t *testing.T) {
	const log = `{"Records":[{"eventID":"e","eventTime":"2026-11-20T09:00:00Z","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","awsRegion":"us-gov-west-1","recipientAccountId":"111122223333","requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}]}`
	if code, out, talk := fipsguard(log, "audit", "-"); code != 1 || !strings.Contains(out, "by unknown") {
		t.Errorf("exit %d: %s%s", code, out, talk)
	}
}

// TestAnAuditIsEvidence: its report is kept in all formats, signed with a key of
// KMS, verified by evidence verify as a scan's is, rendered anew, and caught when
// it was changed.
func TestAnAuditIsEvidence(t *testing.T) {
	s := verified(t)
	arn, key := signingKey(t, s)
	logs, dir := pastLogs(t), filepath.Join(t.TempDir(), "evidence")
	page := filepath.Join(t.TempDir(), "audit.html")
	if code, _, talk := fipsguard("", "audit", "--out", dir, "--sign-key", arn, "--html", page, logs); code != 1 || talk != "" {
		t.Fatalf("audit --out exits %d: %s", code, talk)
	}
	if code, out, talk := fipsguard("", "evidence", "verify", dir, "--key", key); code != 0 || !strings.HasPrefix(out, "WHOLE  1 report, 1 signed") || talk != "" {
		t.Errorf("evidence verify exits %d: %s\n%s", code, talk, out)
	}
	original := one(t, dir, "*.dsse.json")
	for format, ending := range map[string]string{"json": ".json", "html": ".html", "text": ".txt", "oscal": ".oscal.json", "fedramp": ".fedramp.json"} {
		want, err := os.ReadFile(strings.TrimSuffix(original, ".dsse.json") + ending)
		code, out, talk := fipsguard("", "evidence", "render", original, "--key", key, "--format", format)
		if err != nil || code != 0 || talk != "" || out != string(want) {
			t.Errorf("render %s exits %d: %s, %v", format, code, talk, err)
		}
		if !strings.Contains(out, s.People.Admin.CallerARN()) && (format == "json" || format == "text") {
			t.Errorf("%s does not say who audited", format)
		}
	}
	if alone, err := os.ReadFile(strings.TrimSuffix(original, ".dsse.json") + ".html"); err != nil {
		t.Error(err)
	} else if both, err := os.ReadFile(page); err != nil || string(both) != string(alone) {
		t.Errorf("the page of --html is another than that of --out: %v", err)
	}
	if code, out, talk := fipsguard("", "evidence", "summary", dir, "--key", key); code != 2 || !strings.Contains(talk, "no reports of scans") {
		t.Errorf("an audit counts among the scans of a year: exit %d: %s%s", code, talk, out)
	}
	data := one(t, dir, "*Z.json")
	text, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(data, []byte(strings.Replace(string(text), `"NON_COMPLIANT"`, `"COMPLIANT"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", dir, "--key", key); code != 1 || !strings.Contains(out, "it is not what the signed report makes") {
		t.Errorf("with a changed report it exits %d:\n%s", code, out)
	}
	for want, args := range map[string][]string{
		"--sign-key signs what --out writes": {"audit", "--sign-key", arn, logs},
		"it must be the ARN of a KMS key":    {"audit", "--sign-key", "alias/mine", "--out", dir, logs},
		"in all formats, not signed":         {"audit", "--out", t.TempDir(), logs},
	} {
		if _, _, talk := fipsguard("", args...); !strings.Contains(talk, want) {
			t.Errorf("%v says %q, want %q", args, talk, want)
		}
	}
}
