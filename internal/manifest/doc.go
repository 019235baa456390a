// Package manifest reads what people keep in files before anything is
// registered: task definitions, CloudFormation templates and Terraform plans.
//
// A file goes through it one way. Its resources are listed as they are written,
// each is decoded once, by its type, into what it can launch (launches.go); what
// resources refer to is resolved; and each resource gets the states that it can
// have once deployed, so that guard.Check can evaluate it like any other.
//
// What a file leaves to the deployment, such as a parameter without allowed
// values, is unknown, never a default: INSUFFICIENT_DATA does not pass.
package manifest
