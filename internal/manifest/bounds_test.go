package manifest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/manifest/launch"
)

// TestLargeFilesEndSoon: what many resources share is not gone through anew for
// each. Searching for it would take minutes for most of these files.
func TestLargeFilesEndSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const many = 20_000
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
		}
		return b.String()
	}
	conditions := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "!If [C%dc, FARGATE, EC2], ", i)
		}
		return b.String()
	}
	const service = "  S%d: {Type: AWS::ECS::Service, Properties: {LaunchType: FARGATE, TaskDefinition: !Ref D%d}}\n"
	const definition = "  D%d: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE]}}\n"
	const change = `{"type":"aws_ecs_%k","name":"n%d","change":{"actions":["create"],"after":{"launch_type":"FARGATE","requires_compatibilities":["FARGATE"]}}},`
	const written = `{"type":"aws_ecs_service","name":"n%d","expressions":{"task_definition":{"references":["aws_ecs_task_definition.n%d"]}}},`
	for name, c := range map[string]struct {
		text    string
		items   int
		verdict guard.Verdict // of the last item
	}{
		"many services with a definition each": {"Resources:\n" + repeat(many, definition+service), 2 * many, guard.Compliant},
		"a plan of many services": {
			`{"resource_changes":[` + repeat(many, strings.ReplaceAll(change, "%k", "task_definition")+strings.ReplaceAll(change, "%k", "service")) + `{}],` +
				`"configuration":{"root_module":{"resources":[` + repeat(many, written) + `{}]}}}`, 2 * many, guard.Compliant,
		},
		"many services with many instances of a definition": {
			`{"resource_changes":[` + strings.Repeat(strings.NewReplacer("%k", "task_definition", "%d", "0").Replace(change), many) + repeat(many, strings.ReplaceAll(change, "%k", "service")) + `{}],` +
				`"configuration":{"root_module":{"resources":[` + repeat(many, strings.ReplaceAll(written, "definition.n%d", "definition.n0")) + `{}]}}}`, 2 * many, guard.InsufficientData,
		},
		"many definitions of many conditions": {
			"Resources:\n" + repeat(many/4, "  D%d: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: ["+conditions(9)+"]}}\n"), many / 4, guard.InsufficientData,
		},
		"one parameter with many values": {
			"Parameters:\n  P: {AllowedValues: [" + strings.Repeat("X86_64, ", many) + "]}\nResources:\n" +
				repeat(many, "  D%d: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], RuntimePlatform: {CpuArchitecture: !Ref P}}}\n"), many, guard.InsufficientData,
		},
		"one list of many elements": {
			"Mappings:\n  M: {a: {b: [" + strings.Repeat("EC2, ", many) + "]}}\nResources:\n" +
				repeat(many, "  D%d: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: !FindInMap [M, a, b], RuntimePlatform: {CpuArchitecture: ARM64}}}\n"), many, guard.InsufficientData,
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			contents, err := Read([]byte(c.text), launch.Options{})
			items := contents.Items
			if err != nil || len(items) != c.items {
				t.Fatalf("%d items, want %d: %v", len(items), c.items, err)
			}
			if last := items[len(items)-1].Finding; last.Verdict != c.verdict {
				t.Errorf("the last is %v: %s", last.Verdict, last.Reason)
			}
			took := time.Since(start)
			t.Logf("%d KiB took %v", len(c.text)>>10, took)
			if took > 20*time.Second {
				t.Errorf("%d KiB took %v", len(c.text)>>10, took)
			}
		})
	}
}

// TestChoicesAreBounded: what has more choices than are evaluated is unknown,
// also if each of those that are would pass.
func TestChoicesAreBounded(t *testing.T) {
	nested := "!Ref AWS::NoValue"
	for n := range 10 {
		nested = fmt.Sprintf("!If [C%d, X86_64, %s]", n, nested)
	}
	all := ""
	for n := range 10 {
		all += fmt.Sprintf("!If [C%d, FARGATE, FARGATE], ", n)
	}
	text := "Parameters:\n  Many: {AllowedValues: [A, B, C, D, E, F, G, H, I]}\n  OS: {AllowedValues: [LINUX, linux, Linux, lINUX, liNUX, linUX, linuX, LInux]}\nResources:\n" +
		"  Nested: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], RuntimePlatform: {CpuArchitecture: " + nested + "}}}\n" +
		"  Each: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [" + all + "]}}\n" +
		"  Same: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], RuntimePlatform: {OperatingSystemFamily: !Ref OS}}}\n" +
		"  Nine: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], RuntimePlatform: {CpuArchitecture: !Ref Many}}}\n"
	contents, err := Read([]byte(text), launch.Options{})
	if err != nil || len(contents.Items) != 4 {
		t.Fatalf("%d items: %v", len(contents.Items), err)
	}
	for i, want := range []guard.Verdict{guard.Compliant, guard.InsufficientData, guard.Compliant, guard.InsufficientData} {
		f := contents.Items[i].Finding
		if f.Verdict != want || want == guard.InsufficientData && !strings.Contains(f.Reason, launch.TooMany) {
			t.Errorf("%s is %v: %s", f.Subject, f.Verdict, f.Reason)
		}
	}
}

// TestAConditionHoldsOrNot: what one condition decides in several places is one
// choice.
func TestAConditionHoldsOrNot(t *testing.T) {
	text := `
Parameters: {Launch: {Type: String, AllowedValues: [EC2, FARGATE]}}
Conditions: {OnFargate: !Equals [!Ref Launch, FARGATE]}
Resources:
  Def:
    Type: AWS::ECS::TaskDefinition
    Properties: {RequiresCompatibilities: [!Ref Launch], RuntimePlatform: {CpuArchitecture: !If [OnFargate, X86_64, ARM64]}}
  Svc:
    Type: AWS::ECS::Service
    Properties: {LaunchType: !Ref Launch, TaskDefinition: !Ref Def, PlatformVersion: !If [OnFargate, 1.4.0, !Ref AWS::NoValue]}
`
	contents, err := Read([]byte(text), launch.Options{})
	if err != nil || len(contents.Items) != 2 {
		t.Fatalf("%d items: %v", len(contents.Items), err)
	}
	for _, item := range contents.Items {
		if item.Finding.Verdict != guard.Compliant {
			t.Errorf("%s is %v: %s", item.Name, item.Finding.Verdict, item.Finding.Reason)
		}
	}
}
