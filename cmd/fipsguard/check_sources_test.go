package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckOfSources: what launches tasks in a language that is not read is no
// pass. Beside documents that are read it is said; beside a plan it is not
// missing.
func TestCheckOfSources(t *testing.T) {
	const (
		launches = "resource \"aws_ecs_service\" \"api\" {\n  launch_type = \"FARGATE\"\n}\n"
		module   = "module \"ecs\" {\n  source  = \"terraform-aws-modules/ecs/aws\"\n}\n"
		harmless = "resource \"aws_s3_bucket\" \"b\" {}\nmodule \"own\" {\n  source = \"./ecs\"\n}\n"
		template = `{"Resources": {"D": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"RequiresCompatibilities": ["FARGATE"]}}}}`
		plan     = `{"format_version": "1.2", "resource_changes": []}`
		jsonnet  = "{ family: 'x', requiresCompatibilities: ['FARGATE'] }"
		inJSON   = `{"resource": {"aws_ecs_service": {"api": {"launch_type": "FARGATE"}}}}`
		said     = "only a plan shows which"
	)
	for name, c := range map[string]struct {
		files map[string]string
		exit  exitCode
		talk  string // what it says; empty is that it does not speak of sources
	}{
		"configuration alone":           {map[string]string{"main.tf": launches}, exitUnreadable, said},
		"a module of others":            {map[string]string{"main.tf": module}, exitUnreadable, said},
		"configuration in JSON":         {map[string]string{"cdk.tf.json": inJSON}, exitUnreadable, said},
		"Jsonnet alone":                 {map[string]string{"task.jsonnet": jsonnet}, exitUnreadable, "Jsonnet is not read"},
		"configuration and a template":  {map[string]string{"main.tf": launches, "more.tf": launches, "t.json": template}, 0, "main.tf and 1 other file: not checked"},
		"configuration and its plan":    {map[string]string{"main.tf": launches, "plan.json": plan}, 0, ""},
		"configuration of other things": {map[string]string{"main.tf": harmless, "aws.tf.json": `{"provider": {}}`}, 0, ""},
		"a service that is not JSON":    {map[string]string{"service.json": `{"launchType": "FARGATE", "desiredCount": {{ must_env "N" }}}`}, exitUnreadable, "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, text := range c.files {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			code, _, talk := fipsguard("", "check", folder)
			if code != c.exit {
				t.Errorf("exits %d, want %d: %s", code, c.exit, talk)
			}
			if !strings.Contains(talk, c.talk) || c.talk == "" && strings.Contains(talk, said) {
				t.Errorf("says %q, want %q", talk, c.talk)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "main.tf")
	if err := os.WriteFile(file, []byte(launches), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := fipsguard("", "check", file); code != exitUnreadable || !strings.Contains(talk, said) {
		t.Errorf("a source that is named exits %d: %s", code, talk)
	}
}
