package simulation

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// Style is how a text stands out on a terminal.
type Style int

// The styles.
const (
	Plain Style = iota
	Strong
	Quiet
	Good
	Warning
	Bad
)

// Printer prints what happened in an account.
type Printer struct {
	Out   io.Writer
	Paint func(Style, string) string // gives a text a style, where there are any
	Clean func(string) string        // makes other people's text safe to print
}

// Timeline prints what happened, line by line, up to a number of lines.
func (p Printer) Timeline(activities []Activity, most int) {
	lines := 0
	for i, activity := range activities {
		text := p.Line(activity)
		if text == "" || isCheck(activities, i) {
			continue
		}
		lines++
		if lines > most {
			continue
		}
		fmt.Fprintf(p.Out, "  %s  %s\n", p.Paint(Quiet, sinceStart(activity.Time.Sub(activities[0].Time))), text)
	}
	if lines > most {
		fmt.Fprintf(p.Out, "  … and %d more lines\n", lines-most)
	}
}

// Alerts prints the alerts as people get them, up to a number of them.
func (p Printer) Alerts(activities []Activity, most int) {
	sent := alerts(activities)
	for i, m := range sent {
		if i == most {
			fmt.Fprintf(p.Out, "\n  … and %d more alerts\n", len(sent)-most)
			break
		}
		fmt.Fprintf(p.Out, "\n  %s\n", p.Paint(Strong, "Subject: "+p.Clean(m.Subject)))
		for line := range strings.Lines(m.For("email")) {
			fmt.Fprintf(p.Out, "  %s %s\n", p.Paint(Quiet, "│"), p.Clean(strings.TrimRight(line, "\n")))
		}
	}
}

// Report prints a report of the verifier as text, set off.
func (p Printer) Report(d evidence.Document) error {
	var text strings.Builder
	if err := format.WriteText(&text, d); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		fmt.Fprintf(p.Out, "  %s %s\n", p.Paint(Quiet, "│"), strings.TrimRight(line, "\n"))
	}
	fmt.Fprintln(p.Out)
	return nil
}

func sinceStart(d time.Duration) string {
	if d >= time.Second*10 {
		return fmt.Sprintf("%+9.0f s ", d.Seconds())
	}
	return fmt.Sprintf("%+9.1f ms", float64(d.Microseconds())/1000)
}

// Line is an activity in one line, or empty for what a timeline leaves out:
// events that no rule matched, and what their deliveries repeat.
func (p Printer) Line(activity Activity) string {
	switch {
	case activity.Call != nil && isHousekeeping(activity.Call.Operation):
		return ""
	case activity.Call != nil:
		call := activity.Call
		text := fmt.Sprintf("%-32s %s %s", p.who(call.Principal), call.Operation, shortened(p.Clean(string(call.Parameters))))
		if call.ErrorCode != "" {
			text += p.Paint(Bad, "  "+call.ErrorCode)
		}
		return text
	case activity.Delivery != nil && activity.Delivery.Err != nil:
		return p.Paint(Warning, fmt.Sprintf("%-32s attempt %d failed, Lambda tries again or dead-letters it", "EventBridge → enforcer", activity.Delivery.Attempt))
	case activity.Received != nil && activity.Received.Err != nil:
		return p.Paint(Warning, fmt.Sprintf("%-32s attempt %d failed, the message comes again or is dead-lettered", "SQS → "+strings.TrimPrefix(activity.Received.Queue, product.Prefix), activity.Received.Receive))
	case activity.Message != nil:
		return fmt.Sprintf("%-32s %s", "fipsguard → people", p.Paint(Strong, p.Clean(activity.Message.Subject)))
	}
	return ""
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

// isHousekeeping reports whether a call is about the guard's own evidence, memory
// and alerts.
func isHousekeeping(operation string) bool {
	service, _, _ := strings.Cut(operation, ":")
	return service == "sns" || service == "sqs" || service == "s3"
}

func (p Printer) who(caller localaws.Principal) string {
	if everyone := localaws.Everyone(); caller.ARN == everyone.Guard.ARN || caller.ARN == everyone.Verifier.ARN {
		return p.Paint(Good, fmt.Sprintf("%-32s", "fipsguard"))
	}
	name := caller.ARN[strings.LastIndexAny(caller.ARN, ":/")+1:]
	switch caller.Kind {
	case localaws.Root:
		return "root"
	case localaws.IAMUser:
		return "user " + name
	case localaws.AssumedRole:
		return "role " + name + "/" + caller.Session
	}
	return name
}

const maxParameters = 110

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxParameters {
		return string(runes[:maxParameters]) + "…"
	}
	return text
}
