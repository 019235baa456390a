package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"fipsguard/internal/drill"
	"fipsguard/internal/evidence"
)

// plannedStep is a step of a plan, as JSON.
type plannedStep struct {
	Step    drill.StepID  `json:"step"`
	Breaks  string        `json:"breaks"`
	Expects string        `json:"expects"`
	Within  float64       `json:"withinSeconds"`
	CleanUp string        `json:"cleanUp"`
	Worst   string        `json:"worst"`
	Calls   []plannedCall `json:"calls"`
}

type plannedCall struct {
	Action    string                       `json:"action"`
	By        drill.Caller                 `json:"by"`
	On        string                       `json:"on"`
	Condition map[string]map[string]string `json:"condition,omitempty"`
	Why       string                       `json:"why"`
	Writes    bool                         `json:"writes"`
	Implied   bool                         `json:"permissionOnly"`
}

// writePlan prints what a drill with these options would do.
func writePlan(out io.Writer, o drill.Options, format string) error {
	plan := drill.PlanOf(o)
	if format == "json" {
		return planJSON(out, plan)
	}
	var b strings.Builder
	b.WriteString("The drill makes these calls, and no others; w marks those that change something. It changes nothing yet: this is the plan.\n")
	for _, s := range plan.Steps {
		fmt.Fprintf(&b, "\n%s: %s\n  expected   %s, within %s\n  cleans up  %s\n  at worst   %s\n", s.ID, s.Breaks, s.Expects, evidence.Lasted(s.Within), s.CleanUp, s.Worst)
		writeCalls(&b, s.Calls)
	}
	b.WriteString("\nfor all steps:\n")
	writeCalls(&b, plan.Common)
	if left := leftOut(plan); len(left) > 0 {
		b.WriteString("\nSteps that need more: " + strings.Join(left, "; ") + ".\n")
	}
	b.WriteString("\n" + drill.NotTried + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// leftOut are the steps that the options did not choose.
func leftOut(plan drill.Plan) []string {
	var left []string
	for _, s := range drill.Steps() {
		if !slices.ContainsFunc(plan.Steps, func(chosen drill.Step) bool { return chosen.ID == s.ID }) {
			left = append(left, string(s.ID)+" ("+s.Needs+")")
		}
	}
	return left
}

func writeCalls(b *strings.Builder, calls []drill.Call) {
	for _, c := range calls {
		mark := " "
		if c.Writes {
			mark = "w"
		}
		on := c.On
		if condition := c.If(); condition != "" {
			on += ", if " + condition
		}
		note := ""
		if c.Implied {
			note = " (a permission, no call)"
		}
		fmt.Fprintf(b, "  %s %-32s by %-16s on %s: %s%s\n", mark, c.Action, c.By, on, c.Why, note)
	}
}

func planJSON(out io.Writer, plan drill.Plan) error {
	all := []plannedStep{{Step: "every step", Calls: callsAsPlanned(plan.Common)}}
	for _, s := range plan.Steps {
		all = append(all, plannedStep{s.ID, s.Breaks, s.Expects, s.Within.Seconds(), s.CleanUp, s.Worst, callsAsPlanned(s.Calls)})
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

func callsAsPlanned(calls []drill.Call) []plannedCall {
	var all []plannedCall
	for _, c := range calls {
		all = append(all, plannedCall(c))
	}
	return all
}
