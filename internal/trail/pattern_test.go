package trail

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"quamina.net/go/quamina"
)

// matcher is the patterns as EventBridge matches them.
func matcher(t *testing.T) func(event []byte) bool {
	t.Helper()
	q, err := quamina.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Patterns() {
		if err := q.AddPattern(p.Name, p.JSON); err != nil {
			t.Fatalf("pattern %s: %v", p.Name, err)
		}
	}
	return func(event []byte) bool {
		matches, err := q.MatchesForEvent(event)
		if err != nil {
			t.Fatalf("match: %v", err)
		}
		return len(matches) > 0
	}
}

// TestPatternsMissNothing: what is not delivered is not guarded, so every
// event that can hold a violation has to pass.
func TestPatternsMissNothing(t *testing.T) {
	passes := matcher(t)
	for name, data := range events(t) {
		event, err := Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		verdict := guard.Worst(guard.CheckAll(event.States))
		needed := verdict == guard.NonCompliant || verdict == guard.InsufficientData
		if !bytes.Contains(data, []byte(`"detail-type"`)) {
			continue // EventBridge delivers no bare records
		}
		if needed && !passes(data) {
			t.Errorf("%s is %s, and no rule lets it through", name, verdict)
		}
	}
}

// TestPatternsLetLittleElseThrough: what can never be a violation does not
// wake the enforcer.
func TestPatternsLetLittleElseThrough(t *testing.T) {
	passes := matcher(t)
	for _, name := range []string{"setting-call-denied", "other-service-twin", "other-event-type", "ecs-call-not-guarded",
		"definition-linux-x86", "definition-platform-left-out", "definition-failed", "change-stopped", "change-ec2-task"} {
		if passes(events(t)[name]) {
			t.Errorf("%s wakes the enforcer", name)
		}
	}
}

// TestDefinitionPatternsOverAllCombinations proves that the narrow patterns
// for task definitions miss no violation and no doubt, whatever the record
// shows and leaves out, and that a plain compliant one wakes nobody. Members
// keep the types of the API: a family is a text or null.
func TestDefinitionPatternsOverAllCombinations(t *testing.T) {
	passes := matcher(t)
	members := func(name string, values ...string) []string {
		all := []string{""}
		for _, v := range values {
			all = append(all, fmt.Sprintf("%q:%s", name, v))
		}
		return all
	}
	join := func(parts ...string) string {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		return "{" + strings.Join(parts, ",") + "}"
	}
	omitted := `{"omitted":"true","originalSize":"149893","reason":"requestParameters too large"}`
	quiet := 0
	for _, os := range members("operatingSystemFamily", `"LINUX"`, `"linux"`, `"WINDOWS_SERVER_2022_CORE"`, `""`, `null`) {
		for _, arch := range members("cpuArchitecture", `"X86_64"`, `"x86_64"`, `"ARM64"`, `""`, `null`) {
			for _, arn := range members("taskDefinitionArn", `"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7"`) {
				for _, compatibilities := range members("compatibilities", `["EC2","FARGATE"]`, `["EC2"]`, `[]`) {
					for _, requires := range members("requiresCompatibilities", `["FARGATE"]`, `["EC2"]`) {
						platform := `"runtimePlatform":` + join(os, arch)
						request := `"requestParameters":` + join(`"family":"web"`, platform, requires)
						response := `"responseElements":{"taskDefinition":` + join(arn, platform, compatibilities, requires) + `}`
						for _, body := range []string{
							request + "," + response,
							`"requestParameters":` + omitted + "," + response,
							request + `,"responseElements":` + omitted,
							`"requestParameters":null,"responseElements":null`,
							request,
						} {
							event := []byte(`{"version":"0","id":"1","detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","account":"111122223333",` +
								`"time":"2026-11-02T10:15:30Z","region":"us-gov-west-1","resources":[],"detail":{"eventSource":"ecs.amazonaws.com",` +
								`"eventName":"RegisterTaskDefinition","awsRegion":"us-gov-west-1","eventID":"1",` + body + `}}`)
							decoded, err := Decode(event)
							if err != nil {
								t.Fatalf("%s: %v", event, err)
							}
							verdict := guard.Worst(guard.CheckAll(decoded.States))
							delivered := passes(event)
							if !delivered && verdict != guard.Compliant && verdict != guard.NotApplicable {
								t.Errorf("%s is not delivered: %s", verdict, event)
							}
							if !delivered {
								quiet++
							}
						}
					}
				}
			}
		}
	}
	if quiet == 0 {
		t.Error("every registration wakes the enforcer")
	}
}
