package manifest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/manifest"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestSameVerdictBeforeAndAfter: for generated templates and plans, what check
// says before anything is registered is what the enforcer says when a local
// account has registered and launched it, or that it is not known. What passes
// because no rule applies to it may be called compliant before: where it will
// run is not known then.
func TestSameVerdictBeforeAndAfter(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const files = 200
	d := newDeployment(t)
	random := rand.New(rand.NewPCG(7, 11))
	seen, unknown, compared := map[guard.Verdict]int{}, 0, 0
	for n := range files {
		design := newDesign(random, n)
		render, name := design.template, "template.yaml"
		if n%2 == 1 {
			render, name = design.plan, "plan.json"
		}
		text := render(random)
		contents, err := manifest.Read([]byte(text), manifest.Options{File: name, Regions: []string{"us-gov-west-1"}})
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		before := map[string]manifest.Item{}
		for _, i := range contents.Items {
			key, _, _ := strings.Cut(i.Name, " ") // without the part, such as a target
			before[key[strings.LastIndex(key, ".")+1:]] = i
		}
		for called, after := range d.deploy(t, design) {
			item, ok := before[called]
			if !ok {
				t.Errorf("check says nothing of %s:\n%s", called, text)
				continue
			}
			compared++
			seen[after]++
			switch got := item.Finding.Verdict; {
			case got == guard.InsufficientData:
				unknown++
			case got == after, got == guard.Compliant && after == guard.NotApplicable:
			default:
				t.Errorf("of %s check says %v (%s), the enforcer %v:\n%s", called, got, item.Finding.Reason, after, text)
			}
		}
	}
	t.Logf("%d files, %d resources compared, %d of them not known before; after: %v", files, compared, unknown, seen)
	if compared < 2*files || unknown > compared/3 {
		t.Errorf("of %d resources %d are not known before: the test shows little", compared, unknown)
	}
	for _, v := range []guard.Verdict{guard.Compliant, guard.NonCompliant, guard.NotApplicable} {
		if seen[v] < compared/20 {
			t.Errorf("only %d of %d resources are %v", seen[v], compared, v)
		}
	}
}

// design is what is deployed: task definitions, and what launches them.
type design struct {
	number      int
	definitions []definition
	launches    []launched
}

type definition struct {
	name, os, arch, network string
	asked                   []string
}

type launched struct {
	name, kind, launchType, provider, version, cluster string
	of                                                 definition
}

func pick[T any](random *rand.Rand, all ...T) T { return all[random.IntN(len(all))] }

func newDesign(random *rand.Rand, number int) design {
	d := design{number: number}
	for i := range 1 + random.IntN(3) {
		def := definition{
			name: fmt.Sprintf("d%d", i), arch: pick(random, "", "X86_64", "X86_64", "ARM64"), os: pick(random, "", "LINUX", "LINUX", "WINDOWS_SERVER_2022_CORE"),
			network: pick(random, "awsvpc", "awsvpc", "awsvpc", "bridge"), asked: pick(random, nil, []string{"FARGATE"}, []string{"FARGATE"}, []string{"EC2"}, []string{"EC2", "FARGATE"}),
		}
		if def.os == "WINDOWS_SERVER_2022_CORE" {
			def.arch = "X86_64"
		}
		if len(def.asked) > 0 && def.asked[len(def.asked)-1] == "FARGATE" {
			def.network = "awsvpc"
		}
		d.definitions = append(d.definitions, def)
	}
	for i := range 1 + random.IntN(3) {
		l := launched{
			name: fmt.Sprintf("l%d", i), kind: pick(random, "service", "service", "rule"), of: pick(random, d.definitions...),
			launchType: pick(random, "", "FARGATE", "FARGATE", "EC2"), version: pick(random, "", "", "LATEST", "1.4.0", "1.3.0"), cluster: pick(random, "plain", "auto"),
		}
		if l.launchType == "" {
			l.provider = pick(random, "", "FARGATE", "FARGATE_SPOT")
		}
		if l.launchType == "EC2" {
			l.version = ""
		}
		d.launches = append(d.launches, l)
	}
	return d
}

// deployment is a local account with an administrator and the enforcer.
type deployment struct {
	admin *ecs.Client
	trail *cloudtrail.Client
	guard *enforcer.Enforcer
	log   *verdicts
	read  map[string]bool // events that the enforcer has had
}

func newDeployment(t *testing.T) *deployment {
	t.Helper()
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	people := localaws.Everyone()
	admin, keeper := local.Config(people.Admin, "us-gov-west-1"), local.Config(people.Guard, "us-gov-west-1")
	d := &deployment{admin: ecs.NewFromConfig(admin), trail: cloudtrail.NewFromConfig(admin), log: &verdicts{}, read: map[string]bool{}}
	d.guard = &enforcer.Enforcer{
		Account:  ecsapi.NewAccount(ecs.NewFromConfig(keeper), nil, time.Now),
		Notifier: silent{}, Policy: guard.DefaultPolicy().Audited(), Workloads: policydoc.Fixed(guard.DefaultPolicy().Audited()), Log: slog.New(d.log), Metrics: metric.NewWriter(io.Discard), Now: time.Now,
	}
	fargate := []string{"FARGATE", "FARGATE_SPOT"}
	for name, strategy := range map[string][]ecstypes.CapacityProviderStrategyItem{"plain": nil, "auto": {{CapacityProvider: aws.String("FARGATE_SPOT")}}} {
		if _, err := d.admin.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String(name), CapacityProviders: fargate, DefaultCapacityProviderStrategy: strategy}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// silent tells nobody.
type silent struct{}

func (silent) Notify(context.Context, guard.Report, time.Time) (bool, error) { return false, nil }
func (silent) Publish(context.Context, alert.Message) error                  { return nil }

// verdicts collects what the enforcer says of findings.
type verdicts struct {
	slog.Handler
	findings []guard.Finding
}

func (v *verdicts) Enabled(context.Context, slog.Level) bool { return true }
func (v *verdicts) WithAttrs([]slog.Attr) slog.Handler       { return v }
func (v *verdicts) WithGroup(string) slog.Handler            { return v }

func (v *verdicts) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "finding" {
		return nil
	}
	var f guard.Finding
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "verdict" {
			_ = f.Verdict.UnmarshalText([]byte(a.Value.String()))
		}
		return true
	})
	v.findings = append(v.findings, f)
	return nil
}

// deploy registers and launches a design and returns what the enforcer says of
// each part of it that AWS accepts.
func (d *deployment) deploy(t *testing.T, of design) map[string]guard.Verdict {
	t.Helper()
	after := map[string]guard.Verdict{}
	arns := map[string]string{}
	for _, def := range of.definitions {
		in := &ecs.RegisterTaskDefinitionInput{
			Family: aws.String(fmt.Sprintf("f%d-%s", of.number, def.name)), Cpu: aws.String("1024"), Memory: aws.String("2048"), NetworkMode: ecstypes.NetworkMode(def.network),
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("c"), Image: aws.String("x")}},
		}
		for _, a := range def.asked {
			in.RequiresCompatibilities = append(in.RequiresCompatibilities, ecstypes.Compatibility(a))
		}
		if def.os != "" || def.arch != "" {
			in.RuntimePlatform = &ecstypes.RuntimePlatform{CpuArchitecture: ecstypes.CPUArchitecture(def.arch), OperatingSystemFamily: ecstypes.OSFamily(def.os)}
		}
		out, err := d.admin.RegisterTaskDefinition(t.Context(), in)
		if err != nil {
			t.Fatalf("register %+v: %v", def, err)
		}
		arns[def.name] = aws.ToString(out.TaskDefinition.TaskDefinitionArn)
		after[def.name] = d.verdict(t, "RegisterTaskDefinition")
	}
	network := &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	for _, l := range of.launches {
		version, strategy := optional(l.version), []ecstypes.CapacityProviderStrategyItem(nil)
		if l.provider != "" {
			strategy = []ecstypes.CapacityProviderStrategyItem{{CapacityProvider: aws.String(l.provider)}}
		}
		if l.kind == "service" {
			_, err := d.admin.CreateService(t.Context(), &ecs.CreateServiceInput{
				ServiceName: aws.String(fmt.Sprintf("s%d-%s", of.number, l.name)), Cluster: aws.String(l.cluster), TaskDefinition: aws.String(arns[l.of.name]), DesiredCount: aws.Int32(0),
				LaunchType: ecstypes.LaunchType(l.launchType), CapacityProviderStrategy: strategy, PlatformVersion: version, NetworkConfiguration: network,
			})
			if err == nil {
				after[l.name] = d.verdict(t, "CreateService")
			}
			continue
		}
		_, err := d.admin.RunTask(t.Context(), &ecs.RunTaskInput{
			Cluster: aws.String(l.cluster), TaskDefinition: aws.String(arns[l.of.name]),
			LaunchType: ecstypes.LaunchType(l.launchType), CapacityProviderStrategy: strategy, PlatformVersion: version, NetworkConfiguration: network,
		})
		if err == nil {
			after[l.name] = d.verdict(t, "RunTask")
		}
	}
	return after
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

// verdict hands the newest event of a call to the enforcer and returns what it
// says.
func (d *deployment) verdict(t *testing.T, call string) guard.Verdict {
	t.Helper()
	out, err := d.trail.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String(call)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range out.Events {
		id, record := aws.ToString(e.EventId), aws.ToString(e.CloudTrailEvent)
		if d.read[id] || strings.Contains(record, `"errorCode"`) {
			continue
		}
		d.read[id] = true
		event, err := json.Marshal(map[string]any{
			"version": "0", "id": id, "detail-type": "AWS API Call via CloudTrail", "source": "aws.ecs", "account": localaws.AccountID,
			"region": "us-gov-west-1", "time": e.EventTime, "resources": []string{}, "detail": json.RawMessage(record),
		})
		if err != nil {
			t.Fatal(err)
		}
		d.log.findings = nil
		// Under an audit policy, what is not fixed is no error of the enforcer's.
		_ = d.guard.Respond(t.Context(), guard.Location{Account: localaws.AccountID, Region: "us-gov-west-1"}, event)
		if len(d.log.findings) == 0 {
			t.Fatalf("the enforcer says nothing of %s", record)
		}
		return guard.Worst(d.log.findings)
	}
	t.Fatalf("CloudTrail has no new %s", call)
	return guard.InsufficientData
}

// template writes a design as a CloudFormation template, values in one of the
// ways in which people write them.
func (d design) template(random *rand.Rand) string {
	var parameters, mappings, resources strings.Builder
	written := 0
	value := func(text string) string {
		written++
		switch random.IntN(9) {
		case 0:
			fmt.Fprintf(&parameters, "  P%d: {Type: String, AllowedValues: [%s]}\n", written, text)
			return fmt.Sprintf("!Ref P%d", written)
		case 1:
			fmt.Fprintf(&mappings, "  M%d: {us-gov-west-1: {v: %s}, us-gov-east-1: {v: other}}\n", written, text)
			return fmt.Sprintf("!FindInMap [M%d, !Ref AWS::Region, v]", written)
		case 2:
			return fmt.Sprintf("!If [West, %s, other]", text)
		case 3:
			return fmt.Sprintf("!Join ['', [%s, %s]]", text[:1], text[1:])
		case 4:
			fmt.Fprintf(&parameters, "  P%d: {Type: String, Default: %s}\n", written, text)
			return fmt.Sprintf("!Ref P%d", written)
		}
		return text
	}
	for _, def := range d.definitions {
		fmt.Fprintf(&resources, "  %s:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: %s\n      Cpu: '1024'\n      Memory: '2048'\n", def.name, def.network)
		if len(def.asked) > 0 {
			fmt.Fprintf(&resources, "      RequiresCompatibilities: [%s]\n", strings.Join(def.asked, ", "))
		}
		if def.os != "" || def.arch != "" {
			resources.WriteString("      RuntimePlatform:\n")
			if def.arch != "" {
				fmt.Fprintf(&resources, "        CpuArchitecture: %s\n", value(def.arch))
			}
			if def.os != "" {
				fmt.Fprintf(&resources, "        OperatingSystemFamily: %s\n", value(def.os))
			}
		}
	}
	for _, l := range d.launches {
		definition, indent := "TaskDefinition", "      "
		if l.kind == "rule" {
			fmt.Fprintf(&resources, "  %s:\n    Type: AWS::Events::Rule\n    Properties:\n      Targets:\n      - Id: t\n        Arn: !GetAtt %s.Arn\n        EcsParameters:\n", l.name, l.cluster)
			definition, indent = "TaskDefinitionArn", "          "
		} else {
			fmt.Fprintf(&resources, "  %s:\n    Type: AWS::ECS::Service\n    Properties:\n      Cluster: !Ref %s\n", l.name, l.cluster)
		}
		fmt.Fprintf(&resources, "%s%s: !Ref %s\n", indent, definition, l.of.name)
		if l.launchType != "" {
			fmt.Fprintf(&resources, "%sLaunchType: %s\n", indent, value(l.launchType))
		}
		if l.provider != "" {
			fmt.Fprintf(&resources, "%sCapacityProviderStrategy: [{CapacityProvider: %s}]\n", indent, value(l.provider))
		}
		if l.version != "" {
			fmt.Fprintf(&resources, "%sPlatformVersion: %s\n", indent, value(l.version))
		}
	}
	return "Parameters:\n  Unused: {Type: String}\n" + parameters.String() + "Mappings:\n  Unused: {a: {b: c}}\n" + mappings.String() +
		"Conditions:\n  West: !Equals [!Ref AWS::Region, us-gov-west-1]\nResources:\n" +
		"  plain: {Type: AWS::ECS::Cluster}\n  auto: {Type: AWS::ECS::Cluster, Properties: {DefaultCapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT}]}}\n" + resources.String()
}

// plan writes a design as a Terraform plan: some values only applying it would
// show, definitions are referred to through modules.
func (d design) plan(random *rand.Rand) string {
	type object = map[string]any
	type list = []any
	changes, written, outputs := list{}, list{}, object{}
	known := func(after, unknown object, name, text string) {
		switch {
		case text == "":
		case random.IntN(8) == 0:
			unknown[name] = true
		default:
			after[name] = text
		}
	}
	add := func(kind, name, module string, after, unknown object) {
		address := kind + "." + name
		if module != "" {
			address = "module." + module + "." + address
		}
		changes = append(changes, object{"address": address, "module_address": or(module, "module."+module), "mode": "managed", "type": kind, "name": name,
			"change": object{"actions": list{"create"}, "after": after, "after_unknown": unknown}})
	}
	for _, def := range d.definitions {
		after := object{"family": def.name, "network_mode": def.network, "cpu": "1024", "memory": "2048", "requires_compatibilities": def.asked, "runtime_platform": list{}}
		unknown := object{"arn": true}
		if def.os != "" || def.arch != "" {
			platform, pending := object{}, object{}
			known(platform, pending, "cpu_architecture", def.arch)
			known(platform, pending, "operating_system_family", def.os)
			after["runtime_platform"], unknown["runtime_platform"] = list{platform}, list{pending}
		}
		add("aws_ecs_task_definition", def.name, "definitions", after, unknown)
		outputs[def.name] = object{"expression": object{"references": list{"aws_ecs_task_definition." + def.name + ".arn", "aws_ecs_task_definition." + def.name}}}
	}
	for name, strategy := range map[string]list{"plain": {}, "auto": {object{"capacity_provider": "FARGATE_SPOT"}}} {
		add("aws_ecs_cluster", name, "", object{"name": name}, object{"arn": true, "id": true})
		add("aws_ecs_cluster_capacity_providers", name, "", object{"cluster_name": name, "default_capacity_provider_strategy": strategy}, object{})
	}
	for _, l := range d.launches {
		after, unknown := object{}, object{}
		known(after, unknown, "launch_type", l.launchType)
		known(after, unknown, "platform_version", l.version)
		if l.provider != "" {
			after["capacity_provider_strategy"] = list{object{"capacity_provider": l.provider}}
		}
		reference := object{"references": list{"module.definitions." + l.of.name, "module.definitions"}}
		cluster := object{"references": list{"aws_ecs_cluster." + l.cluster + ".arn", "aws_ecs_cluster." + l.cluster}}
		expressions := object{}
		for name := range unknown {
			expressions[name] = object{"references": list{"data.aws_ssm_parameter.x.value", "data.aws_ssm_parameter.x"}}
		}
		if l.kind == "rule" {
			unknown["task_definition_arn"], expressions["task_definition_arn"] = true, reference
			add("aws_cloudwatch_event_target", l.name, "", object{"ecs_target": list{after}}, object{"arn": true, "ecs_target": list{unknown}})
			written = append(written, object{"type": "aws_cloudwatch_event_target", "name": l.name, "expressions": object{"arn": cluster, "ecs_target": list{expressions}}})
			continue
		}
		unknown["task_definition"], expressions["task_definition"] = true, reference
		unknown["cluster"], expressions["cluster"] = true, cluster
		if l.version == "" && l.launchType != "EC2" {
			unknown["platform_version"] = true // Terraform computes it
		}
		add("aws_ecs_service", l.name, "", after, unknown)
		written = append(written, object{"type": "aws_ecs_service", "name": l.name, "expressions": expressions})
	}
	text, err := json.Marshal(object{"format_version": "1.2", "resource_changes": changes, "configuration": object{"root_module": object{
		"resources": written, "module_calls": object{"definitions": object{"module": object{"outputs": outputs}}},
	}}})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func or(text, then string) string {
	if text == "" {
		return ""
	}
	return then
}
