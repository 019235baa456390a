// Package history reads from CloudTrail who changed the account setting and
// when: from LookupEvents, which remembers 90 days, and from CloudTrail's log
// objects in S3 for what is older.
package history
