package integrity

import "fipsguard/internal/product"

// IntegrityRCP protects what resource control policies reach, the bucket, the
// key, the queues and the log groups, from every other principal: root of the
// account and other accounts among them. AWS's own services are exempt, since
// EventBridge, SNS, CloudWatch and Logs deliver through these.
func IntegrityRCP(e Exempt) Policy {
	statements := []Statement{
		deny("Queues", queueSettings(), within("sqs", product.Prefix+"*"), unless(e.changers()...)),
		deny("Messages", messages(), workQueues(), unless(e.guardAndChangers()...)),
		keyStays(e),
		deny("Bucket", bucketSettings(), evidence(""), unless(e.changers()...)),
		reportsStay(e),
		deny("Logs", logSettings(), logGroups(), unless(e.changers()...)),
	}
	for i := range statements {
		statements[i].Principal = "*"
		statements[i].Condition.and("BoolIfExists", "aws:PrincipalIsAWSService", "false")
	}
	return Policy{Version: "2012-10-17", Statement: statements}
}
