package evidence

import (
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// Past is what an audit's report rests on: CloudTrail's log files.
type Past struct {
	From     *time.Time `json:"from"` // of the time that it answers for; null when there is none
	Until    *time.Time `json:"until"`
	Words    string     `json:"words"` // the answer in a few sentences
	Logs     Logs       `json:"logs"`
	Trust    Trust      `json:"trust"`
	Attempts []Attempt  `json:"attempts"` // calls on account settings that failed
}

// Logs are the files of the whole audit, which may be about other accounts and
// Regions, too.
type Logs struct {
	Read    int      `json:"read"`
	Skipped int      `json:"skipped"`
	Bytes   int64    `json:"bytes"`  // uncompressed, of those that were read
	Faulty  []Faulty `json:"faulty"` // those of this account and Region, and those whose names do not say
}

// Faulty is a file that could not be used as a whole.
type Faulty struct {
	Path  string `json:"path"`
	Fault string `json:"fault"`
}

// Trust is how far CloudTrail's signatures vouch for the log files.
type Trust struct {
	VouchedHours   int `json:"vouchedHours"`
	UnvouchedHours int `json:"unvouchedHours"`
	AlteredFiles   int `json:"alteredFiles"`
	MissingFiles   int `json:"missingFiles"`
}

// Attempt is a call that failed. Which setting was meant is not recorded.
type Attempt struct {
	At      time.Time `json:"at"`
	API     string    `json:"api"`
	By      string    `json:"by"`
	EventID string    `json:"eventID"`
	Failure string    `json:"failure"`
}

// TrailVouched is the rule of an audit's claim about the log files themselves. No
// scan checks it.
const TrailVouched guard.RuleID = "trail-vouched"

// NewPast makes the report of an audit of one account and Region, from claims
// about a time that is over. It is pure.
func NewPast(about About, of guard.Location, rules []guard.Rule, claims []Claim, timelines []guard.Timeline, past Past) Document {
	d := Document{
		Schema: Schema, ID: ID(of.Account, of.Region, about.Started), Account: of.Account, Region: of.Region,
		Started: about.Started.UTC(), Finished: about.Finished.UTC(), Why: about.Why,
		Scope: Scope{Clusters: []string{}}, Cycle: cycleOf(guard.ClassC), Collector: about.Collector, Tool: about.Tool, Chain: about.Chain,
		Timelines: []Timeline{}, Tasks: []Task{}, Rules: []Rule{}, Claims: claims, Outcomes: []Outcome{}, Limits: pastLimits(), Past: &past,
	}
	d.Cycle.Keeps = "What an audit says is about a time that is over: nothing in it is renewed."
	d.countAndSort()
	d.Status = d.worst()
	for _, c := range claims {
		d.Severity = max(d.Severity, c.Severity)
	}
	for _, rule := range rules {
		if slices.ContainsFunc(claims, func(c Claim) bool { return c.Rule == rule.ID }) {
			d.Rules = append(d.Rules, ruleOf(rule))
		}
	}
	for _, line := range timelines {
		d.Timelines = append(d.Timelines, timeline(line, nil))
	}
	return d
}

// worst is the status of claims that nothing was fixed of.
func (d *Document) worst() guard.Verdict {
	switch r := d.Results; {
	case r.NonCompliant > 0:
		return guard.NonCompliant
	case r.InsufficientData > 0 || r.Compliant == 0:
		return guard.InsufficientData
	}
	return guard.Compliant
}

// pastLimits is what no audit shows, said in every report.
func pastLimits() []string {
	return []string{
		"Which tasks a service's scheduler started while FIPS mode was off. CloudTrail records no call for them.",
		"Which of the tasks that were launched then still run, and on what kernel. fipsguard verify reads that.",
		"What happened in an hour for which CloudTrail's signatures do not vouch, if log files of it were taken away.",
		"What CloudTrail did not record or deliver.",
		"Whether a user's or role's override reaches the tasks that it launches. AWS does not document it.",
		"Whether the applications in the containers use validated cryptographic modules or FIPS endpoints.",
	}
}
