package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func (a Account) bucket(ctx context.Context, meant component.Meant) (map[string]any, error) {
	name := aws.String(meant.Name)
	versioning, err := a.Buckets.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: name})
	if err != nil {
		return nil, err
	}
	is := map[string]any{"VersioningConfiguration": map[string]any{"Status": string(versioning.Status)}}
	for _, part := range []func(context.Context, *string, map[string]any) error{
		a.bucketPolicy, a.bucketEncryption, a.bucketLock, a.bucketAccess, a.bucketLifecycle, a.bucketReplication,
	} {
		if err := part(ctx, name, is); err != nil && !absent(err) {
			return nil, err
		}
	}
	return is, nil
}

func (a Account) bucketPolicy(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
	if err != nil {
		return err
	}
	is["Policy"] = document(out.Policy)
	return nil
}

func (a Account) bucketEncryption(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: name})
	if err != nil {
		return err
	}
	var rules []any
	if out.ServerSideEncryptionConfiguration != nil {
		for _, r := range out.ServerSideEncryptionConfiguration.Rules {
			rule := map[string]any{"BucketKeyEnabled": aws.ToBool(r.BucketKeyEnabled)}
			if d := r.ApplyServerSideEncryptionByDefault; d != nil {
				rule["ServerSideEncryptionByDefault"] = set(map[string]any{"SSEAlgorithm": string(d.SSEAlgorithm), "KMSMasterKeyID": aws.ToString(d.KMSMasterKeyID)})
			}
			rules = append(rules, rule)
		}
	}
	is["BucketEncryption"] = map[string]any{"ServerSideEncryptionConfiguration": rules}
	return nil
}

func (a Account) bucketLock(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: name})
	if err != nil {
		return err
	}
	if lock := out.ObjectLockConfiguration; lock != nil && lock.Rule != nil && lock.Rule.DefaultRetention != nil && aws.ToInt32(lock.Rule.DefaultRetention.Years) == 0 {
		lock.Rule.DefaultRetention.Years = nil // it is days, then
	}
	is["ObjectLockConfiguration"], err = shape(out.ObjectLockConfiguration)
	return err
}

func (a Account) bucketAccess(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: name})
	if err != nil {
		return err
	}
	is["PublicAccessBlockConfiguration"], err = shape(out.PublicAccessBlockConfiguration)
	return err
}

func (a Account) bucketLifecycle(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: name})
	if err != nil {
		return err
	}
	all, err := shape(out)
	if err != nil {
		return err
	}
	rules, _ := all["Rules"].([]any)
	for _, rule := range rules {
		if rule, ok := rule.(map[string]any); ok {
			asInTemplate(rule)
		}
	}
	is["LifecycleConfiguration"] = map[string]any{"Rules": rules}
	return nil
}

// asInTemplate writes a rule of a life cycle as CloudFormation does. S3 has its
// prefix in either of two places.
func asInTemplate(rule map[string]any) {
	filter, _ := rule["Filter"].(map[string]any)
	expiration, _ := rule["Expiration"].(map[string]any)
	for _, m := range []struct {
		from     map[string]any
		name, as string
	}{{rule, "ID", "Id"}, {filter, "Prefix", "Prefix"}, {expiration, "Days", "ExpirationInDays"}} {
		if value, ok := m.from[m.name]; ok {
			delete(m.from, m.name)
			rule[m.as] = value
		}
	}
	for name, emptied := range map[string]map[string]any{"Filter": filter, "Expiration": expiration} {
		if len(emptied) == 0 {
			delete(rule, name)
		}
	}
}

func (a Account) bucketReplication(ctx context.Context, name *string, is map[string]any) error {
	out, err := a.Buckets.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: name})
	if err != nil {
		return err
	}
	is["ReplicationConfiguration"], err = shape(out.ReplicationConfiguration)
	return err
}
