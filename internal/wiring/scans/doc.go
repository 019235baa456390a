// Package scans puts scanner and verifier together from AWS's clients, the same
// way for the Lambda function, for a terminal and for a simulated account. Only
// the function brings Security Hub's client, which takes long to compile and
// which nothing else needs.
package scans
