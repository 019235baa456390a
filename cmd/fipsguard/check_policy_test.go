package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckByPolicy: a rule that the policy turns off has no findings, and what
// it exempts may stand, where the file shows that it is that.
func TestCheckByPolicy(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	exempt := func(resource, until string) string {
		return fmt.Sprintf(`{"version": 1, "exemptions": [{"resource": "arn:aws-us-gov:ecs:%s", "reason": "vendor image", "approver": "jane.doe", "expires": "%s"}]}`, resource, until)
	}
	template := write("t.yaml", `
Resources:
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: main}}
  Arm: {Type: AWS::ECS::TaskDefinition, Properties: {Family: legacy, RequiresCompatibilities: [FARGATE], RuntimePlatform: {CpuArchitecture: ARM64}}}
  Svc: {Type: AWS::ECS::Service, Properties: {Cluster: main, ServiceName: web, LaunchType: FARGATE, TaskDefinition: !Ref Arm}}
`)
	setting := write("s.json", `{"name": "fargateFIPSMode", "value": "disabled"}`)
	for name, c := range map[string]struct {
		policy, flags string
		file          string
		code          exitCode
		says          string
	}{
		"the defaults":                         {`{"version": 1}`, "", template, exitFindings, "2 checked, 2 not compliant or not known\n"},
		"a rule is off":                        {`{"version": 1, "rules": {"task-definition-platform": "off"}}`, "", template, exitFindings, "2 checked, 1 not compliant"},
		"both rules are off":                   {`{"version": 1, "rules": {"task-definition-platform": "off", "service-platform": "off"}}`, "", template, 0, "2 checked, 0 not compliant"},
		"a family, anywhere":                   {exempt("*:*:task-definition/legacy:*", "2126-12-31"), "", template, 0, "ignored until 2126-12-31: vendor image"},
		"a family in an account, unknown":      {exempt("*:111122223333:task-definition/legacy:*", "2126-12-31"), "", template, exitFindings, "2 not compliant"},
		"a family in an account":               {exempt("*:111122223333:task-definition/legacy:*", "2126-12-31"), "--account=111122223333", template, 0, "2 ignored"},
		"a family in another account":          {exempt("*:111122223333:task-definition/legacy:*", "2126-12-31"), "--account=444455556666", template, exitFindings, "2 not compliant"},
		"a family in a Region, unknown":        {exempt("us-gov-west-1:*:task-definition/legacy:*", "2126-12-31"), "", template, exitFindings, "2 not compliant"},
		"a family in a Region":                 {exempt("us-gov-west-1:*:task-definition/legacy:*", "2126-12-31"), "--region=us-gov-west-1", template, 0, "2 ignored"},
		"one revision, of which none is known": {exempt("*:*:task-definition/legacy:7", "2126-12-31"), "", template, exitFindings, "2 not compliant"},
		"another family":                       {exempt("*:*:task-definition/other:*", "2126-12-31"), "", template, exitFindings, "2 not compliant"},
		"the service alone":                    {exempt("*:*:service/main/web", "2126-12-31"), "", template, exitFindings, "2 checked, 1 not compliant or not known, 1 ignored"},
		"the setting is never exempt":          {exempt("*:*:task-definition/f*", "2126-12-31"), "", setting, exitFindings, "1 not compliant"},
		"an expired exemption":                 {exempt("*:*:task-definition/legacy:*", "2020-12-31"), "", template, exitUnreadable, "the exemption expired on 2020-12-31"},
		"not a policy":                         {`{"version": 2}`, "", template, exitUnreadable, "this guard reads version 1"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"check", "--policy", write("policy.json", c.policy)}, strings.Fields(c.flags)...)
			code, out, talk := fipsguard("", append(args, c.file)...)
			if code != c.code || !strings.Contains(out+talk, c.says) {
				t.Errorf("exits %d, want %d with %q:\n%s%s", code, c.code, c.says, out, talk)
			}
		})
	}
	if code, _, talk := fipsguard("", "check", "--policy", filepath.Join(folder, "absent"), template); code != exitUnreadable || !strings.Contains(talk, "absent: no such file") {
		t.Errorf("without its policy it exits %d: %s", code, talk)
	}
	if code, _, talk := fipsguard("", "check", "--region", "us-east-1", template); code != exitUnreadable || !strings.Contains(talk, "us-gov-west-1") {
		t.Errorf("for another Region it exits %d: %s", code, talk)
	}
}

// TestCheckFolders: what is foreign is passed over and counted once; what looks
// like one of ours and cannot be read is not.
func TestCheckFolders(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"good.json":             `{"family": "web", "requiresCompatibilities": ["FARGATE"], "containerDefinitions": []}`,
		"package.json":          `{"name": "x", "services": ["a"]}`,
		"other.yaml":            "a: [1, 2",
		"values.yaml":           "services:\n  - {{ .Values.x }}\n",
		"node_modules/bad.json": `{"family": "web", "requiresCompatibilities": ["FARGATE"], "runtimePlatform": {"cpuArchitecture": "ARM64"}, "containerDefinitions": []}`,
		"utf16.json":            "\xff\xfe{\x00}\x00",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, out, talk := fipsguard("", "check", folder)
	if code != 0 || out != "1 checked, 0 not compliant or not known\n" || talk != "fipsguard: 1 file read; 4 files about something else passed over\n" {
		t.Errorf("exits %d:\n%s%s", code, out, talk)
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.yaml"), []byte("Resources:\n  A: {Type: AWS::ECS::Service\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := fipsguard("", "check", folder); code != exitUnreadable || !strings.Contains(talk, "broken.yaml: not YAML") {
		t.Errorf("with a broken template it exits %d: %s", code, talk)
	}
	if code, _, talk := fipsguard("", "check", filepath.Join(folder, "package.json")); code != exitUnreadable || !strings.Contains(talk, "neither") {
		t.Errorf("a foreign file that is named exits %d: %s", code, talk)
	}
	if code, _, talk := fipsguard("", "check", filepath.Join(folder, "*.none")); code != exitUnreadable || !strings.Contains(talk, "no file matches") {
		t.Errorf("a pattern that matches nothing exits %d: %s", code, talk)
	}
	if code, _, talk := fipsguard("", "check", t.TempDir()); code != 0 || talk != "fipsguard: there are no files to check\n" {
		t.Errorf("an empty folder exits %d: %s", code, talk)
	}
}

// TestCheckUTF16: PowerShell's > writes a plan in UTF-16.
func TestCheckUTF16(t *testing.T) {
	text := `{"format_version": "1.2", "resource_changes": [{"address": "a", "type": "aws_ecs_task_definition", "name": "a", "change": {"actions": ["create"], "after": {"requires_compatibilities": ["FARGATE"], "runtime_platform": [{"cpu_architecture": "ARM64"}]}}}]}`
	for name, order := range map[string]string{"little": "\xff\xfe", "big": "\xfe\xff"} {
		var b strings.Builder
		b.WriteString(order)
		for _, c := range []byte(text) {
			if name == "little" {
				b.Write([]byte{c, 0})
			} else {
				b.Write([]byte{0, c})
			}
		}
		if code, out, talk := fipsguard(b.String(), "check", "-"); code != exitFindings || !strings.Contains(out, "ARM64") {
			t.Errorf("%s endian: exits %d: %s%s", name, code, out, talk)
		}
	}
}
