package logfile

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

// wanted reports whether records of a call are kept.
func wanted(source, name []byte) bool {
	switch string(source) {
	case "ecs.amazonaws.com":
		return ofECS(name)
	case "cloudtrail.amazonaws.com":
		return ofCloudTrail(name)
	}
	return false
}

// ofECS reports whether a name is that of a call of ECS that changes the
// setting or launches tasks.
func ofECS(name []byte) bool {
	switch string(name) {
	case "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting", "RunTask", "StartTask":
		return true
	}
	return false
}

// ofCloudTrail reports whether a name is that of a call of CloudTrail that may
// change what is logged.
func ofCloudTrail(name []byte) bool {
	switch string(name) {
	case "StartLogging", "StopLogging", "DeleteTrail", "PutEventSelectors", "UpdateTrail":
		return true
	}
	return false
}
