package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// Line is one thing that happened, in the words of a story.
type Line struct {
	Time    time.Time
	Kind    Kind
	Who     string // such as "Admin", "fipsguard"
	Session string // of a role
	What    string // the call's name, the alert's subject, …
	Detail  string // what matters of a call's parameters
	All     string // a call's parameters as JSON
	Error   string // why it failed
}

// Kind is what a line is about.
type Kind int

// The kinds of lines.
const (
	Done   Kind = iota // a call of someone who is not the guard
	Fixed              // a call of the guard that changes something
	Read               // a call of the guard that changes nothing
	Lost               // an event or message that could not be processed
	Sent               // an alert
	Report             // of a scan
	Again              // stands for lines that say the same
)

// The guard and who gets alerts, in stories.
const (
	guardName  = product.Name
	onCallName = "→ on-call"
)

// LineOf is an activity as a line: false for what a story leaves out, which is
// events, and what their deliveries repeat.
func LineOf(activity Activity) (Line, bool) {
	line := Line{Time: activity.Time}
	switch {
	case activity.Call != nil && isOwnWork(*activity.Call):
		return Line{}, false
	case activity.Call != nil:
		line.call(*activity.Call)
	case activity.Delivery != nil && activity.Delivery.Err != nil:
		line.Kind, line.Who = Lost, "EventBridge"
		line.What = fmt.Sprintf("attempt %d failed; Lambda tries again or gives the event up", activity.Delivery.Attempt)
		line.Error = activity.Delivery.Err.Error()
	case activity.Received != nil && activity.Received.Err != nil:
		line.Kind, line.Who = Lost, "SQS"
		line.What = fmt.Sprintf("attempt %d of %s failed; the message comes again or is given up",
			activity.Received.Receive, strings.TrimPrefix(activity.Received.Queue, product.Prefix))
		line.Error = activity.Received.Err.Error()
	case activity.Message != nil:
		line.Kind, line.Who, line.What = Sent, onCallName, activity.Message.Subject
	default:
		return Line{}, false
	}
	return line, true
}

// isOwnWork reports whether a call is of the guard and about nothing but its
// alerts and reports.
func isOwnWork(call localaws.Call) bool {
	if call.Operation == "ssm:GetParameter" && call.ErrorCode == "" {
		return isGuard(call.Principal) // of the policy
	}
	isFirst := call.ErrorCode == "NoSuchKey" // there is no state yet
	service, _, _ := strings.Cut(call.Operation, ":")
	return isGuard(call.Principal) && (call.ErrorCode == "" || isFirst) && slices.Contains([]string{"kms", "s3", "sns", "sqs"}, service)
}

func (l *Line) call(call localaws.Call) {
	service, name, _ := strings.Cut(call.Operation, ":")
	l.Who, l.Session, l.What, l.Error = call.Principal.Name(), call.Principal.Session, name, call.ErrorCode
	l.All, l.Detail = string(call.Parameters), essence(name, call.Parameters)
	if service != "ecs" {
		l.What = call.Operation
	}
	switch {
	case !isGuard(call.Principal):
		l.Kind = Done
	case readsOnly(call.Operation):
		l.Kind, l.Who, l.Session = Read, guardName, ""
	default:
		l.Kind, l.Who, l.Session = Fixed, guardName, ""
	}
}

func isGuard(p Principal) bool { return p.ARN == localaws.Everyone().Guard.ARN || isVerifier(p) }

func isVerifier(p Principal) bool { return p.ARN == localaws.Everyone().Verifier.ARN }

// readsOnly reports whether an operation changes nothing that matters to
// anyone; the session of ECS Exec is how a kernel is read.
func readsOnly(operation string) bool {
	_, name, _ := strings.Cut(operation, ":")
	for _, verb := range []string{"Describe", "List", "Get", "Lookup", "Execute", "TerminateSession"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// Lines are what happened, with each scan's report behind its last call. What
// others do meanwhile comes in any order. The enforcer's checks of each minute
// are left out where they found nothing.
func (r Result) Lines() []Line {
	after := map[int][]evidence.Document{} // by the call's place
	for _, report := range r.Reports {
		last := 0
		for i, activity := range r.Activities {
			if call := activity.Call; call != nil && isVerifier(call.Principal) && !isOwnWork(*call) && !activity.Time.After(report.Finished) {
				last = i
			}
		}
		after[last] = append(after[last], report)
	}
	var lines []Line
	for i, activity := range r.Activities {
		if line, ok := LineOf(activity); ok && !isCheck(r.Activities, i) {
			lines = append(lines, line)
		}
		for _, report := range after[i] {
			lines = append(lines, lineOfReport(activity.Time, report))
		}
	}
	return lines
}

// isCheck reports whether an activity is one of the enforcer's readings after
// which it had nothing to do: it comes each minute.
func isCheck(activities []Activity, i int) bool {
	ofEnforcer := func(a Activity) bool {
		return a.Call != nil && a.Call.Principal.ARN == localaws.Everyone().Guard.ARN
	}
	if !ofEnforcer(activities[i]) || activities[i].Call.Operation != "ecs:ListAccountSettings" || activities[i].Call.ErrorCode != "" {
		return false
	}
	for j, near := range activities {
		if d := near.Time.Sub(activities[i].Time).Abs(); j != i && d < time.Second && ofEnforcer(near) && changesSetting(near.Call.Operation) {
			return false
		}
	}
	return true
}

func lineOfReport(at time.Time, d evidence.Document) Line {
	k := d.Kernels
	return Line{
		Time: at, Kind: Report, Who: guardName, What: "scan: " + d.Status.String(),
		Detail: fmt.Sprintf("kernels: %d on, %d off, %d unknown", k.On, k.Off, k.CouldNotBeChecked+k.NotCheckedYet),
	}
}
