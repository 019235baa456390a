package enforcer

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"fipsguard/internal/guard"
)

// Namespace is the CloudWatch namespace of the guard's metrics.
const Namespace = "fipsguard"

// The names of the enforcer's metrics, each in total and by rule.
const (
	MetricFindings            = "Findings"            // violations and doubts, count
	MetricRemediations        = "Remediations"        // corrections that hold, count
	MetricRemediationFailures = "RemediationFailures" // corrections not known to hold, count
	MetricRemediationLatency  = "RemediationLatency"  // from the event to AWS's answer to the correction, milliseconds
	MetricLooks               = "Looks"               // looks without an event that AWS answered, count, in total only: the heartbeat
)

// Metrics writes CloudWatch's Embedded Metric Format, one line a rule: in
// Lambda, CloudWatch Logs makes metrics of them. It is safe for concurrent use.
type Metrics struct {
	mu  sync.Mutex
	out io.Writer
}

// NewMetrics writes to out, which in Lambda is the standard output.
func NewMetrics(out io.Writer) *Metrics { return &Metrics{out: out} }

type tally struct {
	findings, done, failed int
	latency                []float64
}

// Emit writes what a report adds to the metrics. A line that cannot be written
// is lost: metrics never stand in the way of a repair.
func (m *Metrics) Emit(r guard.Report, now time.Time) {
	var order []guard.RuleID
	tallies := map[guard.RuleID]*tally{}
	of := func(rule guard.RuleID) *tally {
		if tallies[rule] == nil {
			tallies[rule] = &tally{}
			order = append(order, rule)
		}
		return tallies[rule]
	}
	for _, f := range r.Findings {
		if f.Severity > guard.Info {
			of(f.Rule).findings++
		}
	}
	for _, o := range r.Outcomes {
		if o.Result == guard.Done {
			of(o.Action.Rule).done++
			if !r.Cause.Time.IsZero() && !o.At.IsZero() {
				of(o.Action.Rule).latency = append(of(o.Action.Rule).latency, float64(o.At.Sub(r.Cause.Time).Milliseconds()))
			}
		}
	}
	for _, o := range r.Unrepaired() {
		of(o.Action.Rule).failed++
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, rule := range order {
		line, err := json.Marshal(tallies[rule].document(rule, now))
		if err == nil {
			_, _ = m.out.Write(append(line, '\n'))
		}
	}
}

// EmitLook counts a look that AWS answered.
func (m *Metrics) EmitLook(now time.Time) {
	line, err := json.Marshal(map[string]any{
		MetricLooks: 1,
		"_aws":      directive(now, [][]string{{}}, []metric{{MetricLooks, "Count"}}),
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		_, _ = m.out.Write(append(line, '\n'))
	}
}

// metric declares a member of a line as a metric.
type metric struct {
	Name string
	Unit string
}

// directive tells CloudWatch Logs what to make of a line.
func directive(now time.Time, dimensions [][]string, metrics []metric) map[string]any {
	return map[string]any{
		"Timestamp":         now.UnixMilli(),
		"CloudWatchMetrics": []map[string]any{{"Namespace": Namespace, "Dimensions": dimensions, "Metrics": metrics}},
	}
}

// document is a tally in the Embedded Metric Format.
func (t *tally) document(rule guard.RuleID, now time.Time) map[string]any {
	metrics := []metric{{MetricFindings, "Count"}, {MetricRemediations, "Count"}, {MetricRemediationFailures, "Count"}}
	doc := map[string]any{
		"Rule":                    rule,
		MetricFindings:            t.findings,
		MetricRemediations:        t.done,
		MetricRemediationFailures: t.failed,
	}
	if len(t.latency) > 0 {
		metrics = append(metrics, metric{MetricRemediationLatency, "Milliseconds"})
		doc[MetricRemediationLatency] = t.latency
	}
	doc["_aws"] = directive(now, [][]string{{}, {"Rule"}}, metrics)
	return doc
}
