// Package ecsapi is the guard's hands and eyes in one AWS account and Region:
// Apply makes the calls that guard planned, Observe reads what is. It
// decides nothing.
package ecsapi
