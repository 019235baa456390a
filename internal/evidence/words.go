package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// Summary is a document in a sentence or two.
func Summary(d Document) string {
	if d.Past != nil {
		return d.Past.Words
	}
	k, r := d.Kernels, d.Results
	text := fmt.Sprintf("%s%s: %d with FIPS on and %d with FIPS off (confirmed by kernel), %d could not be checked, %d not checked yet%s. %s%s, %s.",
		grammar.Count(k.On+k.Off+k.CouldNotBeChecked+k.NotCheckedYet+k.NotExamined, "running task"), managed(d.Tasks),
		k.On, k.Off, k.CouldNotBeChecked, k.NotCheckedYet, unasked(k.NotExamined), starting(k.Starting),
		violations(r), grammar.Count(r.InsufficientData, "unknown result"))
	if d.Interrupted != "" {
		text = d.Interrupted + " " + text
	}
	if len(d.Timelines) > 0 && len(d.Timelines[0].Spans) > 0 {
		account := d.Timelines[0]
		text += fmt.Sprintf(" Since %s Fargate's FIPS mode in the account was %s.", account.Spans[0].From.Format(time.RFC3339), account.Words())
	}
	if skipped := notExamined(d); len(skipped) > 0 {
		text += " Not examined: " + strings.Join(skipped, ", ") + "."
	}
	if !d.Scope.All {
		text += " " + OnlySome(d.Scope) + "."
	}
	return text
}

// managed says how many of the tasks are on ECS Managed Instances, if any are.
func managed(tasks []Task) string {
	n := 0
	for _, t := range tasks {
		if t.OnManaged() && t.Kernel.Result != NotInScope && t.Kernel.Result != NotRunningYet {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d on Managed Instances)", n)
}

func unasked(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d not examined", n)
}

func starting(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s not asked yet. ", grammar.Count(n, "starting task"))
}

func violations(r Results) string {
	text := grammar.Count(r.NonCompliant, "violation")
	if r.Fixed > 0 {
		text += fmt.Sprintf(" (%d fixed in this scan)", r.Fixed)
	}
	return text
}

// notExamined is what a scan did not look into, in words.
func notExamined(d Document) []string {
	var skipped []string
	for _, c := range d.Claims {
		what := string(c.Rule)
		switch rule := d.Rule(c.Rule); rule.Group {
		case guard.GroupComponents, guard.GroupPolicy:
			what = "the guard itself"
			if rule.ID == guard.GuardCanary && !slices.Contains(skipped, what) {
				what = "the canary"
			}
		case guard.GroupKernel:
			if rule.ID == guard.TaskKernelProof {
				what = "kernels"
			}
			if rule.ID == guard.LaunchKernel {
				what = "the kernel of new tasks"
			}
		case guard.GroupSetting, guard.GroupPlatform, guard.GroupManaged:
		}
		if c.Result == NotExamined && !slices.Contains(skipped, what) {
			skipped = append(skipped, what)
		}
	}
	return skipped
}

// OnlySome says how much a scan of some clusters covered.
func OnlySome(s Scope) string {
	n := grammar.Count(len(s.Clusters), "cluster")
	if len(s.Clusters) == 1 {
		return "Only " + n + " was scanned"
	}
	return "Only " + n + " were scanned"
}

// maxCallers bounds the names in a sentence; the report has all.
const maxCallers = 3

// Words sum a timeline up: "off 3 times, 2 h in all, by …; unknown for 4 d".
func (t Timeline) Words() string {
	text := "never off"
	whole := Lasted(time.Duration(t.Sum.OffSeconds) * time.Second)
	switch n := t.Sum.OffTimes; {
	case n == 1:
		text = "off once, for " + whole
	case n > 1:
		text = fmt.Sprintf("off %d times, %s in all", n, whole)
	}
	var callers []string
	for _, c := range t.Sum.TurnedOffBy[:min(len(t.Sum.TurnedOffBy), maxCallers)] {
		callers = append(callers, fmt.Sprintf("%s (%s)", cmp.Or(Name(c.Name), "someone unknown"), grammar.Count(c.Calls, "call")))
	}
	if more := len(t.Sum.TurnedOffBy) - maxCallers; more > 0 {
		callers = append(callers, fmt.Sprintf("%d more", more))
	}
	if len(callers) > 0 {
		text += ", by " + strings.Join(callers, ", ")
	}
	if n := t.Sum.UnknownSeconds; n > 0 {
		text += "; unknown for " + Lasted(time.Duration(n)*time.Second)
	}
	return text
}

// Lasted is a duration as people say it: its two largest units.
func Lasted(d time.Duration) string {
	units := []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	var parts []string
	for _, u := range units {
		if n := d / u.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.size
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "under 1 s"
	}
	return strings.Join(parts, " ")
}

// maxName bounds a foreign text: ECS's names have at most 255 characters, IAM's
// longest ARN about 620.
const maxName = 700

// Name is a foreign text as people read it: without characters that could
// turn the line around or hide in it, and of a length that a person can read.
func Name(text string) string { return sanitize.Cut(sanitize.Printable(text), maxName) }
