package readback

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"fipsguard/infra/template"
	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// world is an account of moto's with the committed template for organizations in
// it. moto's CloudFormation leaves much out, so each resource is made by the calls
// of its service.
type world struct {
	Account
	t       *testing.T
	place   component.Place
	means   map[string]component.Meant // by logical ID
	code    []byte
	objects map[string]resource

	protection *protection
}

type resource struct {
	Type       string
	Condition  string
	Properties map[string]any
}

const motoAccount, motoRegion = "123456789012", "us-gov-west-1"

// subscriber is the first address that was given at the deployment; there is no
// other.
const subscriber = "soc@example.gov"

func deploy(t *testing.T) *world {
	t.Helper()
	config := aws.Config{
		Region: motoRegion, BaseEndpoint: aws.String(independent.Moto(t)), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("id", "a-secret-long-enough-for-a-key-of-HMAC-in-FIPS-mode", ""),
	}
	w := &world{protection: &protection{}}
	config.HTTPClient = w.protection
	*w = world{
		protection: w.protection,
		Account:    New(config, s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })), t: t, code: program(t),
		place: component.Place{Partition: "aws-us-gov", Account: motoAccount, Region: motoRegion, Known: map[string]string{
			"AWS::StackId": "arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/fipsguard/0a1b2c3d-0000-0000-0000-000000000000",
			"LogGroups":    "create", "Mode": "enforce", "PolicyParameter": "fipsguard-policy", "AccountName": "", "TrailLogs": "",
			"Email1": subscriber, "Email2": "", "Email3": "", "Email4": "", "Email5": "",
		}},
	}
	w.Alarms = cloudwatch.NewFromConfig(config, func(o *cloudwatch.Options) { o.HTTPClient = asJSON{} })
	var stack struct{ Resources map[string]resource }
	if err := json.Unmarshal(template.OrganizationJSON(), &stack); err != nil {
		t.Fatal(err)
	}
	w.objects = stack.Resources
	list := must(component.Of(template.OrganizationJSON()))(t)
	for id, c := range into[component.List](t, json.RawMessage(template.Components())).Components {
		if strings.HasPrefix(id, "Witness") { // which the committed template has not
			list.Components[id] = c
			w.objects[id] = resource{Type: c.Type, Properties: c.Properties}
		}
	}
	for _, name := range list.Unknown() {
		if strings.HasSuffix(name, ".RepositoryUri") {
			w.place.Known[name] = motoAccount + ".dkr.ecr.us-gov-west-1.amazonaws.com/" + product.Witness
		}
	}
	sum := sha256.Sum256(w.code)
	for _, name := range []string{product.Enforcer, product.Gate, product.Verifier} {
		if err := list.SetCode(name, base64.StdEncoding.EncodeToString(sum[:])); err != nil {
			t.Fatal(err)
		}
	}
	for id, c := range list.Components {
		if c.Type == "AWS::KMS::Key" {
			in := into[kms.CreateKeyInput](t, map[string]any{"KeySpec": c.Properties["KeySpec"], "KeyUsage": c.Properties["KeyUsage"]})
			if in.KeyUsage == "" {
				in.KeyUsage = types.KeyUsageTypeEncryptDecrypt // moto takes what is not given for none
			}
			w.place.Known[id+".Arn"] = *must(w.Keys.CreateKey(t.Context(), in))(t).KeyMetadata.Arn
		}
	}
	for _, c := range list.Components {
		if rules, ok := c.Properties["LifecycleConfiguration"].(map[string]any); ok { // moto keeps no number of versions
			for _, rule := range member(component.Meant{Properties: rules}, "Rules") {
				delete(rule["NoncurrentVersionExpiration"].(map[string]any), "NewerNoncurrentVersions")
			}
		}
	}
	w.means = map[string]component.Meant{}
	all := list.At(w.place)
	slices.SortStableFunc(all, func(a, b component.Meant) int { // queues of dead letters come first
		return cmp.Compare(len(text(t, a.Properties["RedrivePolicy"])), len(text(t, b.Properties["RedrivePolicy"])))
	})
	for _, kind := range []string{
		"AWS::KMS::Key", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket",
		"AWS::Lambda::Function", "AWS::Events::Rule", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard",
		"AWS::ECR::Repository", "AWS::ECS::Cluster", "AWS::ECS::TaskDefinition", "AWS::SSM::Parameter",
	} {
		for _, meant := range all {
			delete(meant.Properties, "DeadLetterConfig") // which moto forgets
			w.means[meant.ID] = meant
			if meant.Unknown != "" {
				t.Fatalf("%s: %s", meant.Words, meant.Unknown)
			}
			if meant.Type == kind {
				w.make(meant)
			}
		}
	}
	return w
}

// program is a zip that is a function's code.
func program(t *testing.T) []byte {
	t.Helper()
	var code bytes.Buffer
	writer := zip.NewWriter(&code)
	if _, err := must(writer.Create("bootstrap"))(t).Write([]byte("#!/bin/sh")); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return code.Bytes()
}

// must spares a test the errors of its preparations.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// into is an input of the SDK with the members that a component has. Their names
// are the same.
func into[T any](t *testing.T, properties any) *T {
	t.Helper()
	var in T
	if err := json.Unmarshal([]byte(text(t, properties)), &in); err != nil {
		t.Fatal(err)
	}
	return &in
}

func text(t *testing.T, value any) string {
	t.Helper()
	return string(must(json.Marshal(value))(t))
}

// member is a list of maps among the properties, or none.
func member(meant component.Meant, name string) []map[string]any {
	var all []map[string]any
	list, _ := meant.Properties[name].([]any)
	for _, item := range list {
		if one, ok := item.(map[string]any); ok {
			all = append(all, one)
		}
	}
	return all
}

// make makes a component, with what belongs to it.
func (w *world) make(meant component.Meant) {
	t, ctx, p := w.t, w.t.Context(), meant.Properties
	t.Helper()
	name := aws.String(meant.Name)
	switch meant.Type {
	case "AWS::CloudWatch::Alarm":
		in := into[cloudwatch.PutMetricAlarmInput](t, p)
		in.AlarmName = name
		must(w.Alarms.PutMetricAlarm(ctx, in))(t)
	case "AWS::CloudWatch::Dashboard":
		must(w.Alarms.PutDashboard(ctx, &cloudwatch.PutDashboardInput{DashboardName: name, DashboardBody: aws.String(p["DashboardBody"].(string))}))(t)
	case "AWS::Events::Rule":
		in := &eventbridge.PutRuleInput{Name: name, State: eventtypes.RuleState(p["State"].(string))}
		if p["EventPattern"] != nil {
			in.EventPattern = aws.String(text(t, p["EventPattern"]))
		} else {
			in.ScheduleExpression = aws.String(p["ScheduleExpression"].(string))
		}
		must(w.Rules.PutRule(ctx, in))(t)
		must(w.Rules.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: name, Targets: *into[[]eventtypes.Target](t, p["Targets"])}))(t)
	case "AWS::IAM::ManagedPolicy":
		_, short, _ := strings.Cut(meant.Name, ":policy/")
		must(w.Roles.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &short, PolicyDocument: aws.String(text(t, p["PolicyDocument"]))}))(t)
		if role := w.roleWith(meant); role != nil { // the first time, it comes later
			must(w.Roles.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: name}))(t)
		}
	case "AWS::IAM::Role":
		must(w.Roles.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(text(t, p["AssumeRolePolicyDocument"]))}))(t)
		for _, policy := range p["AttachedPolicies"].([]any) {
			must(w.Roles.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
				RoleName: name, PolicyArn: aws.String("arn:aws-us-gov:iam::" + motoAccount + ":policy/" + policy.(string)),
			}))(t)
		}
	case "AWS::KMS::Key":
		must(w.Keys.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: name, PolicyName: aws.String("default"), Policy: aws.String(text(t, p["KeyPolicy"]))}))(t)
		if p["EnableKeyRotation"] == true {
			must(w.Keys.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: name}))(t)
		}
		for _, alias := range p["Aliases"].([]any) {
			must(w.Keys.CreateAlias(ctx, &kms.CreateAliasInput{TargetKeyId: name, AliasName: aws.String(alias.(string))}))(t)
		}
	case "AWS::ECR::Repository":
		w.ask(w.Images, "CreateRepository", map[string]any{"repositoryName": meant.Name, "imageTagMutability": p["ImageTagMutability"]})
	case "AWS::ECS::Cluster":
		must(w.Tasks.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: name}))(t)
	case "AWS::ECS::TaskDefinition":
		in := into[ecs.RegisterTaskDefinitionInput](t, p)
		in.Family = name
		must(w.Tasks.RegisterTaskDefinition(ctx, in))(t)
	case "AWS::SSM::Parameter":
		w.ask(w.Parameters, "PutParameter", map[string]any{"Name": meant.Name, "Type": p["Type"], "Tier": p["Tier"], "Value": "{}"})
	case "AWS::Lambda::Function":
		w.makeFunction(meant)
	case "AWS::Logs::LogGroup":
		must(w.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: name, KmsKeyId: aws.String(p["KmsKeyId"].(string))}))(t)
		in := into[cloudwatchlogs.PutRetentionPolicyInput](t, p)
		in.LogGroupName = name
		must(w.Logs.PutRetentionPolicy(ctx, in))(t)
	case "AWS::S3::Bucket":
		w.makeBucket(meant)
	case "AWS::SNS::Topic":
		w.makeTopic(meant)
	case "AWS::SQS::Queue":
		w.makeQueue(meant)
	default:
		t.Fatalf("no case makes %s", meant.Type)
	}
}

// ask makes a call that the SDK's clients here do not have.
func (w *world) ask(service signedcall.JSON, operation string, in any) {
	w.t.Helper()
	if err := ask(w.t.Context(), service, operation, in, &struct{}{}); err != nil {
		w.t.Fatal(err)
	}
}

// roleWith is the name of the role that a policy is of, if it is there.
func (w *world) roleWith(policy component.Meant) *string {
	_, short, _ := strings.Cut(policy.Name, ":policy/")
	for _, role := range w.means {
		if attached, _ := role.Properties["AttachedPolicies"].([]any); slices.Contains(attached, any(short)) {
			if _, err := w.Roles.GetRole(w.t.Context(), &iam.GetRoleInput{RoleName: &role.Name}); err == nil {
				return &role.Name
			}
		}
	}
	return nil
}

func (w *world) makeFunction(meant component.Meant) {
	t, ctx := w.t, w.t.Context()
	t.Helper()
	name := aws.String(meant.Name)
	in := into[lambda.CreateFunctionInput](t, meant.Properties)
	in.FunctionName, in.Code = name, &lambdatypes.FunctionCode{ZipFile: w.code}
	must(w.Functions.CreateFunction(ctx, in))(t)
	invoke := into[lambda.PutFunctionEventInvokeConfigInput](t, meant.Properties["EventInvokeConfig"])
	invoke.FunctionName = name
	must(w.Functions.PutFunctionEventInvokeConfig(ctx, invoke))(t)
	for _, permission := range member(meant, "Permissions") {
		add := into[lambda.AddPermissionInput](t, permission)
		source := *add.SourceArn
		add.FunctionName, add.StatementId = name, aws.String("of-"+source[strings.LastIndexByte(source, '/')+1:])
		must(w.Functions.AddPermission(ctx, add))(t)
	}
	for _, source := range member(meant, "EventSources") {
		mapping := into[lambda.CreateEventSourceMappingInput](t, source)
		mapping.FunctionName = name
		must(w.Functions.CreateEventSourceMapping(ctx, mapping))(t)
	}
}

func (w *world) makeBucket(meant component.Meant) {
	t, ctx, p, name := w.t, w.t.Context(), meant.Properties, aws.String(meant.Name)
	t.Helper()
	must(w.Buckets.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: name, ObjectLockEnabledForBucket: aws.Bool(true),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: motoRegion},
	}))(t)
	must(w.Buckets.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: aws.String(text(t, p["Policy"]))}))(t)
	must(w.Buckets.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{
		Bucket: name, ObjectLockConfiguration: into[s3types.ObjectLockConfiguration](t, p["ObjectLockConfiguration"]),
	}))(t)
	must(w.Buckets.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: name, PublicAccessBlockConfiguration: into[s3types.PublicAccessBlockConfiguration](t, p["PublicAccessBlockConfiguration"]),
	}))(t)
	var rules []s3types.LifecycleRule
	for _, rule := range member(component.Meant{Properties: p["LifecycleConfiguration"].(map[string]any)}, "Rules") {
		rule = maps.Clone(rule)
		prefix, _ := rule["Prefix"].(string)
		delete(rule, "Prefix")
		of := into[s3types.LifecycleRule](t, rule)
		of.Filter = &s3types.LifecycleRuleFilter{Prefix: &prefix}
		if days, ok := rule["ExpirationInDays"]; ok {
			of.Expiration = into[s3types.LifecycleExpiration](t, map[string]any{"Days": days})
		}
		rules = append(rules, *of)
	}
	must(w.Buckets.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: name, LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{Rules: rules},
	}))(t)
	encryption := p["BucketEncryption"].(map[string]any)["ServerSideEncryptionConfiguration"].([]any)[0].(map[string]any)
	must(w.Buckets.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: name, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{Rules: []s3types.ServerSideEncryptionRule{{
			BucketKeyEnabled:                   aws.Bool(encryption["BucketKeyEnabled"].(bool)),
			ApplyServerSideEncryptionByDefault: into[s3types.ServerSideEncryptionByDefault](t, encryption["ServerSideEncryptionByDefault"]),
		}}},
	}))(t)
}

func (w *world) makeTopic(meant component.Meant) {
	t, ctx, p, name := w.t, w.t.Context(), meant.Properties, aws.String(meant.Name)
	t.Helper()
	_, short, _ := strings.Cut(meant.Name, motoAccount+":")
	must(w.Topics.CreateTopic(ctx, &sns.CreateTopicInput{
		Name: aws.String(short), Attributes: map[string]string{"KmsMasterKeyId": p["KmsMasterKeyId"].(string)},
	}))(t)
	must(w.Topics.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{TopicArn: name, AttributeName: aws.String("Policy"), AttributeValue: aws.String(text(t, p["Policy"]))}))(t)
	for _, s := range member(meant, "Subscriptions") {
		in := into[sns.SubscribeInput](t, map[string]any{"Protocol": s["Protocol"], "Endpoint": s["Endpoint"]})
		in.TopicArn = name
		if s["RawMessageDelivery"] == true {
			in.Attributes = map[string]string{"RawMessageDelivery": "true"}
		}
		must(w.Topics.Subscribe(ctx, in))(t)
	}
}

func (w *world) makeQueue(meant component.Meant) {
	t, attributes := w.t, map[string]string{}
	t.Helper()
	for name, value := range meant.Properties {
		if of, ok := value.(string); ok {
			attributes[name] = of
			continue
		}
		attributes[name] = text(t, value)
	}
	must(w.Queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{
		QueueName: aws.String(meant.Name[strings.LastIndexByte(meant.Name, '/')+1:]), Attributes: attributes,
	}))(t)
}

// finding is what the next self-check says of a component.
func (w *world) finding(meant component.Meant) guard.Finding {
	w.t.Helper()
	return guard.Check(w.Observe(w.t.Context(), []component.Meant{meant})[0])[0]
}
