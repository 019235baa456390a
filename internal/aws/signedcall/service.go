package signedcall

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// service is where a service of AWS is, and under which name calls are signed.
type service struct {
	config   aws.Config
	id       string // in AWS_ENDPOINT_URL_…
	host     string // before the Region, and the signature's name of the service unless that is another one
	signed   string
	fipsHost string        // the same with AWS_USE_FIPS_ENDPOINT, in GovCloud
	limit    time.Duration // of one attempt; 0 is none
}

// Registry is where images are. Its signature has another name than its host.
func Registry(c aws.Config) JSON {
	return JSON{service{config: c, id: "ECR", host: "api.ecr", signed: "ecr", fipsHost: "ecr-fips"}, "AmazonEC2ContainerRegistry_V20150921"}
}

// Logs is CloudWatch Logs. In GovCloud its ordinary endpoint is the FIPS endpoint.
func Logs(c aws.Config) JSON {
	return JSON{service{config: c, id: "CLOUDWATCH_LOGS", host: "logs", fipsHost: "logs"}, "Logs_20140328"}
}

// SystemsManager is where sessions end. In GovCloud its ordinary endpoint is the
// FIPS endpoint.
func SystemsManager(c aws.Config) JSON {
	return JSON{service{config: c, id: "SSM", host: "ssm", fipsHost: "ssm"}, "AmazonSSM"}
}

// KeyService is KMS.
func KeyService(c aws.Config) JSON {
	return JSON{service{config: c, id: "KMS", host: "kms", fipsHost: "kms-fips"}, "TrentService"}
}

// Notifications is SNS. In GovCloud its ordinary endpoint is the FIPS endpoint.
func Notifications(c aws.Config) Query {
	return Query{service{config: c, id: "SNS", host: "sns", fipsHost: "sns"}, "2010-03-31"}
}
