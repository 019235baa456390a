package readback

import (
	"context"
	"strings"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func (a Account) function(ctx context.Context, meant component.Meant) (map[string]any, error) {
	name := aws.String(meant.Name)
	configuration, err := a.Functions.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: name})
	if err != nil {
		return nil, err
	}
	is, err := shape(configuration)
	if err != nil {
		return nil, err
	}
	var layers []any
	for _, layer := range configuration.Layers {
		layers = append(layers, aws.ToString(layer.Arn))
	}
	is["Layers"] = layers
	is["KmsKeyArn"] = aws.ToString(configuration.KMSKeyArn)
	if c := configuration.VpcConfig; c != nil { // CloudFormation does not name the VPC
		is["VpcConfig"], err = shape(struct{ SubnetIds, SecurityGroupIds []string }{c.SubnetIds, c.SecurityGroupIds})
		if err != nil {
			return nil, err
		}
	}
	kept, err := a.Functions.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{FunctionName: name})
	if err != nil {
		return nil, err
	}
	if kept.ReservedConcurrentExecutions != nil {
		is["ReservedConcurrentExecutions"] = *kept.ReservedConcurrentExecutions
	}
	if err := a.invoked(ctx, name, is); err != nil {
		return nil, err
	}
	return is, a.fed(ctx, name, is)
}

// invoked adds how the function may be invoked, and by whom.
func (a Account) invoked(ctx context.Context, name *string, is map[string]any) error {
	invoke, err := a.Functions.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: name})
	switch {
	case absent(err):
	case err != nil:
		return err
	default:
		all, err := shape(invoke)
		if err != nil {
			return err
		}
		delete(all, "FunctionArn")
		delete(all, "LastModified")
		all["Qualifier"] = "$LATEST"
		is["EventInvokeConfig"] = all
	}
	policy, err := a.Functions.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: name})
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	whole, _ := document(policy.Policy).(map[string]any)
	statements, _ := whole["Statement"].([]any)
	var permissions []any
	for _, s := range statements {
		statement, _ := s.(map[string]any)
		permissions = append(permissions, permission(statement))
	}
	is["Permissions"] = permissions
	return nil
}

// permission is a statement of a function's policy as CloudFormation writes it.
// One that it could not have written stays as it is.
func permission(statement map[string]any) map[string]any {
	principal, _ := statement["Principal"].(map[string]any)
	condition, _ := statement["Condition"].(map[string]any)
	like, _ := condition["ArnLike"].(map[string]any)
	source := like["AWS:SourceArn"]
	if source == nil {
		source = like["aws:SourceArn"]
	}
	if statement["Effect"] != "Allow" || principal["Service"] == nil || source == nil || len(condition) != 1 || len(like) != 1 {
		delete(statement, "Sid")
		delete(statement, "Resource")
		return statement
	}
	return map[string]any{"Action": statement["Action"], "Principal": principal["Service"], "SourceArn": source}
}

// fed adds the queues that the function works off.
func (a Account) fed(ctx context.Context, name *string, is map[string]any) error {
	var sources []any
	pages := lambda.NewListEventSourceMappingsPaginator(a.Functions, &lambda.ListEventSourceMappingsInput{FunctionName: name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, mapping := range page.EventSourceMappings {
			all, err := shape(mapping)
			if err != nil {
				return err
			}
			source := map[string]any{}
			for _, property := range []string{"BatchSize", "EventSourceArn", "FilterCriteria", "FunctionResponseTypes", "ScalingConfig", "KMSKeyArn"} {
				if value, ok := all[property]; ok {
					source[property] = value
				}
			}
			if wait := aws.ToInt32(mapping.MaximumBatchingWindowInSeconds); wait > 0 {
				source["MaximumBatchingWindowInSeconds"] = wait
			}
			// Enabled, Enabling, Creating and Updating are none of anybody's doing
			// against it.
			if state := aws.ToString(mapping.State); strings.HasPrefix(state, "Disabl") || strings.HasPrefix(state, "Delet") {
				source["Enabled"] = false
			}
			sources = append(sources, source)
		}
	}
	is["EventSources"] = sources
	return nil
}
