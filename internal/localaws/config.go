package localaws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Config lets the AWS SDK call the account as a principal in a Region. It
// leaves the SDK's retries on: against an answer as fast as on loopback
// smithy-go 1.28.9 now and then cuts its own connection.
func (a *Account) Config(p Principal, regionName string) aws.Config {
	credentials := aws.Credentials{AccessKeyID: p.AccessKeyID, SecretAccessKey: p.SecretAccessKey, Source: "local account"}
	return aws.Config{
		Region:       regionName,
		BaseEndpoint: aws.String(a.Endpoint()),
		Credentials:  aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }),
	}
}
