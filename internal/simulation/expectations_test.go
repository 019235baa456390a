package simulation

import (
	"strings"
	"testing"
)

// story has everything in it that can be expected of.
const story = `Everything that can be expected of.

The policy enforces task-exposed.
The policy lets the guard redeploy services with exposed tasks and stop other exposed tasks.

AWS throttles the next 90 PutAccountSetting calls of the guard.
The application turns FIPS mode off for itself.
AWS throttles the next PutAccountSettingDefault call of the guard.
The administrator turns the account default off.
The pipeline registers the ARM64 task definition reports.
The pipeline registers the task definition web.
The pipeline runs a task of web with ECS Exec.
Five minutes pass.
The verifier scans the account.
`

// TestEveryExpectationCanFail expects what is not so, and in the same words
// what is.
func TestEveryExpectationCanFail(t *testing.T) {
	if testing.Short() {
		t.Skip("-short does not play each scenario once for each of its expectations")
	}
	cases := []struct{ wrong, instead, right string }{
		{"Expect the account default to be off.", "it is enabled", "Expect the account default to be on."},
		{"Expect FIPS mode to be on for the application.", "it is disabled", "Expect FIPS mode to be off for the application."},
		{"Expect the guard to have fixed the setting twice.", "the count is 1", "Expect the guard to have fixed the setting once."},
		{"Expect no alerts.", "there are 4, of 4 alerts in all, [CRITICAL] FIPS mode was turned off for one principal", "Expect four alerts."},
		{"Expect two CRITICAL alerts.", "there are 3, of 4 alerts in all", "Expect three CRITICAL alerts."},
		{`Expect two alerts that say "user terraform-ci".`, "there are 1, of 4 alerts in all", `Expect one alert that says "user terraform-ci".`},
		{"Expect no event in the dead-letter queue.", "the count is 1", "Expect at least one event in the dead-letter queue."},
		{"Expect one event in the dead-letter queue after two attempts.", "one is there after 3 attempts", "Expect one event in the dead-letter queue after three attempts."},
		{"Expect the task definition reports:1 to be active.", "it is INACTIVE", "Expect the task definition reports:1 to be deregistered."},
		{"Expect the task definition web:1 to be deregistered.", "it is ACTIVE", "Expect the task definition web:1 to be active."},
		{"Expect two throttled PutAccountSettingDefault calls of the guard.", "the count is 1", "Expect one throttled PutAccountSettingDefault call of the guard."},
		{`Expect one successful RunTask call of the pipeline that says "reports".`, "the count is 0", `Expect one successful RunTask call of the pipeline that says "web".`},
		{"Expect no task to have started.", "the count is 1", "Expect between one and two tasks to have started."},
		{"Expect two tasks to have run.", "the count is 1", "Expect at most one task to have run."},
		{"Expect no task to go on.", "the count is 1", "Expect one task to go on."},
		{"Expect one scan.", "the count is 2", "Expect two scans."},
		{"Expect the scan to report COMPLIANT.", "it reports NON_COMPLIANT", "Expect the scan to report NON_COMPLIANT."},
		{"Expect the scan to find FIPS mode on in no kernel.", "the count is 1", "Expect the scan to find FIPS mode on in one kernel."},
		{"Expect the scan to find FIPS mode off in one kernel.", "the count is 0", "Expect the scan to find FIPS mode off in no kernel."},
		{"Expect the scan to find one kernel that could not be checked.", "the count is 0", "Expect the scan to find no kernel that could not be checked."},
		{"Expect the scan to leave one kernel unchecked.", "the count is 0", "Expect the scan to leave no kernel unchecked."},
		{"Expect the scan to find one exposed task.", "the count is 0", "Expect the scan to find no exposed task."},
		{"Expect the guard to have read the setting back.", "", "Expect the guard to have read the setting back."},
	}
	text := story
	for _, c := range cases {
		text += c.wrong + "\n" + c.right + "\n"
	}
	s, err := parse("story.txt", text+"At a glance: all; by all; tried; [time taken].\nIn the end: all was tried.")
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Run(t.Context(), Options{Now: standing})
	if err != nil {
		t.Fatal(err)
	}
	unmet := map[string]string{}
	for _, line := range result.Unmet {
		_, said, _ := strings.Cut(line, ": ")
		text, instead, _ := strings.Cut(said, " Instead, ")
		unmet[text] = instead
	}
	for _, c := range cases {
		if c.wrong != c.right && !strings.HasPrefix(unmet[c.wrong], c.instead) || c.instead != "" && unmet[c.wrong] == "" {
			t.Errorf("%s Instead, %q, want %q", c.wrong, unmet[c.wrong], c.instead)
		}
		if instead := unmet[c.right]; instead != "" {
			t.Errorf("%s Instead, %s", c.right, instead)
		}
	}
	for _, known := range sentences() {
		tried := false
		for _, step := range s.steps {
			tried = tried || step.sentence.form == known.form
		}
		if known.expect != nil && !tried {
			t.Errorf("no test expects what is not so with %q", known.form)
		}
	}
}
