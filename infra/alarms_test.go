package main

import (
	"encoding/json"
	"testing"

	"fipsguard/infra/template"
	metrics "fipsguard/internal/enforcer"
)

// TestAlarmsOnTheGuardsMetrics: an alarm on a metric that nobody writes never
// goes off.
func TestAlarmsOnTheGuardsMetrics(t *testing.T) {
	var stack synthesized
	if err := json.Unmarshal(template.JSON(), &stack.template); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{
		metrics.MetricFindings: true, metrics.MetricRemediations: true,
		metrics.MetricRemediationFailures: true, metrics.MetricRemediationLatency: true,
		metrics.MetricLooks: true,
	}
	count := 0
	for name, alarm := range stack.resources("AWS::CloudWatch::Alarm") {
		properties := alarm["Properties"].(map[string]any)
		if properties["Namespace"] != metrics.Namespace {
			continue
		}
		count++
		if metric := properties["MetricName"].(string); !written[metric] {
			t.Errorf("%s watches %s, which the enforcer does not write", name, metric)
		}
		if properties["Dimensions"] != nil {
			t.Errorf("%s watches one dimension; the totals have none", name)
		}
	}
	if count != 3 {
		t.Errorf("%d alarms on the guard's own metrics, want 3", count)
	}
}
