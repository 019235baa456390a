// Package kept is what is kept of a record of a log file. It is apart so that
// whoever decodes records, such as the enforcer, does not link what reads files.
package kept

// Record is what is kept of a CloudTrail record. Members that are missing,
// null or of another type than CloudTrail's are empty.
type Record struct {
	EventID     string
	EventName   string
	EventSource string
	EventTime   string
	EventType   string
	Category    string
	Region      string
	Recipient   string // recipientAccountId
	SourceIP    string
	UserAgent   string
	ErrorCode   string // any other value than a text is "unknown"
	ReadOnly    bool   // true, or the text true
	FromConsole string // sessionCredentialFromConsole: true, false, or empty
	Identity    Identity
	Request     Request
	Setting     Setting // of the answer
	Answered    bool    // the answer has a list of tasks
	Tasks       []Tasks // of the answer
}

// Identity is a record's userIdentity.
type Identity struct {
	Type        string
	UserName    string
	ARN         string
	AccountID   string
	PrincipalID string
	InvokedBy   string
	Issuer      string // ARN of the session's issuer
	IssuerName  string
	MFA         string
	OnBehalfOf  string
}

// Request is what is kept of requestParameters.
type Request struct {
	Name              string
	TrailName         string
	Value             string
	PrincipalARN      string
	Elsewhere         bool // launchType is none of Fargate
	TaskDefinition    string
	Group             string
	Selectors         string // eventSelectors, as JSON
	AdvancedSelectors string // advancedEventSelectors, as JSON
	MultiRegion       string // isMultiRegionTrail: true, false, or empty
}

// Setting is an account setting in an answer.
type Setting struct{ Name, Value, PrincipalARN string }

// Tasks are tasks of an answer that are alike.
type Tasks struct {
	Elsewhere  bool // on EC2, external or managed instances
	Definition string
	Group      string
	Count      int
}
