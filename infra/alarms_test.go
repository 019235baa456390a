package main

import (
	"encoding/json"
	"testing"

	"fipsguard/infra/template"
	"fipsguard/internal/product"
)

// TestAlarmsOnTheGuardsMetrics: an alarm on a metric that nobody writes never
// goes off.
func TestAlarmsOnTheGuardsMetrics(t *testing.T) {
	var stack synthesized
	if err := json.Unmarshal(template.JSON(), &stack.template); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{
		product.Findings: true, product.Remediations: true,
		product.RemediationFailures: true, product.RemediationLatency: true,
		product.Looks: true, product.TasksRefuted: true,
	}
	count := 0
	for id, alarm := range stack.resources("AWS::CloudWatch::Alarm") {
		properties := alarm["Properties"].(map[string]any)
		if properties["Namespace"] != product.Name {
			continue
		}
		count++
		if name := properties["MetricName"].(string); !written[name] {
			t.Errorf("%s watches %s, which the guard does not write", id, name)
		}
		if properties["Dimensions"] != nil {
			t.Errorf("%s watches one dimension; the totals have none", id)
		}
	}
	if count != 4 {
		t.Errorf("%d alarms on the guard's own metrics, want 4", count)
	}
}
