package scan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// Facts are what a scan can say to open questions about AWS by what it reads
// anyway: it makes no call for them.

// mostExamples bounds what is said to one question.
const mostExamples = 3

func (r run) fact(q guard.Question, asked, answer string) guard.Fact {
	return guard.Fact{Question: q, Asked: asked, Answer: answer, At: r.Now().UTC()}
}

// lookedUp says how late CloudTrail's event history has a call, by this scan's own
// canary. Events were read from some moment until now.
func (r run) lookedUp(sent []time.Time, events []guard.Event, from time.Time) []guard.Fact {
	if len(sent) == 0 || sent[len(sent)-1].Before(r.started) {
		return nil // this scan sent none
	}
	last := sent[len(sent)-1]
	there := func(canary time.Time) bool {
		return slices.ContainsFunc(events, func(e guard.Event) bool {
			return e.Cause.Canary && e.Cause.Time.Sub(canary).Abs() <= guard.RecordedTo
		})
	}
	if there(last) {
		return []guard.Fact{r.fact(guard.AskLookup, "cloudtrail:LookupEvents", "the canary of this scan was there at most "+rounded(r.Now().Sub(last))+" after the call")}
	}
	answer := "the canary of this scan was not there " + rounded(from.Sub(last)) + " after the call"
	for _, earlier := range slices.Backward(sent[:len(sent)-1]) {
		if there(earlier) {
			answer += "; one of an earlier scan was, " + rounded(from.Sub(earlier)) + " after it"
			break
		}
	}
	return []guard.Fact{r.fact(guard.AskLookup, "cloudtrail:LookupEvents", answer)}
}

func rounded(d time.Duration) string { return d.Round(time.Second).String() }

// flown says how long canaries took.
func (r run) flown(c guard.Canaries) []guard.Fact {
	if len(c.Received) == 0 {
		return nil
	}
	median, worst := c.Latencies()
	return []guard.Fact{r.fact(guard.AskLatency, "the enforcer's log", fmt.Sprintf("canaries received in the last day: %d, %s in the median, %s at worst", len(c.Received), rounded(median), rounded(worst)))}
}

// readBack says whether AWS answers what the stack deployed as it was deployed.
func (r run) readBack(components []guard.Component) []guard.Fact {
	var facts []guard.Fact
	for _, of := range []struct {
		rule     guard.RuleID
		question guard.Question
		asked    string
	}{
		{guard.GuardEvents, guard.AskPatterns, "events:DescribeRule"},
		{guard.GuardComponents, guard.AskResources, "the self-check's reads"},
	} {
		all, whole := 0, 0
		var others []string
		for _, c := range components {
			switch {
			case c.Rule != of.rule:
				continue
			case len(c.Faults) > 0:
				others = append(others, strings.Join(c.Faults, "; "))
			case c.Unknown != "":
				others = append(others, c.Name+" could not be read, because "+c.Unknown)
			default:
				whole++
			}
			all++
		}
		if all > 0 {
			answer := fmt.Sprintf("%d of %d are as they were deployed", whole, all)
			facts = append(facts, r.fact(of.question, of.asked, strings.Join(append([]string{answer}, others[:min(len(others), mostExamples)]...), ". ")))
		}
	}
	return facts
}

// launched says what became of a witness.
func (r run) launched(w guard.Witness) []guard.Fact {
	if w.Task == "" {
		return []guard.Fact{r.fact(guard.AskCluster, "ecs:RunTask", "no task: "+w.Unknown)}
	}
	read := w.Read
	if w.FIPS == guard.Unknown {
		read = "unknown, because " + w.Unknown
	}
	return []guard.Fact{r.fact(guard.AskCluster, "ecs:RunTask", "ECS launched the witness"), r.fact(guard.AskWitness, "ecs:DescribeTasks", read)}
}

// howSoon says what kernel a witness got that was launched soon after a change.
func (r run) howSoon(line guard.Timeline, w guard.Witness) []guard.Fact {
	last := line.Spans[len(line.Spans)-1]
	age := w.At.Sub(last.From)
	if w.FIPS == guard.Unknown || last.Cause.EventName == "" || age < 0 || age > time.Hour {
		return nil
	}
	return []guard.Fact{r.fact(guard.AskHowSoon, "ecs:RunTask of the witness", fmt.Sprintf("launched %s after FIPS mode was turned %s: %s", rounded(age), last.Mode, w.Read))}
}

// kernelFacts are what kernels, and the tasks on them, say.
func (r run) kernelFacts(lines []guard.Timeline, tasks []guard.Task, checks []guard.KernelCheck) []guard.Fact {
	return slices.Concat(r.asked(checks), r.moments(lines, checks), r.onManaged(checks), r.uncovered(lines[0], tasks))
}

// asked says what containers answered in this scan.
func (r run) asked(checks []guard.KernelCheck) []guard.Fact {
	asked, on, off, otherwise, why := 0, 0, 0, 0, ""
	for _, c := range checks {
		switch {
		case c.At.IsZero() || c.At.Before(r.started):
			continue
		case c.Proven():
			on++
		case c.Refuted():
			off++
		case c.Answer != "":
			otherwise++
		case why == "":
			why = ", the first because " + c.Unknown
		}
		asked++
	}
	if asked == 0 {
		return nil
	}
	return []guard.Fact{r.fact(guard.AskExec, "ecs:ExecuteCommand", fmt.Sprintf("%s asked: %d answered 1, %d answered 0, %d something else, %d nothing%s",
		grammar.Count(asked, "task"), on, off, otherwise, asked-on-off-otherwise, why))}
}

// moments are the tasks of Fargate between whose launch and start FIPS mode was
// turned on or off: their kernels tell which of these counts.
func (r run) moments(lines []guard.Timeline, checks []guard.KernelCheck) []guard.Fact {
	var facts []guard.Fact
	for _, c := range checks {
		created, pulled := lines[0].Surely(c.Task.Created), lines[0].Surely(c.Task.Pulled)
		known := created != guard.ModeUnknown && pulled != guard.ModeUnknown && (c.Proven() || c.Refuted())
		if !known || created == pulled || c.Task.Fargate != guard.Yes || guard.ExposureOf(c.Task, lines, false).Override != "" || len(facts) == mostExamples {
			continue
		}
		facts = append(facts, r.fact(guard.AskMoment, "ecs:DescribeTasks, ecs:ExecuteCommand", fmt.Sprintf(
			"a task was launched while FIPS mode was %s, and ECS pulled its images %s later, while it was %s: fips_enabled %s",
			created, rounded(c.Task.Pulled.Sub(c.Task.Created)), pulled, strings.TrimSpace(c.Answer))))
	}
	return facts
}

// switches are how ECS answers FIPS mode of capacity providers of Managed Instances.
func (r run) switches(providers []guard.CapacityProvider) []guard.Fact {
	on, off, omitted := 0, 0, 0
	for _, p := range providers {
		switch {
		case p.Managed != guard.Yes || p.FIPS == guard.ModeUnknown:
		case p.Omitted:
			omitted++
		case p.FIPS == guard.ModeOff:
			off++
		default:
			on++
		}
	}
	if on+off+omitted == 0 {
		return nil
	}
	return []guard.Fact{r.fact(guard.AskProviders, "ecs:DescribeCapacityProviders", fmt.Sprintf("fipsEnabled true: %d, false: %d, not answered: %d", on, off, omitted))}
}

// onManaged are the kernels of tasks on ECS Managed Instances, one example of each
// kind.
func (r run) onManaged(checks []guard.KernelCheck) []guard.Fact {
	var facts []guard.Fact
	said := map[string]bool{}
	for _, c := range checks {
		if !c.Task.OnManaged() || !c.Proven() && !c.Refuted() {
			continue
		}
		answer := fmt.Sprintf("on a capacity provider whose FIPS mode is %s: fips_enabled %s", c.Task.Providers[0].FIPS, strings.TrimSpace(c.Answer))
		if !said[answer] {
			said[answer] = true
			facts = append(facts, r.fact(guard.AskManaged, "ecs:ExecuteCommand", answer))
		}
	}
	return facts
}

// uncovered are tasks that run on a platform without FIPS mode though that was on
// when they were launched.
func (r run) uncovered(line guard.Timeline, tasks []guard.Task) []guard.Fact {
	var facts []guard.Fact
	said := map[guard.Question]bool{}
	for _, t := range tasks {
		question, what := guard.AskARM, t.Platform.OS+" / "+t.Platform.Architecture
		switch {
		case t.Fargate != guard.Yes || t.LastStatus != "RUNNING" || line.Surely(t.Created) != guard.ModeOn:
			continue
		case t.PlatformVersion == "1.3.0":
			question, what = guard.AskOld, "platform version 1.3.0"
		case t.Platform.Architecture != "ARM64" && !strings.HasPrefix(t.Platform.OS, "WINDOWS"):
			continue
		}
		if !said[question] {
			said[question] = true
			facts = append(facts, r.fact(question, "ecs:DescribeTasks", fmt.Sprintf("a task on %s that was launched while FIPS mode was on runs since %s", what, t.Created.UTC().Format(time.RFC3339))))
		}
	}
	return facts
}
