// Package store keeps reports in S3, under Object Lock as the bucket has it,
// and the verifier's state beside them.
package store
