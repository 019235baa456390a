package localaws

import "strings"

func iamARN(resource string) string {
	return "arn:aws-us-gov:iam::" + AccountID + ":" + resource
}

func (r *region) arn(service, resource string) string {
	return "arn:aws-us-gov:" + service + ":" + r.name + ":" + AccountID + ":" + resource
}

// named returns the resource that a caller means by an ARN of a service or by
// what follows the prefix in one, such as "cluster/": false when it is an ARN
// of anything else, another Region's or account's included.
func (r *region) named(service, prefix, reference string) (string, bool) {
	if !strings.HasPrefix(reference, "arn:") {
		return reference, true
	}
	return strings.CutPrefix(reference, r.arn(service, prefix))
}
