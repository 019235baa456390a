// Package metric writes what reports say as CloudWatch metrics, through the log.
package metric
