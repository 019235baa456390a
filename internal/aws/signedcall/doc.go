// Package signedcall makes the few calls that we need of Systems Manager, KMS, ECR
// and CloudWatch Logs. The SDK's clients of these take longer to compile than all
// of this program's own code; tests hold this one against those of Systems Manager
// and KMS. Signing and the rules for retries are the SDK's.
package signedcall
