package localaws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Record is a CloudTrail management-event record, as it stands in log files
// and in the detail of EventBridge events.
type Record struct {
	EventVersion       string       `json:"eventVersion"`
	UserIdentity       userIdentity `json:"userIdentity"`
	EventTime          time.Time    `json:"eventTime"`
	EventSource        string       `json:"eventSource"`
	EventName          string       `json:"eventName"`
	AWSRegion          string       `json:"awsRegion"`
	SourceIPAddress    string       `json:"sourceIPAddress"`
	UserAgent          string       `json:"userAgent"`
	ErrorCode          string       `json:"errorCode,omitempty"`
	ErrorMessage       string       `json:"errorMessage,omitempty"`
	RequestParameters  any          `json:"requestParameters"`
	ResponseElements   any          `json:"responseElements"`
	RequestID          string       `json:"requestID"`
	EventID            string       `json:"eventID"`
	ReadOnly           bool         `json:"readOnly"`
	EventType          string       `json:"eventType"`
	ManagementEvent    bool         `json:"managementEvent"`
	RecipientAccountID string       `json:"recipientAccountId"`
	EventCategory      string       `json:"eventCategory"`
}

type userIdentity struct {
	Type           Kind            `json:"type"`
	PrincipalID    string          `json:"principalId"`
	ARN            string          `json:"arn"`
	AccountID      string          `json:"accountId"`
	AccessKeyID    string          `json:"accessKeyId"`
	UserName       string          `json:"userName,omitempty"`
	SessionContext *sessionContext `json:"sessionContext,omitempty"`
}

type sessionContext struct {
	SessionIssuer *sessionIssuer    `json:"sessionIssuer,omitempty"`
	Attributes    map[string]string `json:"attributes"`
}

type sessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
}

// Records are CloudTrail's records of the calls that write, in order. Those
// that only read, and those that SNS counts as data events, are in Calls.
func (a *Account) Records() []Record {
	a.Lock()
	defer a.Unlock()
	return slices.Clone(a.records)
}

// trail records a call and sends the record to EventBridge, where only calls
// that write arrive, and only those that a trail records. It needs the account's lock.
func (a *Account) trail(req *kernel.Request, answer any, failure *kernel.Error) {
	c := a.call(req)
	if c.Service != "ecs" || readsOnly(c.Name) {
		return
	}
	r := Record{
		EventVersion:       "1.11",
		UserIdentity:       a.identity(c.Principal, c.At),
		EventTime:          c.At.Truncate(time.Second),
		EventSource:        "ecs.amazonaws.com",
		EventName:          c.Name,
		AWSRegion:          string(c.region.Region),
		SourceIPAddress:    c.Principal.SourceAddress,
		UserAgent:          c.UserAgent,
		RequestID:          c.ID,
		EventID:            a.IDs.UUID(),
		EventType:          "AwsApiCall",
		ManagementEvent:    true,
		RecipientAccountID: AccountID,
		EventCategory:      "Management",
	}
	if failure != nil {
		// A failed call's record does not say what was asked.
		r.ErrorCode, r.ErrorMessage = failure.Code, failure.Message
		if r.ErrorCode == "AccessDeniedException" {
			r.ErrorCode = "AccessDenied"
		}
	} else {
		r.RequestParameters = bounded("requestParameters", c.Parameters)
		if c.Name == "ExecuteCommand" {
			answer = withoutToken(answer)
		}
		r.ResponseElements = bounded("responseElements", answer)
	}
	a.records = append(a.records, r)
	if !a.writesReachEventBridge(c.region) {
		return
	}
	a.publish(c.region, event{
		detailType: "AWS API Call via CloudTrail", time: c.At, resources: []string{},
		detail: r, subject: c.Name, caller: c.Principal.AccessKeyID,
	})
}

func readsOnly(name string) bool {
	return strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Describe")
}

func (a *Account) identity(p Principal, now time.Time) userIdentity {
	id := userIdentity{
		Type: p.Kind, PrincipalID: p.PrincipalID(), ARN: p.CallerARN(),
		AccountID: AccountID, AccessKeyID: p.AccessKeyID,
	}
	attributes := map[string]string{
		"creationDate":     now.Add(-time.Hour).Format(time.RFC3339),
		"mfaAuthenticated": fmt.Sprint(p.MFA),
	}
	switch p.Kind {
	case IAMUser:
		// A long-lived key has no session.
		id.UserName = p.Name()
	case Root:
		id.SessionContext = &sessionContext{Attributes: attributes}
	case AssumedRole:
		id.SessionContext = &sessionContext{
			SessionIssuer: &sessionIssuer{
				Type: "Role", PrincipalID: p.UniqueID(), ARN: p.ARN, AccountID: AccountID, UserName: p.Name(),
			},
			Attributes: attributes,
		}
	}
	return id
}

// maxMember is the size above which CloudTrail leaves a member out.
const maxMember = 100 << 10

// bounded is a member as CloudTrail shows it.
func bounded(name string, member any) any {
	tree, err := kernel.WithTimes(member, kernel.TrailTime)
	if err != nil {
		return nil
	}
	data, err := json.Marshal(tree)
	if err != nil || len(data) <= maxMember {
		return tree
	}
	return map[string]string{
		"omitted":      "true",
		"originalSize": fmt.Sprint(len(data)),
		"reason":       name + " too large",
	}
}
