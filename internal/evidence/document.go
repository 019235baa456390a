package evidence

import (
	"time"

	"fipsguard/internal/guard"
)

// Schema names the version of the document, docs/schema/evidence.v1.schema.json.
const Schema = "fipsguard.evidence/v1"

// Document is one scan as evidence: a list of claims, with what they rest on.
// Times are UTC; what is unknown is an empty text or a null, never a pass.
type Document struct {
	Schema      string         `json:"schema"`
	ID          string         `json:"id"` // of the scan: ACCOUNT-REGION-YYYYMMDDTHHMMSS-fffffffffZ
	Account     string         `json:"account"`
	AccountName string         `json:"accountName,omitempty"` // what people call it
	Region      string         `json:"region"`
	Started     time.Time      `json:"started"`
	Finished    time.Time      `json:"finished"`
	Interrupted string         `json:"interrupted"` // why the scan ended before it was done; empty when it was not
	Why         string         `json:"why"`         // what made the verifier scan
	Scope       Scope          `json:"scope"`
	Cycle       Cycle          `json:"cycle"`
	Collector   string         `json:"collector"` // ARN of who scanned: the function, or whose credentials the program used
	Tool        Tool           `json:"tool"`
	Predecessor *Predecessor   `json:"predecessor"` // null for the first report, or when it was not kept
	Chain       Chain          `json:"chain"`
	Status      guard.Verdict  `json:"status"`   // the worst of all that was examined
	Severity    guard.Severity `json:"severity"` // the highest
	Results     Results        `json:"results"`
	Kernels     Kernels        `json:"kernels"`
	Timelines   []Timeline     `json:"timelines"` // the account default's first, then overrides
	Tasks       []Task         `json:"tasks"`     // every task of Fargate and of Managed Instances that was seen, the most pressing first
	Rules       []Rule         `json:"rules"`     // that the claims are about
	Claims      []Claim        `json:"claims"`    // the most pressing first
	Outcomes    []Outcome      `json:"outcomes"`
	Facts       []guard.Fact   `json:"facts,omitempty"` // what the scan can say to open questions about AWS
	Limits      []string       `json:"limits"`          // what the scan does not show
	Past        *Past          `json:"past,omitempty"`  // of an audit, which is no scan: what it read; absent from a scan's report

	// SHA256 is that of the bytes that are this document, which no document can
	// hold; empty until it was written and read. Every format names it.
	SHA256 string `json:"-"`
}

// Scope is how much was scanned.
type Scope struct {
	Clusters []string `json:"clusters"` // ARNs of those scanned
	All      bool     `json:"all"`      // they are all of the account's in this Region
	Exec     bool     `json:"exec"`     // kernels were checked through ECS Exec
}

// Cycle is how soon observations are renewed.
type Cycle struct {
	Class guard.Class `json:"class"` // of FedRAMP's 2026 rules
	Rule  string      `json:"rule"`  // that sets it
	Days  int         `json:"days"`
	Keeps string      `json:"keeps"` // the same in a sentence
}

// Tool is the program that scanned.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"` // with the digest of its sources, or "local"
	Source  string `json:"source"`  // SHA-256 of its sources; empty when a plain go build made it
	Go      string `json:"go"`
	Module  string `json:"module"` // version of its Go Cryptographic Module, "latest" when it is not a frozen one
	FIPS    bool   `json:"fips"`   // whether that runs in FIPS mode
}

// Predecessor is the report before this one.
type Predecessor struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"` // of its bytes as stored, in hexadecimal
}

// Results counts claims by their results, and what FIPS mode does not concern,
// of which there are none.
type Results struct {
	Compliant        int `json:"compliant"`
	NonCompliant     int `json:"nonCompliant"`
	Fixed            int `json:"fixed"` // of the violations
	InsufficientData int `json:"insufficientData"`
	Starting         int `json:"starting"`
	NotExamined      int `json:"notExamined"`
	NotApplicable    int `json:"notApplicable"`
}

// Kernels counts the tasks in scope of FIPS mode by the results of their kernel
// checks.
type Kernels struct {
	On                int `json:"on"`
	Off               int `json:"off"`
	CouldNotBeChecked int `json:"couldNotBeChecked"`
	NotCheckedYet     int `json:"notCheckedYet"`
	Starting          int `json:"starting"`    // not running yet, and not asked
	NotExamined       int `json:"notExamined"` // the scan read no kernels
}

// Timeline is guard.Timeline.
type Timeline struct {
	Principal string `json:"principal"` // whose override; empty for the account default
	Sum       Sum    `json:"sum"`
	Spans     []Span `json:"spans"`
}

// Sum sums a timeline up.
type Sum struct {
	OffTimes       int      `json:"offTimes"` // each without a break
	OffSeconds     int64    `json:"offSeconds"`
	UnknownSeconds int64    `json:"unknownSeconds"`
	TurnedOffBy    []Caller `json:"turnedOffBy"` // by whose recorded calls, most often first
}

// Caller is someone who made calls.
type Caller struct {
	Name  string `json:"name"`
	Calls int    `json:"calls"`
}

// Span is a time during which a setting was one thing.
type Span struct {
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Mode     string    `json:"mode"` // on, off, unknown
	API      string    `json:"api"`  // the call that began it; empty when it began before the history that was read
	By       string    `json:"by"`
	EventID  string    `json:"eventID"`
	Launched int       `json:"launched"` // running tasks that were launched in it
	Reason   string    `json:"reason"`   // why the mode is unknown
}

// Task is a running task, with what is known of its kernel.
type Task struct {
	ARN              string        `json:"arn"`
	Compute          string        `json:"compute"`          // Fargate, Managed Instances, or empty where that is unknown
	CapacityProvider string        `json:"capacityProvider"` // of Managed Instances; empty on Fargate
	Cluster          string        `json:"cluster"`
	Service          string        `json:"service"` // empty for a standalone task
	Family           string        `json:"family"`  // of its task definition
	Definition       string        `json:"definition"`
	Platform         string        `json:"platform"` // LINUX/X86_64
	PlatformVersion  string        `json:"platformVersion"`
	LastStatus       string        `json:"lastStatus"`
	Created          *time.Time    `json:"created"`
	Kernel           Kernel        `json:"kernel"`
	Exposed          guard.Verdict `json:"exposed"` // of rule task-exposed; on Managed Instances of task-capacity-provider
	Scope            guard.Verdict `json:"scope"`   // of the platform rules: COMPLIANT when FIPS mode covers it
}

// Kernel is the result of a task's kernel check.
type Kernel struct {
	Result    string     `json:"result"` // FIPS on, FIPS off, could not be checked, not checked yet, starting, not examined, not in scope
	Container string     `json:"container"`
	Answer    string     `json:"answer"` // raw, as it came
	At        *time.Time `json:"at"`
	Until     *time.Time `json:"until"`  // until when the answer is shown without being renewed
	Reason    string     `json:"reason"` // why the kernel could not be checked
}

// Rule is guard.Rule as far as claims rest on it.
type Rule struct {
	ID          guard.RuleID       `json:"id"`
	Requirement string             `json:"requirement"`
	Why         string             `json:"why"`
	Controls    []Control          `json:"controls"`
	Method      guard.Method       `json:"method"`   // EXAMINE or TEST
	Evidence    guard.EvidenceType `json:"evidence"` // FedRAMP's word for what its claims rest on
	Group       guard.Group        `json:"group"`
}

// Rule is one of the report's rules by its ID.
func (d Document) Rule(id guard.RuleID) Rule {
	for _, r := range d.Rules {
		if r.ID == id {
			return r
		}
	}
	return Rule{ID: id}
}

// Control is a control of NIST SP 800-53 r5 that a rule relates to.
type Control struct {
	ID        guard.Control `json:"id"`        // as OSCAL's catalog names it
	Title     string        `json:"title"`     // as people write it
	Objective string        `json:"objective"` // the part of its assessment objective
}

// Outcome is guard.Outcome, with the command that a person would run.
type Outcome struct {
	Rule    guard.RuleID `json:"rule"`
	Subject string       `json:"subject"`
	API     string       `json:"api"`
	Result  guard.Result `json:"result"`
	Detail  string       `json:"detail"`
	At      *time.Time   `json:"at"`
	Command string       `json:"command"`
}

// Of is the account as people read it: its number, and its name behind it.
func (d Document) Of() string {
	if d.AccountName == "" {
		return d.Account
	}
	return d.Account + " (" + d.AccountName + ")"
}
