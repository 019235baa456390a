package main

import (
	"encoding/json"
	"fipsguard/infra/template"
	"fipsguard/internal/component"
	"fipsguard/internal/independent"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// The CDK's checks end the test binary when they fail, and its runtime does
// not stand parallel tests.

// synthesized is what the app writes for one stack.
type synthesized struct {
	text     []byte         // the template, indented
	template map[string]any // the same
	messages []string       // annotations: cdk-nag's and the CDK's
}

// synthesizeFor runs the app as main does, with placeholders for the zips, so
// that the tests need no build and the hashes stay. Options replace cdk.json's
// context. It answers both stacks by name.
func synthesizeFor(t *testing.T, options map[string]string) map[string]synthesized {
	t.Helper()
	independent.Program(t, "node") // the CDK runs in it
	out := t.TempDir()
	packedAgainst := dictionary(t)
	app, deployments := newApp(t, options, out)
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
	awscdk.Aspects_Of(app).Add(cdknag.NewNIST80053R5Checks(nil), nil)

	stacks := map[string]synthesized{}
	assembly, err := write(app, deployments, packedAgainst)
	if err != nil {
		t.Fatal(err)
	}
	for _, artifact := range *assembly.Stacks() {
		text, err := os.ReadFile(*artifact.TemplateFullPath())
		if err != nil {
			t.Fatal(err)
		}
		stack := synthesized{}
		if err := json.Unmarshal(text, &stack.template); err != nil {
			t.Fatal(err)
		}
		if stack.text, err = json.MarshalIndent(stack.template, "", " "); err != nil {
			t.Fatal(err)
		}
		stack.text = append(stack.text, '\n')
		stack.messages = annotations(t, filepath.Join(out, *artifact.StackName()+".metadata.json"))
		stacks[*artifact.StackName()] = stack
	}
	if len(stacks) < 2 {
		t.Fatalf("the app has %d stacks", len(stacks))
	}
	return stacks
}

func newApp(t *testing.T, options map[string]string, out string) (awscdk.App, []deployment) {
	t.Helper()
	context, err := readContext("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range options {
		context[name] = value
	}
	app := awscdk.NewApp(&awscdk.AppProps{
		Context: &context, Outdir: jsii.String(out), AnalyticsReporting: jsii.Bool(false),
	})
	deployments, err := declare(app, placeholders(t))
	if err != nil {
		t.Fatal(err)
	}
	return app, deployments
}

// everything is a guard with all that can be chosen. Its component list is the
// dictionary of all others.
var everything = map[string]string{
	"architecture":         "arm64",
	"logLevel":             "debug",
	"policyFile":           "testdata/policy.json",
	"rollBackRoles":        "arn:aws-us-gov:iam::111122223333:role/app-*",
	"queues":               "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:alerts",
	"httpsEndpoints":       "https://example.gov/alerts",
	"securityAccount":      "444455556666",
	"securityBus":          "arn:aws-us-gov:events:us-gov-west-1:444455556666:event-bus/fipsguard-security",
	"guardedAccounts":      "111122223333",
	"reservedConcurrency":  "5",
	"subnets":              "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
	"securityGroups":       "sg-0123456789abcdef0",
	"vpc":                  "vpc-0123456789abcdef0",
	"keysToRead":           "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123",
	"securityHub":          "true",
	"tracing":              "true",
	"drill":                "true",
	"reportsDays":          "1096",
	"class":                "B",
	"routeTables":          "rtb-0123456789abcdef0",
	"endpoints":            "ecr=ecr-fips, ecs=ecs-fips, iam=none, lambda=lambda-fips, securityhub=securityhub-fips",
	"witnessSubnets":       "subnet-0123456789abcdef0",
	"witnessSecurityGroup": "sg-0123456789abcdef0",
}

// dictionary is what the component lists are packed against: the committed one, or
// with -update the one that will be committed.
func dictionary(t *testing.T) []byte {
	t.Helper()
	if *update {
		return listOfEverything(t)
	}
	return template.Components()
}

// listOfEverything is the component list of the template with everything.
func listOfEverything(t *testing.T) []byte {
	t.Helper()
	app, _ := newApp(t, everything, t.TempDir())
	template, err := os.ReadFile(*app.Synth(nil).GetStackByName(jsii.String(accountStack)).TemplateFullPath())
	if err != nil {
		t.Fatal(err)
	}
	list, err := component.Of(template)
	if err != nil {
		t.Fatal(err)
	}
	text, err := list.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// annotations reads what the CDK says about a stack besides its template.
func annotations(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var paths map[string][]struct {
		Type string
		Data any
	}
	if err := json.Unmarshal(content, &paths); err != nil {
		t.Fatal(err)
	}
	var messages []string
	for path, entries := range paths {
		for _, entry := range entries {
			if kind := strings.TrimPrefix(entry.Type, "aws:cdk:"); kind == "info" || kind == "warning" || kind == "error" {
				messages = append(messages, fmt.Sprintf("%s: %s: %v", path, kind, entry.Data))
			}
		}
	}
	return messages
}

func placeholders(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"enforcer-amd64.zip", "enforcer-arm64.zip", "gate-amd64.zip", "gate-arm64.zip", "verifier-amd64.zip", "verifier-arm64.zip"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("placeholder of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// resources are a template's resources of one type, by logical name.
func (s synthesized) resources(kind string) map[string]map[string]any {
	found := map[string]map[string]any{}
	for name, r := range s.template["Resources"].(map[string]any) {
		if resource := r.(map[string]any); resource["Type"] == kind {
			found[name] = resource
		}
	}
	return found
}
