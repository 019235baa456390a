package alert

import "fipsguard/internal/guard"

// Alert is a report for people: other people's texts in it are cleaned, its
// lists are bounded and begin with the most pressing, and all that it says is
// decided. What is exported of it, but for the text, is
// docs/schema/alert.v1.schema.json, where the members are explained.
type Alert struct {
	Schema          string         `json:"schema"`
	Subject         string         `json:"subject"` // printable ASCII
	Severity        guard.Severity `json:"severity"`
	Rule            string         `json:"rule"`
	Status          guard.Verdict  `json:"status"`
	Outcome         string         `json:"outcome"`
	Account         string         `json:"account"`
	AccountName     string         `json:"accountName,omitempty"`
	Region          string         `json:"region"`
	HumanNeeded     bool           `json:"humanNeeded"`
	Event           Event          `json:"event"`
	Findings        []Finding      `json:"findings"`
	OmittedFindings int            `json:"omittedFindings"`
	Outcomes        []Outcome      `json:"outcomes"`
	OmittedOutcomes int            `json:"omittedOutcomes"`
	Exposed         []string       `json:"exposed"`
	Next            []string       `json:"next"`
	Joined          *Tally         `json:"joined,omitempty"`
	JoinedOthers    *Tally         `json:"joinedOthers,omitempty"`
	Expiring        []Exemption    `json:"expiringExemptions"`
	OmittedExpiring int            `json:"omittedExpiringExemptions"`
	Scan            *Scan          `json:"scan,omitempty"`

	Sections []Section `json:"-"` // the text

	headline string // what is wrong
	ending   string // what became of it
	more     int    // findings that the headline does not speak of
}

// Section is a part of the text: a title, if it has one, and its lines.
type Section struct {
	Title string
	Lines []string
}

// Scan is the scan that the alert is about.
type Scan struct {
	Summary         string   `json:"summary"`
	Evidence        string   `json:"evidence"`
	Resolved        []string `json:"resolved"`
	OmittedResolved int      `json:"omittedResolved"`
}

// Event is why the guard acted.
type Event struct {
	ID     string `json:"eventID"`
	Name   string `json:"eventName"`
	Time   string `json:"eventTime"`
	Actor  Actor  `json:"actor"`
	isCall bool   // CloudTrail has its record
}

// Actor is who caused the event.
type Actor struct {
	Name          string       `json:"name"`
	ARN           string       `json:"arn"`
	SourceAddress string       `json:"sourceAddress"`
	MFA           guard.Answer `json:"mfa"`
	Tool          string       `json:"tool"`
	through       string       // how the call was made, as the end of a sentence
}

// Finding is what one rule says about one resource.
type Finding struct {
	Rule         string         `json:"rule"`
	Requirement  string         `json:"requirement"`
	Subject      string         `json:"subject"`
	Status       guard.Verdict  `json:"status"`
	Severity     guard.Severity `json:"severity"`
	Reason       string         `json:"reason"`
	Remedy       string         `json:"remedy"` // for what asks for someone's attention
	why          string         // the rule matters; empty for what needs no explanation
	registeredBy string         // of a task definition
	over         bool           // it was on again when it was read
	isOver       bool           // it is about the past
	rejected     bool           // it is about a task that the guard stopped already
}

// Outcome is what became of a remediation.
type Outcome struct {
	Rule      string       `json:"rule"`
	Subject   string       `json:"subject"`
	API       string       `json:"api"`
	Result    guard.Result `json:"result"`
	Detail    string       `json:"detail"`
	At        string       `json:"at"`
	Command   string       `json:"command,omitempty"` // exact, for a person to run; empty when it is done or cannot be shown exactly
	whoMay    string       // make the call that AWS refused to the guard
	immediate bool         // done once AWS answered
}

// Exemption is one that ends soon.
type Exemption struct {
	Resource string `json:"resource"`
	Reason   string `json:"reason"`
	Approver string `json:"approver"`
	Expires  string `json:"expires"`
}

// Tally counts alerts that were not sent by themselves.
type Tally struct {
	Count         int     `json:"count"`
	First         string  `json:"first"`
	Last          string  `json:"last"`
	Actors        []Count `json:"actors"`
	OtherActors   int     `json:"otherActors"`
	Subjects      []Count `json:"subjects"`
	OtherSubjects int     `json:"otherSubjects"`
}

// Count is how often a name was counted.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}
