package chaos

import "fipsguard/internal/guard"

// policies are the documents that the guard is deployed with.
var policies = map[string]string{
	"none":    `{"version":1}`,
	"broken":  `{"version":1,"rules":{"service-platform":"on"}}`,
	"expired": `{"version":1,"exemptions":[{"resource":"arn:aws-us-gov:ecs:*:*:task-definition/vendor-*:*","reason":"r","approver":"a","expires":"1999-12-30"}]}`,
	"exempt":  `{"version":1,"exemptions":[{"resource":"arn:aws-us-gov:ecs:*:*:task-definition/vendor-*:1","reason":"r","approver":"a","expires":"2020-12-31"}]}`,
	"audit":   `{"version":1}`, // in mode audit
	"strict":  `{"version":1,"rules":{"service-platform":"enforce","task-running-platform":"enforce","task-exposed":"enforce"},"serviceRemedy":"rollback","exposureRemedy":"recycle"}`,
}

var policyNames = []string{"none", "none", "none", "broken", "expired", "exempt", "audit", "strict"}

// modeOf is the mode in which the guard is deployed.
func modeOf(policy string) guard.PolicyMode {
	if policy == "audit" {
		return guard.Audit
	}
	return guard.Enforce
}
