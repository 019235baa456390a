package scans

import (
	"context"

	"fipsguard/infra/template"
	"fipsguard/internal/aws/selfcheck"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// ReadBack compares what a template deployed with what was meant.
type ReadBack interface {
	Observe(context.Context, []component.Meant) []guard.Component
}

// components are the guard's own: whether it works, and whether it is as it was
// deployed.
type components struct {
	works    selfcheck.Guard
	deployed ReadBack
	packed   string // the component list, as the template carries it
	place    component.Place
}

func (c components) Observe(ctx context.Context) []guard.Component {
	all := c.works.Observe(ctx)
	if c.packed == "" {
		return append(all, guard.Component{Rule: guard.GuardComponents, Name: "component list", Unknown: "the deployment has none: its options may leave no room for it"})
	}
	list, err := component.Unpack(c.packed, template.Components())
	if err != nil {
		return append(all, guard.Component{Rule: guard.GuardComponents, Name: "component list", Unknown: err.Error()})
	}
	return append(all, c.deployed.Observe(ctx, list.At(c.place))...)
}

// placeOf is where the guard is deployed, as one of its functions is.
func placeOf(function arn.ARN, known string) component.Place {
	return component.Place{
		Partition: function.Partition, Account: function.AccountID, Region: function.Region, Known: component.ParseKnown(known),
	}
}
