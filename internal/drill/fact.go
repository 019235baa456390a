package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// The questions that only a drill answers.
const (
	askInactive  guard.Question = "What DeregisterTaskDefinition answers for an INACTIVE revision"
	askOverride  guard.Question = "How ECS refuses PutAccountSetting for another principal"
	askOwnTasks  guard.Question = "Whether a role's override reaches the tasks that it launches"
	askStopping  guard.Question = "What StopTask answers for a task that is stopping or has stopped"
	askDeletion  guard.Question = "Whether DeleteTaskDefinitions deletes what was deregistered a moment ago"
	askErrorCode guard.Question = "errorCode in records of successful calls"
	askFilter    guard.Question = "Whether SNS filter policies see message attributes with MessageStructure=json"
	askRaw       guard.Question = "Whether raw message delivery hands over the sqs text of a message with MessageStructure=json"
)

// Questions are all that a drill can answer.
func Questions() []guard.Question {
	return []guard.Question{askInactive, askOverride, askOwnTasks, guard.AskARM, guard.AskOld, askStopping, askDeletion, guard.AskLatency, guard.AskLookup, askErrorCode, askFilter, askRaw, guard.AskPatterns}
}

func launchQuestion(architecture string) guard.Question {
	if architecture == "ARM64" {
		return guard.AskARM
	}
	return guard.AskOld
}

// maxAnswer bounds an answer.
const maxAnswer = 500

func (r *run) fact(q guard.Question, asked, answer string) {
	r.facts = append(r.facts, guard.Fact{Question: q, Asked: asked, Answer: sanitize.Line(answer, maxAnswer), At: r.Now().UTC()})
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
			r.fact(guard.AskLookup, "cloudtrail:LookupEvents", fmt.Sprintf("it has %s of this drill; the newest was made %s before", grammar.Count(len(records), "call"), r.Now().Sub(newest(records)).Round(time.Second)))
			r.fact(askErrorCode, "cloudtrail:LookupEvents", errorCodes(records))
			return
		}
		if r.Now().Sub(waited) >= patience {
			r.fact(guard.AskLookup, "cloudtrail:LookupEvents", fmt.Sprintf("none of this drill's calls %s after the first", r.Now().Sub(r.began).Round(time.Second)))
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
	return fmt.Sprintf("of %s, %d with an error code, and %d with null in its place", grammar.Count(len(records), "record"), with, null)
}

// askDelivery answers how alerts came.
func (r *run) askDelivery(ctx context.Context) {
	if len(r.alerts) == 0 {
		return
	}
	r.fact(askRaw, "sqs:ReceiveMessage", fmt.Sprintf("yes: %s with the guard's JSON", grammar.Count(len(r.alerts), "message")))
	filtered, err := r.Account.Filtered(ctx)
	if err == nil {
		r.fact(askFilter, "sqs:ReceiveMessage", fmt.Sprintf("of %s, %d came into the queue whose subscription filters by severity", grammar.Count(len(r.alerts), "alert"), filtered))
	}
	r.note(err)
}

// askTimes answers how long events took, as the guard's own times show.
func (r *run) askTimes(s *StepResult) {
	if called := s.Called(); !called.IsZero() && !s.Violated.IsZero() {
		r.fact(guard.AskLatency, "the alert's outcome", fmt.Sprintf("%s: the guard's call was answered %s after the violation", s.ID, called.Sub(s.Violated).Round(time.Second)))
	}
}
