package main

import "fipsguard/internal/config"

// Names that people, the SCP and the tamper rules have to know beforehand.
// Whatever belongs to the guard begins with prefix, which the tamper rules
// match.
const (
	prefix       = config.Prefix
	enforcerName = prefix + "enforcer" // the function; its role has the Region behind it, since roles are global
	verifierName = prefix + "verifier" // likewise
	evidenceName = prefix + "evidence" // the bucket; its account and Region follow, since buckets' names are global
	topicName    = prefix + "alerts"
	queueName    = prefix + "undelivered" // events that EventBridge could not hand over
	failedName   = prefix + "failed"      // events that the function could not deal with
	namespace    = "fipsguard"            // of the metrics
)

// The stacks.
const (
	accountStack      = "fipsguard"
	organizationStack = "fipsguard-organization"
)
