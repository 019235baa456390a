package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func (a Account) role(ctx context.Context, meant component.Meant) (map[string]any, error) {
	name := aws.String(meant.Name)
	out, err := a.Roles.GetRole(ctx, &iam.GetRoleInput{RoleName: name})
	if err != nil {
		return nil, err
	}
	is := map[string]any{"AssumeRolePolicyDocument": document(out.Role.AssumeRolePolicyDocument)}
	if out.Role.MaxSessionDuration != nil {
		is["MaxSessionDuration"] = *out.Role.MaxSessionDuration
	}
	if boundary := out.Role.PermissionsBoundary; boundary != nil {
		is["PermissionsBoundary"] = aws.ToString(boundary.PermissionsBoundaryArn)
	}
	var attached, inline []any
	attachments := iam.NewListAttachedRolePoliciesPaginator(a.Roles, &iam.ListAttachedRolePoliciesInput{RoleName: name})
	for attachments.HasMorePages() {
		page, err := attachments.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, policy := range page.AttachedPolicies {
			attached = append(attached, aws.ToString(policy.PolicyName))
		}
	}
	policies := iam.NewListRolePoliciesPaginator(a.Roles, &iam.ListRolePoliciesInput{RoleName: name})
	for policies.HasMorePages() {
		page, err := policies.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, policy := range page.PolicyNames {
			inline = append(inline, policy)
		}
	}
	is["AttachedPolicies"], is["InlinePolicies"] = attached, inline
	return is, nil
}

func (a Account) policy(ctx context.Context, meant component.Meant) (map[string]any, error) {
	arn := aws.String(meant.Name)
	out, err := a.Roles.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})
	if err != nil {
		return nil, err
	}
	version, err := a.Roles.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: out.Policy.DefaultVersionId})
	if err != nil {
		return nil, err
	}
	return map[string]any{"PolicyDocument": document(version.PolicyVersion.Document)}, nil
}
