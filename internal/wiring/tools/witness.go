package tools

import (
	"context"
	"time"

	"fipsguard/internal/aws/witness"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"
	image "fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// PushWitness uploads the witness's image to the guard's repository, and says
// what it is called and whether it was there already.
func PushWitness(ctx context.Context, config aws.Config) (name string, there bool, err error) {
	there, err = witness.Repository{Config: config}.Push(ctx)
	return product.Witness + "@" + image.Digest, there, scans.Legible(err)
}

// Witness launches witnesses in the network that a person names, with the
// person's own credentials. The stack has to be deployed with -c witnessSubnets=….
func Witness(config aws.Config, subnets []string, securityGroup string) witness.Task {
	return witness.Task{ECS: ecs.NewFromConfig(config), Subnets: subnets, SecurityGroup: securityGroup, Now: time.Now, Sleep: scans.Sleep}
}
