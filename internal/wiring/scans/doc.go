// Package scans puts a scanner together from AWS's clients, the same way for
// the Lambda function, for a terminal and for a simulated account.
package scans
