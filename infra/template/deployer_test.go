package template

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/independent"
)

const deployer = "../../docs/iam-deployer.json"

// notUsed are actions that the registry lists for properties which the template
// does not have.
var notUsed = []string{
	"firehose:*", "s3:REST.PUT.OBJECT", "logs:*LogDelivery", "logs:*ResourcePolic*", // delivery of a log group to elsewhere
	"logs:DeleteDataProtectionPolicy", "logs:PutDataProtectionPolicy", "sns:PutDataProtectionPolicy",
	"iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:PutRolePolicy", // boundaries, inline policies
	"kms:Decrypt", "kms:GenerateDataKey", // of an event source's filters
	"kms:DisableKey", "kms:EnableKey",
	"s3:DeleteBucketAnalyticsConfiguration", "s3:DeleteBucketCors", "s3:DeleteBucketEncryption", "s3:DeleteBucketLifecycle",
	"s3:DeleteBucketMetricsConfiguration", "s3:DeleteBucketReplication", "s3:DeleteBucketWebsite", "s3:DeleteObject", "s3:PutObjectAcl",
	"s3:PutAccelerateConfiguration", "s3:PutAnalyticsConfiguration", "s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutBucketIntelligentTieringConfiguration",
	"s3:PutBucketLogging", "s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketReplication", "s3:PutBucketWebsite",
	"s3:PutInventoryConfiguration", "s3:PutMetricsConfiguration", "s3:PutReplicationConfiguration",
	"s3:PutObjectLockConfiguration", // no action of IAM: it is s3:PutBucketObjectLockConfiguration
}

// unlisted are the types for which the registry lists no actions. The calls are
// those behind them.
var unlisted = map[string][]string{
	"AWS::IAM::ManagedPolicy":  {"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy", "iam:ListPolicyVersions", "iam:AttachRolePolicy", "iam:DetachRolePolicy"},
	"AWS::Lambda::Function":    {"lambda:CreateFunction", "lambda:GetFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction", "iam:PassRole", "s3:GetObject"},
	"AWS::Events::Rule":        {"events:PutRule", "events:DescribeRule", "events:PutTargets", "events:RemoveTargets", "events:DeleteRule"},
	"AWS::SNS::TopicPolicy":    {"sns:SetTopicAttributes"},
	"AWS::SNS::Subscription":   {"sns:Subscribe", "sns:Unsubscribe", "sns:SetSubscriptionAttributes", "sns:GetSubscriptionAttributes"},
	"AWS::SQS::QueuePolicy":    {"sqs:SetQueueAttributes"},
	"Custom::FargateFIPSMode":  {"lambda:InvokeFunction"},
	"AWS::EC2::VPCEndpoint":    nil, // chosen at synthesis; docs/permissions.md says so
	"AWS::EC2::SecurityGroup":  nil,
	"AWS::CloudFormation::...": {"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:DescribeStacks", "cloudformation:GetTemplateSummary", "cloudformation:DeleteStack", "cloudformation:ValidateTemplate"},
}

// TestTheDeployersPolicySuffices: it allows every action that CloudFormation's
// registry lists for a type of resource in the template.
func TestTheDeployersPolicySuffices(t *testing.T) {
	var registry struct{ Types map[string][]string }
	decode(t, "testdata/handlers.json", &registry)
	allowed := actionsOf(t, deployer)
	for kind := range kinds(t, OrganizationJSON()) {
		need, listed := registry.Types[kind]
		if !listed {
			if need, listed = unlisted[kind]; !listed {
				t.Errorf("which actions does %s need?", kind)
			}
		}
		for _, action := range need {
			if !matches(notUsed, action) && !matches(allowed, action) {
				t.Errorf("%s needs %s, which the deployer's policy does not allow", kind, action)
			}
		}
	}
	for _, action := range unlisted["AWS::CloudFormation::..."] {
		if !matches(allowed, action) {
			t.Errorf("aws cloudformation deploy needs %s", action)
		}
	}
}

// TestTheDeployersPolicyFits: into IAM's quota for a managed policy, and cfn-lint,
// which knows IAM's actions and on which resources they work, finds nothing.
func TestTheDeployersPolicyFits(t *testing.T) {
	var policy map[string]any
	decode(t, deployer, &policy)
	lint := func(policy any) string {
		template, err := json.Marshal(map[string]any{"Resources": map[string]any{"Policy": map[string]any{
			"Type": "AWS::IAM::ManagedPolicy", "Properties": map[string]any{"PolicyDocument": policy},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "policy.json")
		if err := os.WriteFile(file, template, 0o644); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.CommandContext(t.Context(), independent.Program(t, "cfn-lint"), "--include-checks", "I", "--regions", "us-gov-west-1", "--template", file).CombinedOutput()
		return string(out)
	}
	short, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	if len(short) > 6144 {
		t.Errorf("the policy has %d characters; IAM takes 6144", len(short))
	}
	if out := lint(policy); out != "" {
		t.Errorf("cfn-lint finds:\n%s", out)
	}
	policy["Statement"] = []any{map[string]any{"Effect": "Allow", "Action": []any{"sns:Publish", "kms:MakeKey"}, "Resource": "arn:aws-us-gov:kms:*:*:key/*"}}
	if out := lint(policy); !strings.Contains(out, "'makekey' is not one of") || !strings.Contains(out, "'sns:Publish' requires") {
		t.Errorf("cfn-lint does not see actions that do not exist, or on what they work:\n%s", out)
	}
}

func actionsOf(t *testing.T, file string) []string {
	t.Helper()
	var policy struct{ Statement []struct{ Action any } }
	decode(t, file, &policy)
	var actions []string
	for _, s := range policy.Statement {
		switch some := s.Action.(type) {
		case string:
			actions = append(actions, some)
		case []any:
			for _, one := range some {
				actions = append(actions, one.(string))
			}
		}
	}
	return actions
}

func matches(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, _ := path.Match(strings.ToLower(pattern), strings.ToLower(action))
		return matched
	})
}

// kinds are the types of a template's resources.
func kinds(t *testing.T, template []byte) map[string]bool {
	t.Helper()
	var of struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(template, &of); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range of.Resources {
		found[r.Type] = true
	}
	return found
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
