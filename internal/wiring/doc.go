// Package wiring is what the Lambda functions have in common: how they learn
// where they are, who they are and how they were invoked.
package wiring
