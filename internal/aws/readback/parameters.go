package readback

import (
	"context"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/component"

	"github.com/aws/smithy-go"
)

// parameter leaves the value alone: it is the policy document, which the functions
// read and judge. A policy of the parameter may let it expire.
func (a Account) parameter(ctx context.Context, meant component.Meant) (map[string]any, error) {
	type filter struct {
		Key, Option string
		Values      []string
	}
	in := struct {
		ParameterFilters []filter
		NextToken        string `json:",omitempty"`
	}{ParameterFilters: []filter{{Key: "Name", Option: "Equals", Values: []string{meant.Name}}}}
	for {
		var page struct {
			Parameters []struct {
				Type, Tier string
				Policies   []struct{ PolicyText any }
			}
			NextToken string
		}
		if err := ask(ctx, a.Parameters, "DescribeParameters", in, &page); err != nil {
			return nil, err
		}
		if len(page.Parameters) > 0 {
			return shape(page.Parameters[0])
		}
		if in.NextToken = page.NextToken; in.NextToken == "" {
			return nil, errAbsent
		}
	}
}

// ask makes a call whose error names the operation, as the SDK's do.
func ask(ctx context.Context, service signedcall.JSON, operation string, in, out any) error {
	if err := service.Call(ctx, operation, in, out); err != nil {
		return &smithy.OperationError{OperationName: operation, Err: err}
	}
	return nil
}
