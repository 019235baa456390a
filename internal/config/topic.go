package config

import (
	"errors"
	"strings"

	"fipsguard/internal/product"
)

// checkTopicARN accepts the ARN of a standard SNS topic in any partition.
func checkTopicARN(arn string) error {
	errShape := errors.New("it must be the ARN of an SNS topic, arn:aws-us-gov:sns:REGION:ACCOUNT:NAME")
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "sns" {
		return errShape
	}
	partition, region, account, name := parts[1], parts[3], parts[4], parts[5]
	if strings.HasSuffix(name, ".fifo") {
		return errors.New("it must be a standard topic; a FIFO topic cannot reach people by email")
	}
	if !strings.HasPrefix(partition, "aws") || !madeOf(partition, lower+"-") ||
		!madeOf(region, lower+digits+"-") || !product.IsAccount(account) ||
		!madeOf(name, lower+upper+digits+"_-") || len(name) > 256 {
		return errShape
	}
	return nil
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// madeOf reports whether a text is not empty and has only these characters.
func madeOf(text, characters string) bool {
	return text != "" && strings.Trim(text, characters) == ""
}
