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

// past is a folder with two log files: FIPS mode was on, off for an hour, in
// which a task was launched, and on again.
func past(t *testing.T) string {
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
	t.Chdir(past(t))
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
	folder := past(t)
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
