// Package summary makes the figures of months and years of an account and Region,
// day by day, from its reports.
package summary
