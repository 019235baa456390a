package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// client is an interface through which a function calls AWS, and its IAM
// prefix.
type client struct{ folder, name, prefix string }

// alerting is what every function calls; keeping is what turns FIPS mode on;
// rejecting is what the gate and the verifier call on workloads.
var (
	alerting  = client{"../internal/aws/notify", "Publisher", "sns"}
	keeping   = client{"../internal/aws/ecsapi", "Settings", "ecs"}
	rejecting = []client{
		{"../internal/aws/ecsapi", "Workloads", "ecs"},
		{"../internal/aws/ecsapi", "Scaling", "application-autoscaling"},
	}
)

// clients are those of each function, by the logical name of its construct.
// Nothing about workloads is the enforcer's, and nothing about settings the
// gate's.
var clients = map[string][]client{
	"Enforcer": {alerting, keeping},
	"Gate":     append(slices.Clone(rejecting), alerting),
	"Verifier": append(slices.Clone(rejecting), alerting, keeping,
		client{"../internal/aws/ecsapi", "Lister", "ecs"},
		client{"../internal/aws/ecsexec", "API", "ecs"},
		client{"../internal/aws/ecsexec", "Sessions", "ssm"},
		client{"../internal/aws/history", "CloudTrail", "cloudtrail"},
		client{"../internal/aws/selfcheck", "Trails", "cloudtrail"},
		client{"../internal/aws/selfcheck", "Rules", "events"},
		client{"../internal/aws/selfcheck", "Subscriptions", "sns"},
		client{"../internal/aws/selfcheck", "Queues", "sqs"},
		client{"../internal/aws/store", "Objects", "s3"},
	),
}

// runtime are the actions that Lambda, its dead-letter queue and the encryption
// need, though no code of ours makes a call.
var runtime = []string{
	"kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogStream", "logs:PutLogEvents",
	"sqs:SendMessage",
}

// further are actions that no client's method is named after: the message
// channel is a websocket, and S3 asks for ListBucket to say that an object is
// not there. Lambda receives from a function's queue with the function's role.
var further = map[string][]string{
	"Gate":     {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
	"Verifier": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "ssmmessages:OpenDataChannel", "s3:ListBucket"},
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
	checkGranted(t, stack, nil, func(string) bool { return true })
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

// checkAudit: with nothing to correct, only the writes are gone.
func checkAudit(t *testing.T, stack synthesized) {
	t.Helper()
	inVPC := map[string][]string{
		// The test's options have tracing on, too.
		"Enforcer": {
			"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
			"xray:PutTelemetryRecords", "xray:PutTraceSegments",
		},
	}
	inVPC["Gate"] = inVPC["Enforcer"]
	// The test's options have Security Hub on, too.
	inVPC["Verifier"] = append(slices.Clone(inVPC["Enforcer"]), calls(t, []client{{"../internal/aws/hub", "API", "securityhub"}})...)
	checkGranted(t, stack, inVPC, func(action string) bool { return !isWrite(action) })
	if len(stack.resources("Custom::FargateFIPSMode")) != 0 {
		t.Error("a stack in audit mode turns FIPS mode on")
	}
}

// checkGranted compares the policies with the calls that are kept, and more.
func checkGranted(t *testing.T, stack synthesized, more map[string][]string, keep func(action string) bool) {
	t.Helper()
	for function, of := range clients {
		want := slices.Concat(runtime, more[function], further[function])
		for _, call := range calls(t, of) {
			if keep(call) {
				want = append(want, call)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), granted(t, stack, function)); diff != "" {
			t.Errorf("the policy of %s (-code +policy):\n%s", function, diff)
		}
	}
}

// granted are the actions that a function's policy in the template allows. A
// wildcard is a grant of what no code calls.
func granted(t *testing.T, stack synthesized, function string) []string {
	t.Helper()
	actions := map[string]bool{}
	for name, policy := range stack.resources("AWS::IAM::ManagedPolicy") {
		if !strings.HasPrefix(name, function) {
			continue
		}
		for _, s := range policy["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			statement := s.(map[string]any)
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

func texts(value any) []string {
	if text, ok := value.(string); ok {
		return []string{text}
	}
	var list []string
	for _, item := range value.([]any) {
		list = append(list, item.(string))
	}
	return list
}

// calls are the IAM actions of all methods in clients' interfaces. A method that
// no code calls fails the test.
func calls(t *testing.T, clients []client) []string {
	t.Helper()
	var actions []string
	for _, client := range clients {
		methods, called := read(t, client.folder, client.name)
		if len(methods) == 0 {
			t.Errorf("%s has no interface %s with methods", client.folder, client.name)
		}
		for _, method := range methods {
			if !called[method] {
				t.Errorf("%s declares %s.%s and never calls it", client.folder, client.name, method)
			}
			actions = append(actions, client.prefix+":"+method)
		}
	}
	return actions
}

// read finds an interface's methods in a package and the names of all methods
// that the package calls.
func read(t *testing.T, folder, name string) (methods []string, called map[string]bool) {
	t.Helper()
	called = map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.TypeSpec:
				if declared, ok := node.Type.(*ast.InterfaceType); ok && node.Name.Name == name {
					for _, method := range declared.Methods.List {
						methods = append(methods, method.Names[0].Name)
					}
				}
			case *ast.CallExpr:
				if selector, ok := node.Fun.(*ast.SelectorExpr); ok {
					called[selector.Sel.Name] = true
					// The SDK's paginators call the method that they are named after.
					if paged, ok := strings.CutPrefix(strings.TrimSuffix(selector.Sel.Name, "Paginator"), "New"); ok {
						called[paged] = true
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return methods, called
}

// TestRollBackRoles: roles are passed only when somebody names them, and to
// ECS's tasks only.
func TestRollBackRoles(t *testing.T) {
	const roles = "arn:aws-us-gov:iam::111122223333:role/app-*"
	stack := synthesizeFor(t, map[string]string{"rollBackRoles": roles})[accountStack]
	checkGranted(t, stack, map[string][]string{"Gate": {"iam:PassRole"}, "Verifier": {"iam:PassRole"}}, func(string) bool { return true })
	checkMessages(t, stack)
	if !strings.Contains(string(stack.text), `"iam:PassedToService": "ecs-tasks.amazonaws.com"`) {
		t.Error("roles may be passed to any service")
	}
}
