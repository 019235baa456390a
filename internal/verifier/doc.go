// Package verifier hands on what a scan found: it keeps evidence, reports what
// is new to people, and remembers what the next scan can use.
// functions/verifier runs it in Lambda.
package verifier
