package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/sanitize"
)

// Fact is a question about AWS that its documentation leaves open, with what AWS
// answered.
type Fact struct {
	Question Question  `json:"question"`
	Asked    string    `json:"asked"` // the call
	Answer   string    `json:"answer"`
	At       time.Time `json:"at"`
}

// Question is one of docs/live-checklist.md.
type Question string

// The questions that a drill answers.
const (
	askInactive  Question = "What DeregisterTaskDefinition answers for an INACTIVE revision"
	askOverride  Question = "How ECS refuses PutAccountSetting for another principal"
	askOwnTasks  Question = "Whether a role's override reaches the tasks that it launches"
	askARM       Question = "Whether an ARM64 or Windows task starts while FIPS mode is on"
	askOld       Question = "Whether a task can still be launched on platform version 1.3.0"
	askStopping  Question = "What StopTask answers for a task that is stopping or has stopped"
	askDeletion  Question = "Whether DeleteTaskDefinitions deletes what was deregistered a moment ago"
	askLatency   Question = "Time from the call to the event"
	askLookup    Question = "How late LookupEvents shows a call"
	askErrorCode Question = "errorCode in records of successful calls"
	askFilter    Question = "Whether SNS filter policies see message attributes with MessageStructure=json"
	askRaw       Question = "Whether raw message delivery hands over the sqs text of a message with MessageStructure=json"
	askPatterns  Question = "Whether EventBridge answers a rule's pattern as CloudFormation was given it"
)

// Questions are all that a drill can answer.
func Questions() []Question {
	return []Question{askInactive, askOverride, askOwnTasks, askARM, askOld, askStopping, askDeletion, askLatency, askLookup, askErrorCode, askFilter, askRaw, askPatterns}
}

func launchQuestion(architecture string) Question {
	if architecture == "ARM64" {
		return askARM
	}
	return askOld
}

// maxAnswer bounds an answer.
const maxAnswer = 500

func (r *run) fact(q Question, asked, answer string) {
	r.facts = append(r.facts, Fact{Question: q, Asked: asked, Answer: sanitize.Line(answer, maxAnswer), At: r.Now().UTC()})
}

// patience is how long a drill waits for the event history, after its steps.
const patience = 3 * time.Minute

// askHistory answers what the drill's own calls and alerts show.
func (r *run) askHistory(ctx context.Context) {
	r.askDelivery(ctx)
	r.Progress("waits for CloudTrail's event history")
	waited := r.Now()
	for {
		records := r.recorded(ctx, r.began)
		if ctx.Err() != nil {
			return
		}
		if len(records) > 0 {
			r.fact(askLookup, "cloudtrail:LookupEvents", fmt.Sprintf("%d calls of this drill are there; the newest was made %s before", len(records), r.Now().Sub(newest(records)).Round(time.Second)))
			r.fact(askErrorCode, "cloudtrail:LookupEvents", errorCodes(records))
			return
		}
		if r.Now().Sub(waited) >= patience {
			r.fact(askLookup, "cloudtrail:LookupEvents", fmt.Sprintf("none of this drill's calls %s after the first", r.Now().Sub(r.began).Round(time.Second)))
			return
		}
		r.note(r.Sleep(ctx, 10*pause))
	}
}

func newest(records []Record) time.Time {
	var last time.Time
	for _, r := range records {
		if r.At.After(last) {
			last = r.At
		}
	}
	return last
}

// errorCodes says whether records of calls that succeeded have a member errorCode.
func errorCodes(records []Record) string {
	with, null := 0, 0
	for _, r := range records {
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(r.JSON), &members) != nil {
			continue
		}
		switch code, ok := members["errorCode"]; {
		case ok && string(code) == "null":
			null++
		case ok:
			with++
		}
	}
	return fmt.Sprintf("of %d records, %d have an error code and %d have it as null", len(records), with, null)
}

// askDelivery answers how alerts came.
func (r *run) askDelivery(ctx context.Context) {
	if len(r.alerts) == 0 {
		return
	}
	r.fact(askRaw, "sqs:ReceiveMessage", fmt.Sprintf("yes: %d messages were the guard's JSON", len(r.alerts)))
	filtered, err := r.Account.Filtered(ctx)
	if err == nil {
		r.fact(askFilter, "sqs:ReceiveMessage", fmt.Sprintf("of %d alerts, %d came into the queue whose subscription filters by severity", len(r.alerts), filtered))
	}
	r.note(err)
}

// askTimes answers how long events took, as the guard's own times show.
func (r *run) askTimes(s *StepResult) {
	for _, o := range s.Alert.Outcomes {
		if at, err := time.Parse(time.RFC3339, o.At); err == nil && !s.Violated.IsZero() {
			r.fact(askLatency, "the alert's outcome", fmt.Sprintf("%s: the guard's call was answered %s after the violation", s.ID, at.Sub(s.Violated).Round(time.Second)))
			return
		}
	}
}
