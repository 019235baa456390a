// Package trail reads what AWS recorded: EventBridge envelopes, CloudTrail
// records and CloudTrail's log objects in S3, and what queues, topics, streams and
// queries put around them, into what happened and the state that it says things
// are in. It also holds the EventBridge patterns that let those events through.
//
// Decode is for the function, which gets one event as it is. Read is for files,
// in which each record stands alone.
//
// The shapes are those of docs/facts.md, section 5: failed calls carry no
// parameters, members over 100 KB are left out, identities may be missing, and
// other services have calls of the same names.
package trail
