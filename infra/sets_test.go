package main

import (
	"bytes"
	"encoding/json"
	"fipsguard/infra/template"
	"fipsguard/internal/component"
	"fipsguard/internal/independent"
	"fipsguard/internal/product"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sets are twelve guards as people may choose them.
var sets = []map[string]string{
	{},
	{"policyFile": "testdata/policy.json"},
	{"reservedConcurrency": "10", "logRetentionDays": "2557", "evidenceDays": "1096", "reportsDays": "2557", "dashboard": "false"},
	{"queues": "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:alerts", "architecture": "arm64", "logLevel": "debug"},
	{"httpsEndpoints": "https://siem.example.gov/alerts", "securityAccount": "444455556666", "class": "B"},
	{"securityAccount": "444455556666", "securityBus": "arn:aws-us-gov:events:us-gov-west-1:444455556666:event-bus/fipsguard-security"},
	{"guardedAccounts": "111122223333,222233334444,333344445555"},
	{"keysToRead": "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123"},
	{"securityHub": "true", "tracing": "true", "proofSample": "50", "drill": "true", "witnessSubnets": "subnet-0123456789abcdef0"},
	{
		"subnets": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "securityGroups": "sg-0123456789abcdef0", "vpc": "vpc-0123456789abcdef0",
		"routeTables": "rtb-0123456789abcdef0", "endpoints": "ecs=ecs-fips,iam=com.amazonaws.iam,lambda=lambda-fips",
	},
	{"rollBackRoles": "arn:aws-us-gov:iam::*:role/app-*", "check": "rate(5 minutes)", "hourly": "rate(1 hour)", "daily": "cron(0 4 * * ? *)"},
	{
		"architecture": "arm64", "queues": "arn:aws-us-gov:sqs:us-gov-east-1:111122223333:alerts",
		"httpsEndpoints": "https://example.gov/a", "securityAccount": "444455556666", "reservedConcurrency": "5", "rollBackRoles": "arn:aws-us-gov:iam::111122223333:role/app-*",
		"securityBus":     "arn:aws-us-gov:events:us-gov-east-1:444455556666:event-bus/fipsguard-security",
		"guardedAccounts": "111122223333", "keysToRead": "arn:aws-us-gov:kms:us-gov-east-1:111122223333:key/0123",
		"securityHub": "true", "tracing": "true", "drill": "true", "subnets": "subnet-0123456789abcdef0", "securityGroups": "sg-0123456789abcdef0",
	},
}

// TestTwelveSets: whatever is chosen, cdk-nag and cfn-lint (for both Regions)
// find nothing, GovCloud has what the templates ask for, and StackSets take
// them.
func TestTwelveSets(t *testing.T) {
	folder := t.TempDir()
	permissions, err := os.ReadFile("../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for i, options := range sets {
		for name, stack := range synthesizeFor(t, options) {
			checkMessages(t, stack)
			checkGovCloud(t, stack, chosen(options)...)
			checkLimits(t, stack)
			for id, role := range stack.resources("AWS::IAM::Role") {
				roleName, err := json.Marshal(role["Properties"].(map[string]any)["RoleName"])
				if err != nil {
					t.Fatal(err)
				}
				begin := regexp.MustCompile(product.Prefix + "[a-z-]+-").Find(roleName)
				if len(begin) == 0 || !strings.Contains(string(permissions), "`"+string(begin)+"REGION`") {
					t.Errorf("docs/permissions.md does not say what %s may do: %s", id, roleName)
				}
			}
			if of := granted(t, stack, "SecurityChannel", "any"); options["securityBus"] != "" && name != securityStack && !slices.Equal(of, []string{"events:PutEvents"}) {
				t.Errorf("the second channel's role may %v", of)
			}
			if name != securityStack {
				checkList(t, stack)
			}
			if name == accountStack {
				continue // the organization's, without parameters
			}
			file := filepath.Join(folder, strconv.Itoa(i)+"-"+name+".template.json")
			if err := os.WriteFile(file, stack.text, 0o644); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		if t.Failed() {
			t.Fatalf("with %v", options)
		}
	}
	lint(t, files...)
}

// chosen are the texts that people chose, the longest first: one may be in
// another.
func chosen(options map[string]string) []string {
	var texts []string
	for _, value := range options {
		texts = append(texts, strings.Split(value, ",")...)
	}
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	return texts
}

// checkLimits holds a template against CloudFormation's quotas, and against what
// StackSets refuse. A template of more than 51 200 bytes is given by URL.
func checkLimits(t *testing.T, stack synthesized) {
	t.Helper()
	if len(stack.text) > 1_000_000 {
		t.Errorf("the template has %d bytes; CloudFormation takes 1 MB", len(stack.text))
	}
	for section, most := range map[string]int{"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200} {
		if of, _ := stack.template[section].(map[string]any); len(of) > most {
			t.Errorf("%d %s; CloudFormation takes %d", len(of), section, most)
		}
	}
	for _, section := range []string{"Transform", "Hooks"} {
		if stack.template[section] != nil {
			t.Errorf("StackSets take no %s", section)
		}
	}
	if n := len(stack.resources("AWS::CloudFormation::Stack")); n > 0 {
		t.Errorf("%d nested stacks", n)
	}
	if bytes.Contains(stack.text, []byte(`"Fn::Transform"`)) {
		t.Error("a macro")
	}
	for name, policy := range stack.resources("AWS::IAM::ManagedPolicy") {
		document, err := json.Marshal(deployed(policy["Properties"].(map[string]any)["PolicyDocument"]))
		if err != nil {
			t.Fatal(err)
		}
		if len(document) > 6_144 {
			t.Errorf("%s is a policy of %d characters; IAM takes 6144", name, len(document))
		}
	}
	for name, function := range stack.resources("AWS::Lambda::Function") {
		variables, err := json.Marshal(function["Properties"].(map[string]any)["Environment"].(map[string]any)["Variables"])
		if err != nil {
			t.Fatal(err)
		}
		if len(variables) > 4_096 {
			t.Errorf("%s has an environment of %d bytes; Lambda takes 4096", name, len(variables))
		}
	}
}

// checkList: the verifier has the component list of just this template, with
// nothing left out, and room for what CloudFormation fills in.
func checkList(t *testing.T, stack synthesized) {
	t.Helper()
	for _, function := range stack.resources("AWS::Lambda::Function") {
		properties := function["Properties"].(map[string]any)
		if properties["FunctionName"] != product.Verifier {
			continue
		}
		variables := properties["Environment"].(map[string]any)["Variables"].(map[string]any)
		packed, _ := variables[component.Packed].(string)
		list, err := component.Unpack(packed, template.Components())
		if err != nil {
			t.Errorf("the verifier has no list of %d bytes: %v", len(packed), err)
			return
		}
		want, err := component.Of(stack.text)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Components {
			delete(c.Properties, "CodeSha256") // which the template does not have
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("the list is not the template's (-template +list):\n%s", diff)
		}
	}
}

// lint fails on what cfn-lint finds for both GovCloud Regions. W3005 is about
// dependencies that the CDK says twice.
func lint(t *testing.T, templates ...string) {
	t.Helper()
	linter := independent.Program(t, "cfn-lint")
	// The exit status says whether there are findings, which are read anyway.
	out, err := exec.CommandContext(t.Context(), linter, append([]string{
		"--format", "json", "--ignore-checks", "W3005", "--regions", "us-gov-west-1", "us-gov-east-1", "--template",
	}, templates...)...).Output()
	var findings []struct {
		Filename, Message string
		Rule              struct{ ID string }
	}
	if jsonErr := json.Unmarshal(out, &findings); jsonErr != nil {
		t.Fatalf("cfn-lint answered %q: %v, %v", out, jsonErr, err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s %s", f.Filename, f.Rule.ID, f.Message)
	}
}
