package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestMissingZips(t *testing.T) {
	_, err := findZip(t.TempDir(), "enforcer", "amd64")
	if err == nil || !strings.Contains(err.Error(), "go run ./build") {
		t.Errorf("without zips: %v", err)
	}
}

// TestBadOptions: each is refused in one line that names it and what it must
// be, before anything is synthesized.
func TestBadOptions(t *testing.T) {
	good := func(name string, value any) map[string]any {
		return map[string]any{"architecture": "amd64", name: value}
	}
	for _, bad := range []struct {
		name  string
		value any
		says  string
	}{
		{"architecture", "x86", "amd64 or arm64"},
		{"logLevel", "loud", "debug, info, warn or error"},
		{"logRetentionDays", "7", "90, 180, 365"},
		{"logRetentionDays", 7.5, "whole number"},
		{"reservedConcurrency", "0", "whole number from 1"},
		{"reservedConcurrency", []any{}, "whole number from 1"},
		{"securityAccount", "12", "12 digits"},
		{"securityAccount", 111122223333.0, "a text"},
		{"queues", "alerts", "ARNs of SQS queues"},
		{"queues", []any{"alerts", 7.0}, "a list of texts"},
		{"queues", map[string]any{"to": "alerts"}, "a list of texts"},
		{"queues", "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:alerts.fifo", "none of them FIFO"},
		{"queues", []any{"arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts"}, "ARNs of SQS queues"},
		{"httpsEndpoints", "http://example.gov", "https://"},
		{"httpsEndpoints", "https://", "https://"},
		{"subnets", "subnet-1", "given together"},
		{"subnets", "10.0.0.0/24", "IDs as in subnet-"},
		{"securityGroups", "default", "IDs as in sg-"},
		{"vpc", "main", "vpc-"},
		{"witnessSubnets", "vpc-0123456789abcdef0", "IDs as in subnet-"},
		{"witnessSecurityGroup", "sg-0123456789abcdef0", "given together with witnessSubnets"},
		{"endpoints", "ecs", "SERVICE=ENDPOINT"},
		{"endpoints", "ECS!", "SERVICE=ENDPOINT"},
		{"routeTables", "main", "IDs as in rtb-"},
		{"rollBackRoles", "*", "ARNs of roles"},
		{"rollBackRoles", "arn:aws-us-gov:iam::111122223333:role/*", "ARNs of roles"},
		{"rollBackRoles", "arn:aws-us-gov:iam::*:*", "ARNs of roles"},
		{"policyFile", "none.yaml", "none.yaml"},
		{"hourly", "hourly", "EventBridge schedule"},
		{"check", "rate(1 minutes)", "EventBridge schedule"},
		{"daily", "at noon", "EventBridge schedule"},
		{"class", "E", "B, C or D"},
		{"proofSample", "none", "whole number"},
		{"evidenceDays", -1.0, "whole number"},
		{"reportsDays", "364", "no less than evidenceDays"},
		{"dashboard", "no", "true or false"},
		{"securityHub", "yes", "true or false"},
		{"tracing", 1.0, "true or false"},
		{"keysToRead", "alias/mine", "ARNs of KMS keys"},
		{"queue", "alerts", "did you mean queues?"},
		{"keys_to_read", "alias/mine", "did you mean keysToRead?"},
		{"mode", "audit", "the template's parameter Mode"},
		{"emails", "soc@example.gov", "the template's parameter Email1 to Email5"},
		{"trailLogs", "org-trail", "the template's parameter TrailLogs"},
		{"securityBus", "fipsguard-security", "ARN of an event bus"},
		{"securityBus", []any{"default"}, "a text"},
		{"guardedAccounts", "111122223333,all", "accounts of 12 digits"},
		{"guardedAccounts", []any{111122223333.0}, "a list of texts"},
		{"policyFile", "no\nsuch file", "no such file or directory"},
		{"cl\nass", "B", "did you mean class?"},
	} {
		_, err := readOptions(good(bad.name, bad.value))
		if err == nil || !strings.Contains(err.Error(), "context "+strings.ReplaceAll(bad.name, "\n", `\n`)) || !strings.Contains(err.Error(), bad.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %v: %v; want one line with %q", bad.name, bad.value, err, bad.says)
		}
	}
}

// TestAllFaultsAtOnce: one line for each.
func TestAllFaultsAtOnce(t *testing.T) {
	_, err := readOptions(map[string]any{"architecture": "x86", "queues": 7.0, "tracin": "true", "vpc": "x"})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("want four lines:\n%v", err)
	}
}

func TestGoodOptions(t *testing.T) {
	o, err := readOptions(map[string]any{
		"queues": []any{"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:a", "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:b"}, "proofSample": 20.0, "tracing": true, "reservedConcurrency": "5",
		"rollBackRoles":                  "arn:aws-us-gov:iam::*:role/app-*, arn:aws-us-gov:iam::111122223333:role/team/shop",
		"@aws-cdk/core:checkSecretUsage": true, "availability-zones:account=111122223333:region=us-gov-west-1": []any{}, "aws:cdk:bundling-stacks": []any{},
	})
	if err != nil || len(o.Queues) != 2 || o.Sample != 20 || !o.Tracing || *o.ReservedConcurrency != 5 || len(o.RollBackRoles) != 2 {
		t.Errorf("%+v, error %v", o, err)
	}
}

// TestBadCommandLines: each is refused in one line, before the CDK starts.
func TestBadCommandLines(t *testing.T) {
	folder := t.TempDir()
	settings := func(name, content string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, bad := range []struct {
		settings string
		args     []string
		says     string
	}{
		{"../cdk.json", []string{"-c", "mode"}, "write NAME=VALUE"},
		{"../cdk.json", []string{"-c", "=audit"}, "write NAME=VALUE"},
		{"../cdk.json", []string{"-c"}, "flag needs an argument: -c"},
		{"../cdk.json", []string{"-mode", "audit"}, "flag provided but not defined: -mode"},
		{"../cdk.json", []string{"mode=audit"}, `"mode=audit" is no flag`},
		{filepath.Join(folder, "none.json"), nil, "no such file"},
		{settings("half.json", `{"context": {`), nil, "half.json"},
		{settings("list.json", `{"context": ["mode=audit"]}`), nil, "list.json"},
	} {
		err := synthesize(bad.settings, bad.args)
		if err == nil || !strings.Contains(err.Error(), bad.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %q: %v; want one line with %q", bad.settings, bad.args, err, bad.says)
		}
	}
}

// TestOptionsAreDocumented: docs/deploy.md has a row for every option.
func TestOptionsAreDocumented(t *testing.T) {
	source, err := os.ReadFile("options.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	first := regexp.MustCompile("(?m)^\\|( `[A-Za-z]+`)+ \\|").FindAllString(string(page), -1) // names in the first column
	names := regexp.MustCompile(`c\.(?:text|list|yes|number|oneOf|schedule)\("(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 20 {
		t.Fatalf("only %d options in options.go", len(names))
	}
	for _, name := range names {
		if !strings.Contains(strings.Join(first, "\n"), "`"+name[1]+"`") {
			t.Errorf("docs/deploy.md has no row for %s", name[1])
		}
	}
}
