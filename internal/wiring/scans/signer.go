package scans

import (
	"fipsguard/internal/aws/signer"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Signer is a key of KMS by its ARN, with which a person signs.
func Signer(config aws.Config, arn string) signer.Key { return signer.Key{Config: config, ARN: arn} }
