package kernel

import (
	"fmt"
	"slices"
	"strings"
)

// AccountID is the account that every simulated account is.
const AccountID = "111122223333"

// Region is a Region that the account is in.
type Region string

// Regions are those that the account is in: the two of GovCloud.
func Regions() []Region { return []Region{"us-gov-east-1", "us-gov-west-1"} }

// RegionNamed is an error when the account is not in a Region.
func RegionNamed(name string) (Region, error) {
	if !slices.Contains(Regions(), Region(name)) {
		return "", fmt.Errorf("the account is not in Region %q", name)
	}
	return Region(name), nil
}

// IAMARN is the ARN of a resource of IAM.
func IAMARN(resource string) string {
	return "arn:aws-us-gov:iam::" + AccountID + ":" + resource
}

// ARN is the ARN of a resource of a service in the Region.
func (r Region) ARN(service, resource string) string {
	return "arn:aws-us-gov:" + service + ":" + string(r) + ":" + AccountID + ":" + resource
}

// Named returns the resource that a caller means by an ARN of a service or by
// what follows the prefix in one, such as "cluster/": false when it is an ARN
// of anything else, another Region's or account's included.
func (r Region) Named(service, prefix, reference string) (string, bool) {
	if !strings.HasPrefix(reference, "arn:") {
		return reference, true
	}
	return strings.CutPrefix(reference, r.ARN(service, prefix))
}
