// Package athena writes SQL with which Amazon Athena answers for more log files
// than one machine should read: a table over CloudTrail's log files, and the
// query that yields the intervals of an audit. Athena verifies no digest, and
// stops at a file that it cannot read.
package athena
