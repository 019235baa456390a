// Package wiring puts the enforcer and the gate together from AWS's clients, the same way
// for the Lambda functions and for a simulated account, and holds what the
// functions have in common: how they learn where they are, who they are and
// how they were invoked.
//
// Whatever this package imports is linked into the enforcer and costs its cold
// start; what only scans need is in wiring/scans.
package wiring
