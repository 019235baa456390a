// Command sdk is a Lambda function that turns FIPS mode on with the AWS SDK and
// does nothing else: the floor under every function that calls ECS.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

func main() {
	client := ecs.New(ecs.Options{
		Region:       os.Getenv("AWS_REGION"),
		BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL")),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
				SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
			}, nil
		}),
	})
	lambda.Start(func(ctx context.Context) error {
		_, err := client.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: "fargateFIPSMode", Value: aws.String("enabled")})
		return err
	})
}
