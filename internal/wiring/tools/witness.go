package tools

import (
	"context"

	"fipsguard/internal/aws/witness"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"
	image "fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// PushWitness uploads the witness's image to the guard's repository, and says
// what it is called and whether it was there already.
func PushWitness(ctx context.Context, config aws.Config) (name string, there bool, err error) {
	there, err = witness.Repository{Config: config}.Push(ctx)
	return product.Witness + "@" + image.Digest, there, scans.Legible(err)
}
