package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func (a Account) key(ctx context.Context, meant component.Meant) (map[string]any, error) {
	id := aws.String(meant.Name)
	out, err := a.Keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	if err != nil {
		return nil, err
	}
	is, err := shape(out.KeyMetadata)
	if err != nil {
		return nil, err
	}
	policy, err := a.Keys.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: id, PolicyName: aws.String("default")})
	if err != nil {
		return nil, err
	}
	is["KeyPolicy"] = document(policy.Policy)
	is["EnableKeyRotation"] = false
	if out.KeyMetadata.KeySpec == types.KeySpecSymmetricDefault { // no other rotates
		rotation, err := a.Keys.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: id})
		if err != nil {
			return nil, err
		}
		is["EnableKeyRotation"] = rotation.KeyRotationEnabled
	}
	var aliases []any
	pages := kms.NewListAliasesPaginator(a.Keys, &kms.ListAliasesInput{KeyId: id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, alias := range page.Aliases {
			aliases = append(aliases, aws.ToString(alias.AliasName))
		}
	}
	is["Aliases"] = aliases
	return is, nil
}
