package integrity

import (
	"fmt"
	"regexp"

	"fipsguard/internal/product"
)

// maxPolicy is how many characters a service control policy may have.
const maxPolicy = 5120

// providerARN is a capacity provider's, of any Region or account.
var providerARN = regexp.MustCompile(`^arn:aws-us-gov:ecs:([a-z0-9-]+|\*):([0-9]{12}|\*):capacity-provider/[A-Za-z0-9_-][A-Za-z0-9_*-]*$`)

// KeepingOff is the policy with one more statement: nobody launches on capacity
// providers of ECS Managed Instances that have FIPS mode off. There is no
// condition key for fipsEnabled, so that each has to be named. The guard moves
// nothing onto one; it may scale their services to zero.
func (p Policy) KeepingOff(e Exempt, providers []string) (Policy, error) {
	if len(providers) == 0 {
		return p, nil
	}
	for _, arn := range providers {
		if !providerARN.MatchString(arn) {
			return Policy{}, fmt.Errorf("%q is no capacity provider; write arn:aws-us-gov:ecs:REGION:ACCOUNT:capacity-provider/NAME, with * for any Region or account", arn)
		}
	}
	p.Statement = append(p.Statement[:len(p.Statement):len(p.Statement)], deny("NoLaunchesWithoutFIPSMode",
		actions("ecs", "CreateDaemon", "CreateService", "CreateTaskSet", "PutClusterCapacityProviders", "RunTask", "UpdateDaemon", "UpdateService"), []string{"*"},
		unless(append(guards(product.Gate, product.Verifier), role(e.BreakGlass))...).and("ForAnyValue:ArnLike", "ecs:capacity-provider", providers...)))
	text, err := p.JSON()
	if err == nil && len(text) > maxPolicy {
		err = fmt.Errorf("with %d capacity providers the policy has %d characters; a service control policy takes %d: name fewer, or several at once with *", len(providers), len(text), maxPolicy)
	}
	return p, err
}
