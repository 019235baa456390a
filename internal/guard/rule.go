package guard

import "sync"

// RuleID names a rule for good: IDs are stable and never reused.
type RuleID string

// AboutSetting reports whether a rule guards the account setting itself.
func (id RuleID) AboutSetting() bool {
	rule, ok := RuleOf(id)
	return ok && rule.Group == GroupSetting
}

// Rule is one thing that has to be so, with everything that is known of it.
// Each is declared in the file of its topic.
type Rule struct {
	ID          RuleID
	Group       Group
	Requirement string // what has to be so, one sentence
	Why         string // why it matters, one sentence
	Headlines   Headlines
	Severity    Severity
	Default     PolicyMode         // what the guard does about it without a policy document
	Controls    []Control          // that its findings speak to
	Method      Method             // how it is assessed
	Evidence    EvidenceType       // what its findings rest on
	Remedy      func(State) string // what a person changes when the guard may not or cannot; of no State, in general
	Steps       func(State) []Step // the commands of the remedy, where it takes more than one, in their order; nil where it does not
	Doubt       string             // what a person does when it could not be established; empty where there is nothing special
}

// Group is what a rule is about.
type Group string

const (
	GroupSetting    Group = "setting"
	GroupPlatform   Group = "platform"
	GroupManaged    Group = "managed-instances"
	GroupKernel     Group = "kernel"
	GroupPolicy     Group = "policy"
	GroupComponents Group = "components" // of the guard itself
)

// AboutGuard reports whether a rule is about the guard itself.
func (r Rule) AboutGuard() bool { return r.Group == GroupPolicy || r.Group == GroupComponents }

// Headlines say in few words what is wrong.
type Headlines struct {
	Violated string // by the call that caused the report
	Found    string // violated, by a call that the report does not know
	Unknown  string // it could not be established
}

// headlines are those of a rule that reads the same whoever broke it.
func headlines(violated, unknown string) Headlines {
	return Headlines{Violated: violated, Found: violated, Unknown: unknown}
}

// Method is how OSCAL says that something was assessed.
type Method string

const (
	Examine Method = "EXAMINE" // read what is configured or recorded
	Test    Method = "TEST"    // ran something and read what it returned
)

// EvidenceType is FedRAMP's word for what a finding rests on.
type EvidenceType string

const (
	Configuration EvidenceType = "Configuration" // as AWS answered it
	Log           EvidenceType = "Log"           // what commands printed
	AuditRecord   EvidenceType = "Audit Record"  // what CloudTrail recorded
)

// Rules is the rule table, in the order in which people read it. docs/rules.md
// is generated from it.
func Rules() []Rule {
	return []Rule{
		fipsModeDefault(),
		fipsModeOverride(),
		fipsModeDeleted(),
		taskDefinitionPlatform(),
		taskLaunchPlatform(),
		taskRunningPlatform(),
		servicePlatform(),
		capacityProviderFIPS(),
		taskCapacityProvider(),
		serviceCapacityProvider(),
		taskKernelProof(),
		taskExposed(),
		launchKernel(),
		guardPolicy(),
		guardTrail(),
		guardEvents(),
		guardAlerts(),
		guardQueues(),
		guardModule(),
		guardEvidence(),
		guardComponents(),
		guardSessions(),
		guardCanary(),
	}
}

// always is a remedy that is the same for every State.
func always(remedy string) func(State) string {
	return func(State) string { return remedy }
}

// isOver reports whether a state is one of the past.
func isOver(s State) bool {
	period, ok := s.(OffPeriod)
	return ok && !period.Lasts
}

// Advice is what a person does about a finding.
func (f Finding) Advice() string {
	rule, ok := RuleOf(f.Rule)
	switch {
	case !ok:
		return ""
	case isOver(f.State):
		return "Ask who turned it off why. Replace the tasks that were launched meanwhile: the report lists them."
	case f.Verdict != InsufficientData:
		return rule.Remedy(f.State)
	case rule.Doubt != "":
		return rule.Doubt
	}
	return "Find out what could not be read and why. Until then assume that it fails the rule. Then: " + rule.Remedy(f.State)
}

// Step is one of several commands.
type Step struct {
	If      string `json:"if"` // the condition on which it is run, as a part of a sentence; empty where there is none
	Command string `json:"command"`
}

// Steps are the commands with which a person ends a violation that takes more
// than one, in their order.
func (f Finding) Steps() []Step {
	if rule, ok := RuleOf(f.Rule); ok && rule.Steps != nil && f.Verdict == NonCompliant {
		return rule.Steps(f.State)
	}
	return nil
}

// table is the rule table, made once: a scan of thousands of tasks asks for it
// thousands of times.
var table = sync.OnceValue(Rules)

// RuleOf finds a rule by its ID.
func RuleOf(id RuleID) (Rule, bool) {
	rules := table()
	for i := range rules {
		if rules[i].ID == id {
			return rules[i], true
		}
	}
	return Rule{}, false
}
