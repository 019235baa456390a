package trail

import (
	"strings"

	"fipsguard/internal/guard"
)

// tools are the programs that user agents name (docs/facts.md, "Who was it"),
// the more particular ones first: Terraform's holds the SDK's name as well.
var tools = [...]struct{ part, name string }{
	{"fipsguard", "fipsguard"},
	{"Terraform/", "Terraform"},
	{"OpenTofu/", "OpenTofu"},
	{"Pulumi", "Pulumi"},
	{"cloudformation.amazonaws.com", "CloudFormation"},
	{"exec-env/CloudShell", "CloudShell"},
	{"console.amazonaws.com", guard.ConsoleTool},
	{"signin.amazonaws.com", guard.ConsoleTool},
	{"exec-env/AWS_Lambda_", "a Lambda function"},
	{"aws-cli/", "the AWS CLI"},
	{"Boto3/", "Boto3"},
	{"Botocore/", "Boto3"},
	{"AWSPowerShell", "PowerShell"},
	{"aws-sdk-", "an AWS SDK"},
	{"Mozilla/", guard.ConsoleTool},
}

// toolOf is the program that a user agent names, without its version, so that
// the same tool is the same text tomorrow; empty when it names none that is
// known.
func toolOf(userAgent string) string {
	for _, t := range tools {
		if strings.Contains(userAgent, t.part) {
			return t.name
		}
	}
	return ""
}
