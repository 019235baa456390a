package launch

import (
	"strings"
	"sync"
	"unicode"

	"fipsguard/internal/syntax"
)

// Type is a row of the launch model: what a resource of a type can launch, and
// where in it the platform stands.
type Type struct {
	CloudFormation string // AWS::SERVICE::RESOURCE; Terraform's awscc provider has it as awscc_service_resource
	AWS            string // of Terraform's aws provider
	Launches       string // what it makes run on Fargate; empty if nothing
	Platform       string // where the platform stands

	decode func(Resource) []Statement
}

// nothing is the row of a type of a service that reaches Fargate, which launches
// nothing by itself.
func nothing(cloudFormation, aws string) Type { return Type{CloudFormation: cloudFormation, AWS: aws} }

// Types is the launch model. What is not in it and could reach Fargate all the
// same (reaches) is unknown.
func Types() []Type {
	return []Type{
		{"AWS::ECS::TaskDefinition", "aws_ecs_task_definition", "tasks, when something launches it", "`RuntimePlatform`", decodeDefinition},
		{"AWS::ECS::Service", "aws_ecs_service", "the tasks of a service", "its task definition, `PlatformVersion`; with controller `EXTERNAL` its task sets", decodeService},
		{"AWS::ECS::TaskSet", "aws_ecs_task_set", "the tasks of a service", "its task definition, `PlatformVersion`", decodeTaskSet},
		{"AWS::ECS::ExpressGatewayService", "aws_ecs_express_gateway_service", "the tasks of a service", "ECS decides: unknown", decodeExpress},
		{"AWS::ECS::CapacityProvider", "aws_ecs_capacity_provider", "nothing: of ECS Managed Instances it sets their FIPS mode", "`FipsEnabled` of its `InstanceLaunchTemplate`", decodeProvider},
		{"AWS::Batch::ComputeEnvironment", "aws_batch_compute_environment", "nothing: of Managed Instances it sets their FIPS mode", "`FipsEnabled` of the `ManagedInstancesProvider` in its `ComputeResources`; left out it is unknown", decodeComputeEnvironment},
		{"AWS::Batch::JobDefinition", "aws_batch_job_definition", "jobs", "`RuntimePlatform` and `FargatePlatformConfiguration` of its container or its tasks", decodeJobDefinition},
		{"AWS::Events::Rule", "aws_cloudwatch_event_target", "tasks or jobs, by its targets", "`EcsParameters`, `BatchParameters`", decodeRule},
		{"AWS::Scheduler::Schedule", "aws_scheduler_schedule", "tasks, by its target", "`EcsParameters`; of an API call `Input`", decodeSchedule},
		{"AWS::Pipes::Pipe", "aws_pipes_pipe", "tasks or jobs, by its target", "`EcsTaskParameters`, `BatchJobParameters`", decodePipe},
		{"AWS::StepFunctions::StateMachine", "aws_sfn_state_machine", "tasks, jobs and services, by its states", "the parameters of `ecs:runTask` and the like", decodeStateMachine},
		{"AWS::Serverless::StateMachine", "", "as `AWS::StepFunctions::StateMachine`", "as there", decodeStateMachine},
		{"AWS::SSM::Document", "aws_ssm_document", "what the API calls of a runbook do", "the inputs of `aws:executeAwsApi`", decodeAutomation},
		{"AWS::CloudFormation::Stack", "aws_cloudformation_stack", "all that its template has", "its template: `TemplateURL` if that is a file beside it", decodeStack},
		{"AWS::CloudFormation::StackSet", "aws_cloudformation_stack_set", "all that its template has", "`TemplateBody`", decodeStack},
		{"AWS::Serverless::Application", "", "all that its template has", "its template: `Location` if that is a file beside it", decodeStack},
		{"AWS::ServiceCatalog::CloudFormationProvisionedProduct", "aws_servicecatalog_provisioned_product", "all that its template has", "unknown", decodeProduct},
		{"AWS::CloudFormation::CustomResource", "", "what its function does", "of the CDK's `AwsCustomResource` the API call; else unknown if it names the setting", decodeCustom},
		{"AWS::EKS::FargateProfile", "aws_eks_fargate_profile", "pods", "unknown: Fargate for EKS has no FIPS mode", decodeEKS},
		{"", "aws_ecs_account_setting_default", "nothing: it sets FIPS mode", "`value`", decodeSetting},
		{"", "aws_cloudcontrolapi_resource", "as the type that it names", "`desired_state`", decodeCloudControl},

		nothing("AWS::ECS::Cluster", "aws_ecs_cluster"),
		nothing("AWS::ECS::ClusterCapacityProviderAssociations", "aws_ecs_cluster_capacity_providers"),
		nothing("AWS::ECS::PrimaryTaskSet", ""),
		nothing("", "aws_ecs_tag"),
		nothing("AWS::Batch::ConsumableResource", ""),
		nothing("AWS::Batch::JobQueue", "aws_batch_job_queue"),
		nothing("AWS::Batch::SchedulingPolicy", "aws_batch_scheduling_policy"),
		nothing("AWS::Batch::ServiceEnvironment", ""),
		nothing("AWS::Events::ApiDestination", "aws_cloudwatch_event_api_destination"),
		nothing("AWS::Events::Archive", "aws_cloudwatch_event_archive"),
		nothing("AWS::Events::Connection", "aws_cloudwatch_event_connection"),
		nothing("AWS::Events::Endpoint", "aws_cloudwatch_event_endpoint"),
		nothing("AWS::Events::EventBus", "aws_cloudwatch_event_bus"),
		nothing("AWS::Events::EventBusPolicy", "aws_cloudwatch_event_bus_policy"),
		nothing("", "aws_cloudwatch_event_permission"),
		nothing("", "aws_cloudwatch_event_rule"),
		nothing("AWS::Scheduler::ScheduleGroup", "aws_scheduler_schedule_group"),
		nothing("AWS::StepFunctions::Activity", "aws_sfn_activity"),
		nothing("AWS::StepFunctions::StateMachineAlias", "aws_sfn_alias"),
		nothing("AWS::StepFunctions::StateMachineVersion", ""),
		nothing("", "aws_cloudformation_stack_set_instance"),
		nothing("", "aws_cloudformation_stack_instances"),
		nothing("", "aws_cloudformation_type"),
	}
}

// TypeOf finds the row of a type, in any of its spellings.
func TypeOf(kind string) (Type, bool) {
	byName.once.Do(func() { byName.rows = typesByName() })
	row, ok := byName.rows[kind]
	if !ok && strings.HasPrefix(kind, "Custom::") {
		row, ok = byName.rows["AWS::CloudFormation::CustomResource"]
	}
	return row, ok
}

// byName is the table, made once: it is asked for each resource of each file.
var byName struct {
	once sync.Once
	rows map[string]Type
}

func typesByName() map[string]Type {
	table := map[string]Type{}
	for _, t := range Types() {
		for _, name := range []string{t.CloudFormation, t.AWS, awscc(t.CloudFormation)} {
			if name != "" {
				table[name] = t
			}
		}
	}
	return table
}

// awscc is the name that Terraform's awscc provider makes of CloudFormation's.
func awscc(cloudFormation string) string {
	words := strings.Split(cloudFormation, "::")
	if len(words) != 3 || words[1] == "Serverless" {
		return ""
	}
	return "awscc_" + strings.ToLower(words[1]) + "_" + SnakeCase(words[2])
}

// SnakeCase is Terraform's spelling of a name.
func SnakeCase(name string) string {
	var b strings.Builder
	before := 'A'
	for _, r := range name {
		if unicode.IsUpper(r) && !unicode.IsUpper(before) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		before = r
	}
	return b.String()
}

// reaches reports whether a type that the launch model does not have may reach
// Fargate: it is of a service whose types do, or a module that stands for any
// resources.
func reaches(kind string) bool {
	kind = strings.ToLower(strings.ReplaceAll(kind, "::", "_"))
	if strings.HasSuffix(kind, "_module") {
		return true
	}
	words := strings.Split(kind, "_")
	if strings.Contains(kind, "fargate") || len(words) > 2 && words[0] != "aws" && words[0] != "awscc" && words[1] == "ecs" {
		return true
	}
	if len(words) < 2 || words[0] != "aws" && words[0] != "awscc" {
		return false
	}
	switch words[1] {
	case "ecs", "batch", "events", "scheduler", "pipes", "sfn", "stepfunctions":
		return true
	case "cloudwatch":
		return len(words) > 2 && words[2] == "event"
	case "cloudformation":
		return len(words) > 2 && words[2] == "stack"
	}
	return false
}

// Statements are what a resource says in the world that its source is in.
func (r Resource) Statements() []Statement {
	row, ok := TypeOf(r.Kind)
	switch {
	case r.Kind == RunTask:
		return decodeRunTask(r)
	case r.Kind == AppSpec:
		return decodeAppSpec(r)
	case r.Kind == Setting:
		return decodeOneSetting(r)
	case r.Kind == Unreadable:
		return []Statement{unknown(aboutDefinition, "", r.At, r.Properties)}
	case ok && row.decode != nil:
		return row.decode(r)
	case !ok && reaches(r.Kind):
		return []Statement{unknown(aboutDefinition, "", r.At, Value{
			Unknown: "fipsguard does not know what " + r.Kind + " launches", At: r.At, Cause: Cause{Kind: code, Name: r.Kind},
		})}
	}
	return nil
}

// Resource is a resource as a file states it.
type Resource struct {
	Name       string // as people know it
	ID         string // as the file refers to it
	Kind       string // its type
	At         syntax.Position
	Properties Value
	Gone       Fate
	Options    Options
	Template   func(*syntax.Value, map[string]string, Each) // reads a template that the resource has
	Metadata   *syntax.Value                                // of a resource of a template
}

// Each is called with what the resources of a file say: of is what people know a
// resource as, id what the file does.
type Each func(of, id string, read func() []Statement)

// Fate is what becomes of a resource that a plan takes away.
type Fate uint8

const (
	Kept      Fate = iota
	Destroyed      // deleted in the account
	Forgotten      // left in the account, out of Terraform's sight
)

// Matters reports whether a type is in the launch model, or should be, also if it
// only helps to read others.
func Matters(kind string) bool {
	row, _ := TypeOf(kind)
	switch row.CloudFormation {
	case "AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::CapacityProvider":
		return true
	}
	return MayLaunch(kind)
}

// MayLaunch reports whether a resource of a type says something about Fargate.
func MayLaunch(kind string) bool {
	row, ok := TypeOf(kind)
	return ok && row.decode != nil || !ok && reaches(kind)
}

// Unreadable is the type of a resource that may be anything, also one that
// Fargate runs.
const Unreadable = "unreadable"

// The types of what stands in a file by itself.
const (
	RunTask = "RunTask" // RunTask's parameters
	AppSpec = "AppSpec" // a resource of an AppSpec
	Setting = "Setting" // an account setting, of the account or of a principal
)
