package drills

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
)

// Role is the configuration of the drill's role, and the ARN of its session.
func Role(ctx context.Context, settings aws.Config, caller scans.Principal, now time.Time, steps []drill.Step) (aws.Config, string, error) {
	role := "arn:aws-us-gov:iam::" + caller.Account + ":role/" + product.Drill + "-" + caller.Region
	out, err := sts.NewFromConfig(settings).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: aws.String("drill-" + now.UTC().Format("20060102T150405Z")), DurationSeconds: aws.Int32(3600),
	})
	if err == nil && (out.Credentials == nil || out.AssumedRoleUser == nil) {
		err = errors.New("STS answered without credentials")
	}
	if err != nil {
		return aws.Config{}, "", fmt.Errorf("act as role %s: %w; the stack makes that role with -c drill=true, and you need sts:AssumeRole on it (docs/drill.md)", role, scans.Legible(err))
	}
	c := out.Credentials
	settings.Credentials = credentials.NewStaticCredentialsProvider(aws.ToString(c.AccessKeyId), aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken))
	settings.APIOptions = append(settings.APIOptions, planned(steps))
	return settings, aws.ToString(out.AssumedRoleUser.Arn), nil
}

// planned lets through the calls of a plan, and no others.
func planned(steps []drill.Step) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("fipsguardPlan", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			action := actionOf(awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx))
			if !drill.Permits(steps, action) {
				return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("%s is not in the drill's plan", action)
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.After)
	}
}

// actionOf is an operation as IAM policies name it.
func actionOf(service, operation string) string {
	prefix := strings.ToLower(service)
	if service == "EventBridge" {
		prefix = "events"
	}
	return prefix + ":" + operation
}
