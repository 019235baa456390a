// Package product says what the parts of the guard are called where they are
// deployed, and which build of it is running.
package product

// Name is the product's name, and the namespace of its metrics.
const Name = "fipsguard"

// Prefix begins the name of everything that belongs to the deployed guard. The
// tamper rules and the SCP match it.
const Prefix = Name + "-"

// Names that people, the SCP, the tamper rules and the self-check have to know
// beforehand. The functions' roles have the Region behind the name, since
// roles are global; the bucket has its account and Region behind it, since
// buckets' names are global.
const (
	Enforcer    = Prefix + "enforcer"
	Verifier    = Prefix + "verifier"
	Evidence    = Prefix + "evidence"    // the bucket
	Alerts      = Prefix + "alerts"      // the topic
	Undelivered = Prefix + "undelivered" // events that EventBridge could not hand over
	Failed      = Prefix + "failed"      // events that a function could not handle
)

// Unseen is the application ID, which CloudTrail records in userAgent as
// "app/fipsguard-unseen", of a write that nothing showed to be needed. It asks
// for no scan.
const Unseen = Prefix + "unseen"
