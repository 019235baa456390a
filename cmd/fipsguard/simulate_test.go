package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/simulation"
)

// TestMoreScenariosThanAScreen: those that did not end as expected have a row
// each, wherever they stand; of the others, the last are folded.
func TestMoreScenariosThanAScreen(t *testing.T) {
	var out bytes.Buffer
	var all []simulation.Story
	o := newOverview(&terminal{out: &out, width: usualWidth}, 40)
	for n := range 40 {
		s := simulation.Story{
			Scenario: simulation.Scenario{Name: fmt.Sprintf("scenario-%d-with-a-long-name", n)},
			Result:   simulation.Result{Done: strings.Repeat("much ", 10), By: "someone", Outcome: "more than that may be", Took: 200 * time.Hour},
		}
		if n == 3 || n == 39 {
			s.Unmet = []string{"x"}
		}
		all = append(all, s)
		if err := o.tell(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.end(all); err != nil {
		t.Fatal(err)
	}
	holdsOnOneScreen(t, out.String())
	for _, want := range []string{"✗ scenario-3-with", "✗ scenario-39-w", "NOT as expected", "… 25 more, as expected: scenario-14", "38 of 40 scenarios ended as expected."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestEveryTimeHasFiveCharacters(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0s", 1304 * time.Millisecond: "1.3s", 99949 * time.Millisecond: "99.9s", 100 * time.Second: "2m", 66*time.Minute + 26*time.Second: "66m", 99 * time.Hour: "99h",
	} {
		if got := lasted(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestStoriesAsJSON(t *testing.T) {
	code, out, talk := fipsguard("", "simulate", "--format", "json", "default-off", "arm64")
	if code != 0 {
		t.Fatalf("exits %d: %s", code, talk)
	}
	var told struct {
		Ran, AsExpected int
		Scenarios       []struct {
			Name, Done, By, Outcome string
			Seconds                 float64
			Timeline                []struct {
				Time       time.Time
				Who, What  string
				Parameters struct{ Value string }
			}
			Alerts []struct{ Subject, Text string }
		}
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil {
		t.Fatal(err)
	}
	if told.Ran != 2 || told.AsExpected != 2 || len(told.Scenarios) != 2 {
		t.Fatalf("%d ran, %d as expected, %d are there", told.Ran, told.AsExpected, len(told.Scenarios))
	}
	s := told.Scenarios[0]
	if s.Done != "default off" || s.By != "admin" || s.Outcome != "back on" || s.Seconds < 1 || s.Seconds > 3 {
		t.Errorf("at a glance: %s by %s, %s after %f s", s.Done, s.By, s.Outcome, s.Seconds)
	}
	if first := s.Timeline[0]; first.Who != "Admin" || first.What != "PutAccountSettingDefault" || first.Parameters.Value != "disabled" {
		t.Errorf("it begins with %+v", first)
	}
	if len(s.Alerts) != 1 || !strings.Contains(s.Alerts[0].Text, "jane.doe") {
		t.Errorf("its alerts are %+v", s.Alerts)
	}
}

// TestNoTwoStoriesHaveAnEventInCommon: identifiers tell events apart, as in AWS.
func TestNoTwoStoriesHaveAnEventInCommon(t *testing.T) {
	_, out, _ := fipsguard("", "simulate", "-v", "default-off", "deleted", "arm64")
	seen := map[string]bool{}
	for line := range strings.Lines(out) {
		if _, id, ok := strings.Cut(line, "CloudTrail event "); ok {
			if seen[id] {
				t.Errorf("two stories have the event %s", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d events in three stories", len(seen))
	}
}

func TestStoriesAsAPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "stories.html")
	report := filepath.Join(t.TempDir(), "report.html")
	if code, _, talk := fipsguard("", "simulate", "lost-event", "default-off", "--html", file, "--report", report); code != 0 {
		t.Fatalf("exits %d: %s", code, talk)
	}
	for name, want := range map[string]string{file: "2 of 2 scenarios ended as expected", report: "Violations found"} {
		page, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q: %v", want, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left on device")}
}

// TestOutputThatCannotBeWrittenIsAnError, of every command.
func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range [][]string{
		{"--help"}, {"version"}, {"simulate", "default-off"}, {"simulate", "--list"}, {"simulate", "--format", "json", "arm64"},
		{"simulate", "--serve", "127.0.0.1:0"}, {"explain", events + "setting-default-off.json"},
	} {
		var talk bytes.Buffer
		code := run(args, &terminal{in: strings.NewReader(""), out: full{}, err: &talk, width: usualWidth})
		if code != exitUnreadable || talk.String() != "fipsguard: write the output: no space left on device\n" {
			t.Errorf("%v exits %d and says %s", args, code, talk.String())
		}
	}
}
