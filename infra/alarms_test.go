package main

import (
	"encoding/json"
	"maps"
	"slices"
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
		product.Looks: true, product.TasksRefuted: true, product.CanaryReceived: true,
	}
	checkAlarms(t, stack)
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
	if count != 5 {
		t.Errorf("%d alarms on the guard's own metrics, want 5", count)
	}
}

// checkAlarms: none is there before the guard was first heard, which would be
// silence, and the one on what scans count does not end with the minute.
func checkAlarms(t *testing.T, stack synthesized) {
	t.Helper()
	checks := slices.Collect(maps.Keys(stack.resources("Custom::FargateFIPSMode")))
	if len(checks) != 1 {
		t.Fatalf("the deployment makes the checks %q, want one", checks)
	}
	for id, alarm := range stack.resources("AWS::CloudWatch::Alarm") {
		if after, _ := alarm["DependsOn"].([]any); !slices.Contains(after, any(checks[0])) {
			t.Errorf("%s is created before the account setting was first checked", id)
		}
		properties := alarm["Properties"].(map[string]any)
		if properties["MetricName"] == product.TasksRefuted && properties["TreatMissingData"] != "ignore" {
			t.Errorf("%s ends before the next scan: missing data is %v", id, properties["TreatMissingData"])
		}
	}
}
