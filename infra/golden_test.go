package main

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"fipsguard/infra/template"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden templates anew")

// TestTemplates holds the committed templates, from which others read the
// rules, equal to what the app synthesizes, and judges what it synthesizes by
// default.
func TestTemplates(t *testing.T) {
	for name, golden := range map[string][]byte{
		accountStack:      template.JSON(),
		organizationStack: template.OrganizationJSON(),
	} {
		t.Run(name, func(t *testing.T) {
			stack := synthesizeFor(t, nil)[name]
			file := "template/" + name + ".template.json"
			if *update {
				if err := os.WriteFile(file, stack.text, 0o644); err != nil {
					t.Fatal(err)
				}
				golden = stack.text
			}
			if !bytes.Equal(stack.text, golden) {
				t.Errorf("%s is not what the app synthesizes; `go test ./infra -update`, then read the diff (-golden +app):\n%s",
					file, cmp.Diff(string(golden), string(stack.text)))
			}
			checkMessages(t, stack)
			checkSuppressions(t, stack)
			checkGovCloud(t, stack)
			checkPermissions(t, stack)
			checkRules(t, stack)
			checkCareful(t, stack)
			checkSigning(t, stack)
		})
	}
}

// TestDictionary holds the committed dictionary equal to the component list of what
// the app synthesizes with everything.
func TestDictionary(t *testing.T) {
	list, golden := listOfEverything(t), template.Components()
	if *update {
		if err := os.WriteFile("template/components.json", list, 0o644); err != nil {
			t.Fatal(err)
		}
		golden = list
	}
	if !bytes.Equal(list, golden) {
		t.Errorf("template/components.json is not the list of what the app synthesizes with everything; `go test ./infra -update`, then read the diff (-golden +app):\n%s",
			cmp.Diff(string(golden), string(list)))
	}
}

// TestOptions synthesizes with everything that can be chosen.
func TestOptions(t *testing.T) {
	for _, stack := range synthesizeFor(t, map[string]string{
		"architecture":        "arm64",
		"logLevel":            "debug",
		"rollBackRoles":       "arn:aws-us-gov:iam::111122223333:role/app-*",
		"queues":              "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:alerts",
		"httpsEndpoints":      "https://example.gov/alerts",
		"securityAccount":     "444455556666",
		"reservedConcurrency": "5",
		"subnets":             "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
		"securityGroups":      "sg-0123456789abcdef0",
		"vpc":                 "vpc-0123456789abcdef0",
		"keysToRead":          "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123",
		"securityHub":         "true",
		"tracing":             "true",
		"dashboard":           "false",
		"routeTables":         "rtb-0123456789abcdef0",
		"endpoints":           "ecs=ecs-fips, iam=none, lambda=lambda-fips, securityhub=securityhub-fips",
	}) {
		checkMessages(t, stack)
		checkGovCloud(t, stack)
		checkConditions(t, stack)
		kept := map[any]int{} // executions
		for _, function := range stack.resources("AWS::Lambda::Function") {
			kept[function["Properties"].(map[string]any)["ReservedConcurrentExecutions"]]++
		}
		if kept[5.0] != 1 || kept[2.0] != 1 || kept[1.0] != 1 {
			t.Errorf("reserved executions are %v, want 5 for the enforcer, 2 for the gate and 1 for the verifier", kept)
		}
		chosen := 0
		for _, subscription := range stack.resources("AWS::SNS::Subscription") {
			if subscription["Condition"] == nil { // no parameter of the deployment
				chosen++
			}
		}
		if chosen != 3 {
			t.Errorf("%d subscriptions, want 3", chosen)
		}
		if n := len(stack.resources("AWS::CloudWatch::Dashboard")); n != 0 {
			t.Errorf("%d dashboards, want none", n)
		}
		if n := len(stack.resources("AWS::EC2::VPCEndpoint")); n != 16 {
			t.Errorf("%d endpoints, want one for each of 15 services, and S3's gateway", n)
		}
		for _, function := range stack.resources("AWS::Lambda::Function") {
			if function["Properties"].(map[string]any)["VpcConfig"] == nil {
				t.Error("the function is in no VPC")
			}
		}
	}
}
