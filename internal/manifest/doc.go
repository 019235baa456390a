// Package manifest reads what people keep in files before anything is
// registered: task definitions, CloudFormation templates and Terraform plans.
// It gives each thing in them the states that it can have once it is deployed,
// so that guard.Check can judge it like any other.
//
// What a file leaves to the deployment, such as a parameter without allowed
// values, is unknown, never a default: INSUFFICIENT_DATA is no pass.
package manifest
