package guard

import "sync"

// RuleID names a rule for good: IDs are stable and never reused.
type RuleID string

const (
	FIPSModeDefault        RuleID = "fips-mode-default"
	FIPSModeOverride       RuleID = "fips-mode-override"
	FIPSModeDeleted        RuleID = "fips-mode-deleted"
	TaskDefinitionPlatform RuleID = "task-definition-platform"
	TaskLaunchPlatform     RuleID = "task-launch-platform"
	TaskRunningPlatform    RuleID = "task-running-platform"
	ServicePlatform        RuleID = "service-platform"
	TaskKernelProof        RuleID = "task-kernel-proof"
	TaskExposed            RuleID = "task-exposed"
	GuardPolicy            RuleID = "guard-policy"
	GuardTrail             RuleID = "guard-trail"
	GuardEvents            RuleID = "guard-events"
	GuardAlerts            RuleID = "guard-alerts"
	GuardQueues            RuleID = "guard-queues"
	GuardModule            RuleID = "guard-module"
)

// AboutSetting reports whether a rule guards the account setting itself.
func (id RuleID) AboutSetting() bool {
	return id == FIPSModeDefault || id == FIPSModeOverride || id == FIPSModeDeleted
}

// Rule is one thing that has to be so.
type Rule struct {
	ID          RuleID
	Requirement string // what has to be so, one sentence
	Why         string // why it matters, one sentence
	Severity    Severity
	Default     PolicyMode // what the guard does about it without a policy document
	Remedy      string     // what a person changes when the guard may not or cannot
	Doubt       string     // what a person does when it could not be established; empty where there is nothing special
}

// Rules is the rule table, in the order in which people read it. docs/rules.md
// is generated from it.
func Rules() []Rule {
	return []Rule{
		{
			ID:          FIPSModeDefault,
			Requirement: "The account default of fargateFIPSMode is enabled.",
			Why:         "Fargate tasks launched while it is off run on a kernel that is not in FIPS mode, and keep it until they are replaced.",
			Severity:    Critical,
			Default:     Enforce,
			Remedy:      "Run: aws ecs put-account-setting-default --name fargateFIPSMode --value enabled",
		},
		{
			ID:          FIPSModeOverride,
			Requirement: "No user or role overrides fargateFIPSMode with anything but enabled.",
			Why:         "Whether a role's override reaches the tasks that it launches is undocumented, so it has to be assumed.",
			Severity:    High,
			Default:     Enforce,
			Remedy:      "Root, or the user or role itself, runs: aws ecs put-account-setting --name fargateFIPSMode --value enabled",
		},
		{
			ID:          FIPSModeDeleted,
			Requirement: "The account's value of fargateFIPSMode is not deleted.",
			Why:         "A deleted value falls back to disabled.",
			Severity:    Critical,
			Default:     Enforce,
			Remedy:      "Run: aws ecs put-account-setting-default --name fargateFIPSMode --value enabled",
		},
		{
			ID:          TaskDefinitionPlatform,
			Requirement: "A task definition that Fargate can run has operating system family LINUX and CPU architecture X86_64.",
			Why:         "Fargate's FIPS-140 mode covers no other platform; such tasks would run without it.",
			Severity:    High,
			Default:     Enforce,
			Remedy:      "Register it again with runtimePlatform.operatingSystemFamily LINUX and runtimePlatform.cpuArchitecture X86_64, or leave runtimePlatform out.",
		},
		{
			ID:          TaskLaunchPlatform,
			Requirement: "A Fargate task that is being launched is LINUX, X86_64 and on platform version 1.4.0 or later.",
			Why:         "Fargate's FIPS-140 mode covers no other task.",
			Severity:    High,
			Default:     Enforce,
			Remedy:      "Launch it with platform version LATEST from a LINUX / X86_64 task definition.",
		},
		{
			ID:          TaskRunningPlatform,
			Requirement: "A running Fargate task is LINUX, X86_64 and on platform version 1.4.0 or later.",
			Why:         "Fargate's FIPS-140 mode covers no other task.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "Replace it with a task on platform version LATEST from a LINUX / X86_64 task definition.",
		},
		{
			ID:          ServicePlatform,
			Requirement: "A Fargate service uses a LINUX / X86_64 task definition and platform version 1.4.0 or later.",
			Why:         "Its scheduler starts tasks from them whenever it needs one.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "Update the service to platform version LATEST and a LINUX / X86_64 task definition.",
		},
		{
			ID:          TaskKernelProof,
			Requirement: "In a running Fargate task /proc/sys/crypto/fips_enabled is 1.",
			Why:         "It is the kernel's own word; the account setting only says what new tasks ought to get.",
			Severity:    Critical,
			Default:     Audit,
			Remedy:      "With FIPS mode on, replace the task: force a new deployment of its service, or stop it and run it again.",
			Doubt:       "Let it be asked: launch it with enableExecuteCommand, from an image with cat, without a read-only root file system, with a task role that allows ssmmessages.",
		},
		{
			ID:          TaskExposed,
			Requirement: "No running Fargate task was launched while FIPS mode was off.",
			Why:         "A running task keeps the kernel it booted with; turning FIPS mode back on does not reach it.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "With FIPS mode on, replace the task: force a new deployment of its service, or stop it and run it again.",
			Doubt:       "Have its kernel asked, which settles what is unknown of its launch; or replace it, with FIPS mode on.",
		},
		{
			ID:          GuardPolicy,
			Requirement: "The guard's policy document is readable and valid.",
			Why:         "With an invalid one the guard falls back to its defaults, and exemptions in it do not hold.",
			Severity:    Critical,
			Default:     Audit,
			Remedy:      "Correct the policy document at the named line and deploy it again.",
		},
		{
			ID:          GuardTrail,
			Requirement: "A trail in this Region is logging management events that write.",
			Why:         "EventBridge gets API calls only while a trail is logging them; without one the guard hears nothing.",
			Severity:    Critical,
			Default:     Audit,
			Remedy:      "Run: aws cloudtrail start-logging --name TRAIL, or create a trail that records management events.",
		},
		{
			ID:          GuardEvents,
			Requirement: "The guard's EventBridge rules are enabled, have its event patterns and invoke its function with the events.",
			Why:         "A rule that is disabled, gone, narrowed or points elsewhere silences the guard.",
			Severity:    Critical,
			Default:     Audit,
			Remedy:      "Deploy the guard's stack again; find in CloudTrail who changed the rule.",
		},
		{
			ID:          GuardAlerts,
			Requirement: "The guard's alerts have a confirmed subscription, and none waits for its confirmation.",
			Why:         "An alert that nobody gets is none.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "Confirm the subscription by the link in the email, or subscribe somebody to the topic.",
		},
		{
			ID:          GuardQueues,
			Requirement: "The guard's failure queues are empty.",
			Why:         "Each message in them is an event that was not dealt with.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "Read the messages, find out why they failed (docs/runbook.md), and redrive or delete them.",
		},
		{
			ID:          GuardModule,
			Requirement: "The guard's program runs on the validated Go Cryptographic Module, in FIPS mode.",
			Why:         "The guard's own TLS and signatures are cryptography, too.",
			Severity:    High,
			Default:     Audit,
			Remedy:      "Build it with GOFIPS140=v1.0.0, as go run ./build does, and do not set GODEBUG=fips140=off.",
		},
	}
}

// Advice is what a person does about a finding.
func (f Finding) Advice() string {
	rule, ok := RuleOf(f.Rule)
	switch {
	case !ok:
		return ""
	case f.Verdict != InsufficientData:
		return rule.Remedy
	case rule.Doubt != "":
		return rule.Doubt
	}
	return "Find out what could not be read, and why; until then assume the worse. Then: " + rule.Remedy
}

// byID is the table, made once: a look at thousands of tasks asks for it
// thousands of times.
var byID = sync.OnceValue(func() map[RuleID]Rule {
	table := map[RuleID]Rule{}
	for _, r := range Rules() {
		table[r.ID] = r
	}
	return table
})

// RuleOf finds a rule by its ID.
func RuleOf(id RuleID) (Rule, bool) {
	r, ok := byID()[id]
	return r, ok
}
