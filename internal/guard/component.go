package guard

import (
	"fmt"
	"strings"
)

// Component is a part of the guard itself, or of what it hears through, as it was
// observed.
type Component struct {
	Rule    RuleID // what has to be so of it
	Name    string // its ARN or URL, or what it is called
	Seen    string // what was observed, one sentence
	Faults  []string
	Absent  bool   // it does not exist, which is one of its faults
	Unknown string // why it could not be looked at, as the end of a sentence: "because …"
}

// Subject is the part's name.
func (p Component) Subject() string { return orUnknown(p.Name) }

// GuardTrail is about where EventBridge gets API calls from.
const GuardTrail RuleID = "guard-trail"

func guardTrail() Rule {
	return Rule{
		ID:          GuardTrail,
		Group:       GroupComponents,
		Requirement: "A trail in this Region is logging management events that write.",
		Why:         "EventBridge receives API calls only while a trail logs them. Without one the guard receives no events.",
		Headlines:   headlines("The guard may not receive events", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{AU12, SI4},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Run: aws cloudtrail start-logging --name TRAIL --region REGION, or create a trail that records management events."),
	}
}

// GuardEvents is about the guard's EventBridge rules.
const GuardEvents RuleID = "guard-events"

func guardEvents() Rule {
	return Rule{
		ID:          GuardEvents,
		Group:       GroupComponents,
		Requirement: "The guard's EventBridge rules are enabled, have its event patterns and invoke its function with the events.",
		Why:         "If a rule is disabled, deleted, narrowed or points elsewhere, the guard misses events.",
		Headlines:   headlines("The guard may not receive events", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SI4, CA7},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Deploy the guard's stack again, and find out in CloudTrail who changed the rule."),
	}
}

// GuardAlerts is about who gets the guard's alerts.
const GuardAlerts RuleID = "guard-alerts"

func guardAlerts() Rule {
	return Rule{
		ID:          GuardAlerts,
		Group:       GroupComponents,
		Requirement: "The guard's alerts have a confirmed subscription, and none is pending confirmation.",
		Why:         "Without a confirmed subscription, nobody receives alerts.",
		Headlines:   headlines("Alerts may not be delivered", "The guard could not check itself"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{IR4x1, SI4},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Confirm the subscription with the link in the email, or subscribe someone to the topic."),
	}
}

// GuardQueues is about events that were not dealt with.
const GuardQueues RuleID = "guard-queues"

func guardQueues() Rule {
	return Rule{
		ID:          GuardQueues,
		Group:       GroupComponents,
		Requirement: "The guard's failure queues are empty.",
		Why:         "Each message in them is an event that was not processed.",
		Headlines:   headlines("Unprocessed events in a failure queue", "The guard could not check itself"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SI4, CA7},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Read the messages, find out why they failed (docs/runbook.md), and redrive or delete them."),
	}
}

// GuardModule is about the guard's own cryptography.
const GuardModule RuleID = "guard-module"

func guardModule() Rule {
	return Rule{
		ID:          GuardModule,
		Group:       GroupComponents,
		Requirement: "The guard's program runs on the validated Go Cryptographic Module, in FIPS mode.",
		Why:         "The guard's own TLS and signatures use cryptography, too.",
		Headlines:   headlines("The guard's cryptography is not validated", "The guard could not check itself"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Build it with GOFIPS140=v1.0.0, as go run ./build does, and do not set GODEBUG=fips140=off."),
	}
}

// GuardEvidence is about what one scan of the verifier hands to the next.
const GuardEvidence RuleID = "guard-evidence"

func guardEvidence() Rule {
	return Rule{
		ID:          GuardEvidence,
		Group:       GroupComponents,
		Requirement: "What the last scan kept is signed with the guard's key, and is as the verifier left it.",
		Why:         "Whoever changes it could hide a violation or silence an alert.",
		Headlines:   headlines("The guard's evidence was tampered with", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{AU9, SI4},
		Method:      Examine,
		Evidence:    Log,
		Remedy: always("Find out who wrote to the evidence bucket: its versions and CloudTrail's data events show it. " +
			"Check what is left: fipsguard evidence verify s3://BUCKET --key KEY.pem."),
	}
}

// GuardComponents is about all else that was deployed.
const GuardComponents RuleID = "guard-components"

func guardComponents() Rule {
	return Rule{
		ID:          GuardComponents,
		Group:       GroupComponents,
		Requirement: "Every component of the guard is as it was deployed.",
		Why:         "Whoever changes a function, queue, topic, subscription, key, role, alarm, log group or bucket of the guard can silence it, or read its alerts.",
		Headlines:   headlines("The guard was changed", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{CM2, SI4, CA7},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Find out in CloudTrail who changed it, and deploy the guard's stack again. What you changed on purpose belongs into the options of the deployment."),
	}
}

// GuardSessions is about the way to kernels.
const GuardSessions RuleID = "guard-sessions"

func guardSessions() Rule {
	return Rule{
		ID:          GuardSessions,
		Group:       GroupComponents,
		Requirement: "The guard may open sessions in containers, by which it checks kernels.",
		Why:         "If every session is refused, no kernel is checked, whatever the tasks run on.",
		Headlines:   headlines("The guard cannot check kernels", "The guard could not check itself"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SI4, CA7},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy: always("Allow the guard's role ecs:ExecuteCommand on clusters and tasks and ssmmessages:OpenDataChannel on * (docs/permissions.md), " +
			"and check for an SCP or a VPC endpoint policy that refuses them."),
	}
}

func checkComponent(p Component) Finding {
	switch {
	case len(p.Faults) > 0:
		return finding(p.Rule, p, NonCompliant, sentence(strings.Join(p.Faults, "; "))+".")
	case p.Unknown != "" || p.Seen == "":
		return finding(p.Rule, p, InsufficientData, fmt.Sprintf("Unknown%s.", because(p.Unknown)))
	}
	return finding(p.Rule, p, Compliant, p.Seen)
}

// PolicyDocument is the guard's own policy, as it was read.
type PolicyDocument struct {
	Account string
	Region  string
	Faults  []string // why its newest version is refused; none when it is valid
	Version int64    // the last good one, which holds; zero when none could be read
}

// Subject is policy@ACCOUNT/REGION.
func (d PolicyDocument) Subject() string {
	return "policy@" + orUnknown(d.Account) + "/" + orUnknown(d.Region)
}

// GuardPolicy is about the guard's own policy.
const GuardPolicy RuleID = "guard-policy"

func guardPolicy() Rule {
	return Rule{
		ID:          GuardPolicy,
		Group:       GroupPolicy,
		Requirement: "The guard's policy document is readable and valid.",
		Why:         "If it is invalid, its last good version holds. If none can be read, the guard enforces the account setting and only reports workloads.",
		Headlines:   headlines("Policy document does not hold", "The guard could not check itself"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SI4, CA7},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      always("Fix the policy document at the line named and write it again (docs/policy.md says how)."),
	}
}

func checkPolicyDocument(d PolicyDocument) Finding {
	if len(d.Faults) == 0 {
		return finding(GuardPolicy, d, Compliant, "The policy document is valid.")
	}
	if d.Version > 0 {
		return finding(GuardPolicy, d, NonCompliant, fmt.Sprintf("The policy document was rejected; its version %d, the last good one, holds: %s.", d.Version, strings.Join(d.Faults, "; ")))
	}
	return finding(GuardPolicy, d, NonCompliant, fmt.Sprintf("No policy document holds; the account setting is enforced, workloads are only reported: %s.", strings.Join(d.Faults, "; ")))
}
