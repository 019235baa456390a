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
	Gate        = Prefix + "gate"
	Verifier    = Prefix + "verifier"
	Evidence    = Prefix + "evidence"          // the bucket
	SigningKey  = Prefix + "evidence"          // the alias of the key that signs reports
	Alerts      = Prefix + "alerts"            // the topic
	Workloads   = Prefix + "workloads"         // the queue of the gate
	Scans       = Prefix + "scans.fifo"        // the queue of the verifier
	Reported    = Prefix + "reported"          // the queue of what went out on the topic, for the verifier's memory
	Undelivered = Prefix + "undelivered"       // events that EventBridge could not hand over
	Failed      = Prefix + "failed"            // events that a function could not handle
	SecurityBus = Prefix + "security"          // the event bus in the security account
	FailedScans = Prefix + "failed-scans.fifo" // requests for scans that failed
	Drill       = Prefix + "drill"             // the role of the drill, with the Region behind it, and the queue of the alerts that it waits for
	Filtered    = Prefix + "drill-filtered"    // a queue whose subscription has a filter policy
	Witness     = Prefix + "witness"           // the witness's repository, cluster and task definition

	PolicyParameter = Prefix + "policy" // of Systems Manager, unless the deployment names another
)

// GateExecutions is how many executions of the gate run at once, at most: the
// fewest that Lambda offers for a queue. The gate's share of ECS's throttle
// buckets is divided among them.
const GateExecutions = 2

// Unseen is the application ID, which CloudTrail records in userAgent as
// "app/fipsguard-unseen", of a write that nothing showed to be needed. It asks
// for no scan.
const Unseen = Prefix + "unseen"

// Canary is the application ID, which CloudTrail records in userAgent as
// "app/fipsguard-canary", of the write with which the verifier tries whether the
// enforcer receives events. It is believed of the verifier's role only.
const Canary = Prefix + "canary"
