package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// client is code that calls one service of AWS.
type client struct {
	files   string // pattern of the files that make the calls
	service string // the SDK's package, or signed
	prefix  string // of the IAM actions
}

// signed is the package by which services are called without the SDK's clients.
const signed = "signedcall"

// alerting is what every function calls; keeping is what turns FIPS mode on;
// rejecting is what the gate and the verifier call on workloads, by the policy
// that they read.
var (
	alerting  = client{"../internal/aws/notify/*.go", signed, "sns"}
	keeping   = client{"../internal/aws/ecsapi/setting.go", "ecs", "ecs"}
	rejecting = []client{
		{"../internal/aws/ecsapi/definition.go", "ecs", "ecs"},
		{"../internal/aws/ecsapi/provider.go", "ecs", "ecs"},
		{"../internal/aws/ecsapi/service.go", "ecs", "ecs"},
		{"../internal/aws/ecsapi/task.go", "ecs", "ecs"},
		{"../internal/aws/scaling/scaling.go", "applicationautoscaling", "application-autoscaling"},
		{"../internal/aws/parameter/*.go", signed, "ssm"},
	}
)

// clients are those of each function, by the logical name of its construct.
// Nothing about workloads is the enforcer's, and nothing about settings the
// gate's.
var clients = map[string][]client{
	"Enforcer": {alerting, keeping},
	"Gate":     append(slices.Clone(rejecting), alerting),
	"Verifier": append(slices.Clone(rejecting), alerting, keeping,
		client{"../internal/aws/ecsapi/inventory.go", "ecs", "ecs"},
		client{"../internal/aws/canary/*.go", signed, "logs"},
		client{"../internal/aws/ecsexec/*.go", "ecs", "ecs"},
		client{"../internal/aws/history/history.go", "cloudtrail", "cloudtrail"},
		client{"../internal/aws/selfcheck/*.go", "cloudtrail", "cloudtrail"},
		client{"../internal/aws/selfcheck/*.go", "sns", "sns"},
		client{"../internal/aws/selfcheck/*.go", "sqs", "sqs"},
		client{"../internal/aws/readback/*.go", "cloudwatch", "cloudwatch"},
		client{"../internal/aws/readback/*.go", "cloudwatchlogs", "logs"},
		client{"../internal/aws/readback/*.go", "eventbridge", "events"},
		client{"../internal/aws/readback/*.go", "iam", "iam"},
		client{"../internal/aws/readback/*.go", "kms", "kms"},
		client{"../internal/aws/readback/*.go", "lambda", "lambda"},
		client{"../internal/aws/readback/*.go", "s3", "s3"},
		client{"../internal/aws/readback/*.go", "sns", "sns"},
		client{"../internal/aws/readback/*.go", "sqs", "sqs"},
		client{"../internal/aws/signer/*.go", signed, "kms"},
		client{"../internal/aws/store/*.go", "s3", "s3"},
		client{"../internal/aws/reported/*.go", "sqs", "sqs"},
	),
}

// runtime are the actions that Lambda, its dead-letter queue and the encryption
// need, though no code of ours makes a call.
var runtime = []string{
	"kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogStream", "logs:PutLogEvents",
	"sqs:SendMessage",
}

// further are actions that no client's method is named after: the message
// channel is a websocket, sessions are ended without the SDK's client, and S3 asks for ListBucket to say that an object is
// not there. Lambda receives from a function's queue with the function's role.
var further = map[string][]string{
	"Gate":     {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
	"Verifier": {"ssm:DescribeParameters", "sqs:ReceiveMessage", "sqs:DeleteMessage", "ssm:TerminateSession", "ssmmessages:OpenDataChannel", "s3:ListBucket", "s3:GetObjectVersion"},
}

// isWrite is what audit mode does not grant: what changes a setting or a
// workload.
func isWrite(action string) bool {
	switch action {
	case "ecs:PutAccountSettingDefault", "ecs:PutAccountSetting", "ecs:DeregisterTaskDefinition", "ecs:StopTask", "ecs:UpdateService":
		return true
	}
	return false
}

// checkPermissions compares each role's policy with the calls in the code: none
// is missing, none is too much.
func checkPermissions(t *testing.T, stack synthesized) {
	t.Helper()
	checkGranted(t, stack, "any", nil, func(string) bool { return true })
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::RolePolicy"} {
		if n := len(stack.resources(kind)); n != 0 {
			t.Errorf("%d %s beside the managed policies", n, kind)
		}
	}
	for _, role := range stack.resources("AWS::IAM::Role") {
		properties := role["Properties"].(map[string]any)
		if properties["Policies"] != nil || properties["ManagedPolicyArns"] != nil {
			t.Error("a role has policies of its own")
		}
	}
}

// checkConditions: in mode audit only the writes are gone, and log files are read
// only where the deployment names their bucket.
func checkConditions(t *testing.T, stack synthesized) {
	t.Helper()
	inVPC := map[string][]string{
		// The test's options have tracing on, too.
		"Enforcer": {
			"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
			"xray:PutTelemetryRecords", "xray:PutTraceSegments",
		},
	}
	inVPC["Gate"] = inVPC["Enforcer"]
	// The test's options have Security Hub on, too.
	inVPC["Verifier"] = append(slices.Clone(inVPC["Enforcer"]), calls(t, []client{{"../internal/aws/hub/*.go", "securityhub", "securityhub"}})...)
	checkGranted(t, stack, "", inVPC, func(action string) bool { return !isWrite(action) })
	for function := range clients {
		for _, action := range granted(t, stack, function, "Enforcing") {
			if !isWrite(action) && action != "iam:PassRole" {
				t.Errorf("%s may call %s only where it enforces", function, action)
			}
		}
	}
	if got := granted(t, stack, "Verifier", "ReadsTrailLogs"); !slices.Equal(got, []string{"s3:GetObject", "s3:ListBucket"}) {
		t.Errorf("of log files the verifier may call %v", got)
	}
	for _, check := range stack.resources("Custom::FargateFIPSMode") {
		if diff := cmp.Diff(map[string]any{"Ref": "Mode"}, check["Properties"].(map[string]any)["Mode"]); diff != "" {
			t.Errorf("changing the mode from audit to enforce checks nothing:\n%s", diff)
		}
	}
	checkAlarms(t, stack)
}

// checkGranted compares the policies with the calls that are kept, and more.
func checkGranted(t *testing.T, stack synthesized, in string, more map[string][]string, keep func(action string) bool) {
	t.Helper()
	for function, of := range clients {
		want := slices.Concat(runtime, more[function], further[function])
		for _, call := range calls(t, of) {
			if keep(call) {
				want = append(want, call)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), granted(t, stack, function, in)); diff != "" {
			t.Errorf("the policy of %s (-code +policy):\n%s", function, diff)
		}
	}
}

// granted are the actions that a function's policy in the template allows in a
// condition; empty is always, and "any" is all of them. A wildcard is a grant of
// what no code calls.
func granted(t *testing.T, stack synthesized, function, in string) []string {
	t.Helper()
	actions := map[string]bool{}
	for name, policy := range stack.resources("AWS::IAM::ManagedPolicy") {
		if !strings.HasPrefix(name, function) {
			continue
		}
		for _, s := range policy["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			condition, statement := conditional(s)
			if in != "any" && in != condition {
				continue
			}
			of := texts(statement["Action"])
			for _, action := range of {
				actions[action] = true
				if strings.HasPrefix(action, "ecs:PutAccountSetting") {
					want := map[string]any{"StringEquals": map[string]any{"ecs:account-setting": "fargateFIPSMode"}}
					if diff := cmp.Diff(want, statement["Condition"]); diff != "" {
						t.Errorf("condition of %s:\n%s", action, diff)
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(actions))
}

// conditional is a statement, and the condition in which it is there.
func conditional(value any) (condition string, statement map[string]any) {
	statement = value.(map[string]any)
	if parts, ok := statement["Fn::If"].([]any); ok {
		return parts[0].(string), parts[1].(map[string]any)
	}
	return "", statement
}

func texts(value any) []string {
	if text, ok := value.(string); ok {
		return []string{text}
	}
	var list []string
	for _, item := range value.([]any) {
		list = append(list, fmt.Sprint(item)) // a reference is no text
	}
	return list
}

// calls are the IAM actions of all calls in the clients' files. Whoever calls an
// operation of the SDK makes its input there: &ecs.StopTaskInput{…}. Whoever calls
// one without it names it there: Call(ctx, "Publish", …).
func calls(t *testing.T, clients []client) []string {
	t.Helper()
	var actions []string
	for _, client := range clients {
		files, err := filepath.Glob(client.files)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, operation := range inputs(t, file, client.service) {
				actions = append(actions, client.prefix+":"+actionOf(operation))
				found++
			}
		}
		if found == 0 {
			t.Errorf("no file of %s calls %s", client.files, client.service)
		}
	}
	return actions
}

// actionOf is how IAM names an operation.
func actionOf(operation string) string {
	switch operation {
	case "ListObjectVersions":
		return "ListBucketVersions"
	case "GetBucketEncryption":
		return "GetEncryptionConfiguration"
	case "GetBucketLifecycleConfiguration":
		return "GetLifecycleConfiguration"
	case "GetBucketReplication":
		return "GetReplicationConfiguration"
	case "GetObjectLockConfiguration":
		return "GetBucketObjectLockConfiguration"
	case "GetPublicAccessBlock":
		return "GetBucketPublicAccessBlock"
	}
	return operation
}

// inputs are the operations of a service whose inputs a file makes.
func inputs(t *testing.T, path, service string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var operations []string
	ast.Inspect(file, func(node ast.Node) bool {
		if service == signed {
			operations = append(operations, named(node)...)
			return true
		}
		literal, ok := node.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if of, ok := literal.Type.(*ast.SelectorExpr); ok {
			name, isName := of.X.(*ast.Ident)
			if operation, isInput := strings.CutSuffix(of.Sel.Name, "Input"); isInput && isName && name.Name == service {
				operations = append(operations, operation)
			}
		}
		return true
	})
	return operations
}

// named is the operation that a call without the SDK's client names.
func named(node ast.Node) []string {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return nil
	}
	method, isMethod := call.Fun.(*ast.SelectorExpr)
	operation, isText := call.Args[1].(*ast.BasicLit)
	if !isMethod || !isText || method.Sel.Name != "Call" {
		return nil
	}
	return []string{strings.Trim(operation.Value, `"`)}
}

// TestRollBackRoles: roles are passed only when somebody names them, and to
// ECS's tasks only.
func TestRollBackRoles(t *testing.T) {
	const roles = "arn:aws-us-gov:iam::111122223333:role/app-*"
	stack := synthesizeFor(t, map[string]string{"rollBackRoles": roles})[accountStack]
	checkGranted(t, stack, "any", map[string][]string{"Gate": {"iam:PassRole"}, "Verifier": {"iam:PassRole"}}, func(string) bool { return true })
	checkMessages(t, stack)
	if !strings.Contains(string(stack.text), `"iam:PassedToService": "ecs-tasks.amazonaws.com"`) {
		t.Error("roles may be passed to any service")
	}
}
