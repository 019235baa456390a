package main

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/sanitize"
)

// printTimeline prints what happened, line by line, and alerts as people get
// them. More alerts than a few are counted.
func printTimeline(t *terminal, happened []localaws.Happening) {
	if len(happened) == 0 {
		return
	}
	start := happened[0].Time
	lines := 0
	for _, h := range happened {
		text := happeningText(t, h)
		if text == "" {
			continue
		}
		lines++
		if lines > maxLines {
			continue
		}
		fmt.Fprintf(t.out, "  %s  %s\n", t.paint(dim, sinceStart(h.Time.Sub(start))), text)
	}
	if lines > maxLines {
		fmt.Fprintf(t.out, "  … and %d more lines\n", lines-maxLines)
	}
	for i, m := range alerts(happened) {
		if i == maxAlerts {
			fmt.Fprintf(t.out, "\n  … and %d more alerts\n", len(alerts(happened))-maxAlerts)
			break
		}
		fmt.Fprintf(t.out, "\n  %s\n", t.paint(bold, "Subject: "+sanitize.Terminal(m.Subject)))
		for line := range strings.Lines(m.For("email")) {
			fmt.Fprintf(t.out, "  %s %s\n", t.paint(dim, "│"), sanitize.Terminal(strings.TrimRight(line, "\n")))
		}
	}
	fmt.Fprintln(t.out)
}

const (
	maxLines  = 24
	maxAlerts = 2
)

func sinceStart(d time.Duration) string {
	if d >= time.Second*10 {
		return fmt.Sprintf("%+9.0f s ", d.Seconds())
	}
	return fmt.Sprintf("%+9.1f ms", float64(d.Microseconds())/1000)
}

// happeningText is one line, or empty for what a timeline leaves out: events
// that no rule matched, and what their deliveries repeat.
func happeningText(t *terminal, h localaws.Happening) string {
	switch {
	case h.Call != nil && h.Call.Operation == "sns:Publish":
		return ""
	case h.Call != nil:
		text := fmt.Sprintf("%-32s %s %s", who(t, h.Call.Principal), h.Call.Operation, shortened(sanitize.Terminal(string(h.Call.Parameters))))
		if h.Call.ErrorCode != "" {
			text += t.paint(red, "  "+h.Call.ErrorCode)
		}
		return text
	case h.Delivery != nil && h.Delivery.Err != nil:
		return t.paint(yellow, fmt.Sprintf("%-32s attempt %d failed, Lambda tries again or dead-letters it", "EventBridge → enforcer", h.Delivery.Attempt))
	case h.Message != nil:
		return fmt.Sprintf("%-32s %s", "fipsguard → people", t.paint(bold, sanitize.Terminal(h.Message.Subject)))
	}
	return ""
}

func who(t *terminal, p localaws.Principal) string {
	if p.ARN == localaws.Everyone().Guard.ARN {
		return t.paint(green, fmt.Sprintf("%-32s", "fipsguard"))
	}
	name := p.ARN[strings.LastIndexAny(p.ARN, ":/")+1:]
	switch p.Kind {
	case localaws.Root:
		return "root"
	case localaws.IAMUser:
		return "user " + name
	case localaws.AssumedRole:
		return "role " + name + "/" + p.Session
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

// printReport prints a report of the verifier as text, set off.
func printReport(t *terminal, d evidence.Document) error {
	var text strings.Builder
	if err := evidence.WriteText(&text, d); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		fmt.Fprintf(t.out, "  %s %s\n", t.paint(dim, "│"), strings.TrimRight(line, "\n"))
	}
	fmt.Fprintln(t.out)
	return nil
}
