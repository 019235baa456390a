// Package signedcall makes the few calls that we need of Systems Manager, KMS, ECR,
// CloudWatch Logs and SNS, without the SDK's clients. Those of the first four take
// longer to compile than all of this program's own code, and SNS's takes time at
// each start of a function. Tests hold the calls against the SDK's clients. Signing
// and the rules for retries are the SDK's.
package signedcall
