package guard

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Canaries are the harmless calls with which a scan tries whether the enforcer
// receives events, of the last day.
type Canaries struct {
	Account  string
	Region   string
	Sent     []time.Time // what AWS accepted, the oldest first
	Received []Canary    // what the enforcer received, the oldest first
	Now      time.Time   // when it was read what was received
	Broken   []string    // what the self-check found wrong with what a canary passes through
	Unknown  string      // why it is unknown what was received, as the end of a sentence: "because …"
}

// Canary is one that the enforcer received.
type Canary struct {
	Sent    time.Time     // as CloudTrail recorded it, in whole seconds
	Latency time.Duration // from then until the enforcer had it
}

// CanaryPatience is how long a canary may take before the guard is taken for
// deaf: two scans, which come every hour give or take some minutes.
const CanaryPatience = 110 * time.Minute

// CanariesKept is for how long canaries are remembered.
const CanariesKept = 24 * time.Hour

// RecordedTo is how exact the time of a record is, by the guard's clock.
const RecordedTo = 5 * time.Second

// Subject is canary@ACCOUNT/REGION.
func (c Canaries) Subject() string {
	return "canary@" + orUnknown(c.Account) + "/" + orUnknown(c.Region)
}

// LastReceived is the last canary that the enforcer received; zero when there is
// none. Whoever reads what its way is made of need not doubt a part that it came
// through.
func (c Canaries) LastReceived() Canary {
	if len(c.Received) == 0 {
		return Canary{}
	}
	return slices.MaxFunc(c.Received, func(a, b Canary) int { return a.Sent.Compare(b.Sent) })
}

// Fresh reports whether a canary was received so lately that its way is open.
func (c Canaries) Fresh() bool {
	last := c.LastReceived()
	return !last.Sent.IsZero() && c.Now.Sub(last.Sent) < CanaryPatience
}

// seen is when the last one was received, or when it was read that none was.
func (c Canaries) seen() Seen {
	if last := c.LastReceived(); !c.deaf() && !last.Sent.IsZero() {
		return Seen{How: Received, At: last.Sent.Add(last.Latency)}
	}
	return Seen{How: Configured, At: c.Now}
}

// lost are those that were sent after the last one that was received.
func (c Canaries) lost() []time.Time {
	last := c.LastReceived().Sent
	var lost []time.Time
	for _, sent := range c.Sent {
		if sent.After(last.Add(RecordedTo)) {
			lost = append(lost, sent)
		}
	}
	return lost
}

// Due reports whether there is anything to say: one was received, or should have
// been by now, or nobody could read whether it was.
func (c Canaries) Due() bool { return c.Unknown != "" || len(c.Received) > 0 || c.deaf() }

func (c Canaries) deaf() bool {
	lost := c.lost()
	return len(lost) > 0 && c.Now.Sub(lost[0]) >= CanaryPatience
}

// GuardCanary is about whether the enforcer receives events.
const GuardCanary RuleID = "guard-canary"

func guardCanary() Rule {
	return Rule{
		ID:          GuardCanary,
		Group:       GroupComponents,
		Requirement: "The enforcer receives the canary that a scan sends every hour.",
		Why:         "The canary is a harmless call. It takes the way of every event: CloudTrail, EventBridge, the rule, its permission, the function.",
		Headlines:   headlines("The guard does not receive events", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SI4, CA7},
		Method:      Test,
		Evidence:    Log,
		Remedy:      always("Find the broken link in docs/canary.md, and deploy the guard's stack again. Until then only the check of each minute turns FIPS mode back on."),
	}
}

func checkCanaries(c Canaries) Finding {
	last := c.LastReceived()
	switch {
	case c.Unknown != "":
		return finding(GuardCanary, c, InsufficientData, fmt.Sprintf("What the enforcer received is unknown%s.", because(c.Unknown)))
	case c.deaf():
		lost := c.lost()
		reason := fmt.Sprintf("The enforcer received none of the %d canaries sent since %s", len(lost), lost[0].UTC().Format(time.RFC3339))
		if len(lost) == 1 {
			reason = fmt.Sprintf("The enforcer did not receive the canary sent at %s", lost[0].UTC().Format(time.RFC3339))
		}
		if !last.Sent.IsZero() {
			reason += fmt.Sprintf("; the last one it received was sent at %s", last.Sent.UTC().Format(time.RFC3339))
		}
		return finding(GuardCanary, c, NonCompliant, reason+". "+c.suspects())
	case last.Sent.IsZero():
		return finding(GuardCanary, c, InsufficientData, "No canary has been sent for long enough.")
	}
	median, worst := c.Latencies()
	return finding(GuardCanary, c, Compliant, fmt.Sprintf("The enforcer received the canary of %s after %s. Received in the last day: %d, after %s in the median and %s at worst.",
		last.Sent.UTC().Format(time.RFC3339), seconds(last.Latency), len(c.Received), seconds(median), seconds(worst)))
}

// suspects are the links that may be broken, as far as can be said from here.
func (c Canaries) suspects() string {
	if len(c.Broken) > 0 {
		return "The broken link may be: " + strings.Join(c.Broken, "; ") + "."
	}
	return "The self-check found no broken link. What it cannot check: the delivery from CloudTrail to EventBridge, and what the enforcer does with an event."
}

// Latencies are the median and the worst of what was received; zero without any.
func (c Canaries) Latencies() (median, worst time.Duration) {
	var all []time.Duration
	for _, r := range c.Received {
		all = append(all, r.Latency)
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[(len(all)-1)/2], all[len(all)-1]
}

// seconds is a latency as exact as the time of a record: "8 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second) }
