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

// clients are the interfaces through which the functions call AWS, and their
// IAM prefix.
var clients = []struct{ folder, name, prefix string }{
	{"../internal/fargate", "API", "ecs"},
	{"../internal/fargate", "Scaling", "application-autoscaling"},
	{"../internal/alert", "Publisher", "sns"},
}

// runtime are the actions that Lambda, its dead-letter queue and the encryption
// need, though no code of ours makes a call.
var runtime = []string{
	"kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogStream", "logs:PutLogEvents",
	"sqs:SendMessage", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
}

// reads are granted in audit mode too; every other call changes something.
func isRead(action string) bool {
	return strings.Contains(action, ":Describe") || strings.Contains(action, ":List") || action == "sns:Publish"
}

// checkPermissions compares the role's policy with the calls in the code: none
// is missing, none is too much.
func checkPermissions(t *testing.T, stack synthesized) {
	t.Helper()
	want := append(slices.Clone(runtime), calls(t)...)
	slices.Sort(want)
	if diff := cmp.Diff(want, granted(t, stack)); diff != "" {
		t.Errorf("the enforcer's policy (-code +policy):\n%s", diff)
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::RolePolicy"} {
		if n := len(stack.resources(kind)); n != 0 {
			t.Errorf("%d %s beside the managed policy", n, kind)
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
	want := append(slices.Clone(runtime), "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces")
	for _, call := range calls(t) {
		if isRead(call) {
			want = append(want, call)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, granted(t, stack)); diff != "" {
		t.Errorf("the enforcer's policy in audit mode (-want +policy):\n%s", diff)
	}
	if len(stack.resources("Custom::FargateFIPSMode")) != 0 {
		t.Error("a stack in audit mode turns FIPS mode on")
	}
}

// granted are the actions that the template's policies allow. A wildcard is a
// grant of what no code calls.
func granted(t *testing.T, stack synthesized) []string {
	t.Helper()
	actions := map[string]bool{}
	for _, policy := range stack.resources("AWS::IAM::ManagedPolicy") {
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

// calls are the IAM actions of all methods in the clients' interfaces. A method
// that no code calls fails the test.
func calls(t *testing.T) []string {
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
	want := append(slices.Clone(runtime), calls(t)...)
	want = append(want, "iam:PassRole")
	slices.Sort(want)
	if diff := cmp.Diff(want, granted(t, stack)); diff != "" {
		t.Errorf("the enforcer's policy (-want +policy):\n%s", diff)
	}
	checkMessages(t, stack)
	if !strings.Contains(string(stack.text), `"iam:PassedToService": "ecs-tasks.amazonaws.com"`) {
		t.Error("roles may be passed to any service")
	}
}
