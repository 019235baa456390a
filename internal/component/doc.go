// Package component is the list of what a CloudFormation template of the guard
// deploys, and the comparison of that with what is there. It does no I/O: the
// list is made of the template when that is synthesized, travels to the verifier
// in its environment, and what is there is read by aws/readback.
package component
