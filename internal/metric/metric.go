package metric

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// Writer writes CloudWatch's Embedded Metric Format, one line a rule: in
// Lambda, CloudWatch Logs makes metrics of them. It is safe for concurrent use.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
}

// NewWriter writes to out, which in Lambda is the standard output.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

type tally struct {
	findings, done, failed int
	latency                []float64
}

// Emit writes what a report adds to the metrics. A line that cannot be written
// is lost: metrics never stand in the way of a repair.
func (m *Writer) Emit(r guard.Report, now time.Time) {
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
		if o.Result.Accepted() && !o.Remediation.Unseen {
			of(o.Remediation.Rule).done++
			// Only what happened at a known time, and what this guard changed.
			if r.Cause.EventID != "" && !r.Cause.Time.IsZero() && !o.At.IsZero() {
				of(o.Remediation.Rule).latency = append(of(o.Remediation.Rule).latency, float64(o.At.Sub(r.Cause.Time).Milliseconds()))
			}
		}
	}
	for _, o := range r.Unrepaired() {
		of(o.Remediation.Rule).failed++
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

// EmitLook counts a read of the setting that AWS answered.
func (m *Writer) EmitLook(now time.Time) {
	m.totals(now, map[string]int{product.Looks: 1})
}

// EmitCanary says how long a canary took that was received. The verifier reads
// the line back from the log.
func (m *Writer) EmitCanary(sent, now time.Time) {
	m.write(map[string]any{
		product.CanaryReceived: now.Sub(sent).Milliseconds(),
		product.CanarySent:     sent.UTC(),
		"_aws":                 directive(now, [][]string{{}}, []declared{{product.CanaryReceived, "Milliseconds"}}),
	})
}

// EmitProofs writes what a report says of running tasks.
func (m *Writer) EmitProofs(r guard.Report, now time.Time) {
	of := map[guard.KernelResult]string{
		guard.KernelOn: product.TasksProven, guard.KernelOff: product.TasksRefuted, guard.CouldNotCheck: product.TasksUnverifiable, guard.NotChecked: product.TasksNotAttempted,
	}
	counts := map[string]int{product.TasksProven: 0, product.TasksRefuted: 0, product.TasksUnverifiable: 0, product.TasksNotAttempted: 0, product.TasksExposed: 0}
	for _, f := range r.Findings {
		switch s := f.State.(type) {
		case guard.KernelCheck:
			counts[of[s.Result()]]++
		case guard.Exposure, guard.Task:
			if (f.Rule == guard.TaskExposed || f.Rule == guard.TaskCapacityProvider) && f.Verdict == guard.NonCompliant {
				counts[product.TasksExposed]++
			}
		}
	}
	m.totals(now, counts)
}

// totals writes one line of counts without dimensions.
func (m *Writer) totals(now time.Time, counts map[string]int) {
	line := map[string]any{}
	var metrics []declared
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		line[name] = counts[name]
		metrics = append(metrics, declared{name, "Count"})
	}
	line["_aws"] = directive(now, [][]string{{}}, metrics)
	m.write(line)
}

// write writes one line. One that cannot be written is lost.
func (m *Writer) write(line map[string]any) {
	encoded, err := json.Marshal(line)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		_, _ = m.out.Write(append(encoded, '\n'))
	}
}

// declared is a member of a line that is a metric.
type declared struct {
	Name string
	Unit string
}

// directive tells CloudWatch Logs what to make of a line.
func directive(now time.Time, dimensions [][]string, metrics []declared) map[string]any {
	return map[string]any{
		"Timestamp":         now.UnixMilli(),
		"CloudWatchMetrics": []map[string]any{{"Namespace": product.Name, "Dimensions": dimensions, "Metrics": metrics}},
	}
}

// document is a tally in the Embedded Metric Format.
func (t *tally) document(rule guard.RuleID, now time.Time) map[string]any {
	metrics := []declared{{product.Findings, "Count"}, {product.Remediations, "Count"}, {product.RemediationFailures, "Count"}}
	doc := map[string]any{
		"Rule":                      rule,
		product.Findings:            t.findings,
		product.Remediations:        t.done,
		product.RemediationFailures: t.failed,
	}
	if len(t.latency) > 0 {
		metrics = append(metrics, declared{product.RemediationLatency, "Milliseconds"})
		doc[product.RemediationLatency] = t.latency
	}
	doc["_aws"] = directive(now, [][]string{{}, {"Rule"}}, metrics)
	return doc
}
