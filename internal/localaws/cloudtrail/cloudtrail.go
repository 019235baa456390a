// Package cloudtrail is CloudTrail: the records of an account's calls, the event
// history, the trails and their log files.
package cloudtrail

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// CloudTrail is an account's CloudTrail.
type CloudTrail struct {
	kernel  *kernel.Kernel
	publish func(kernel.Event)
	put     func(bucket string, files []LogFile) error

	records []Record
	trails  map[kernel.Region]map[string]Trail // by name
	logged  map[logDelivery]int                // how many of the records
}

// New adds CloudTrail to an account, with a trail that records everything in
// each Region. It publishes records and puts log files into buckets with the
// lock held.
func New(k *kernel.Kernel, publish func(kernel.Event), put func(bucket string, files []LogFile) error) *CloudTrail {
	t := &CloudTrail{
		kernel: k, publish: publish, put: put,
		trails: map[kernel.Region]map[string]Trail{}, logged: map[logDelivery]int{},
	}
	for _, r := range kernel.Regions() {
		t.trails[r] = map[string]Trail{"organization": organizationTrail(r, k.Clock.Now())}
	}
	k.Serve(kernel.Service{
		Name: "cloudtrail", Protocol: kernel.JSON{Version: "1.1"},
		Targets: []string{"CloudTrail_20131101", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"},
		Operations: map[string]kernel.Operation{
			"LookupEvents":      {Limit: lookups, Perform: kernel.Types(kernel.AsIs, t.lookupEvents)},
			"DescribeTrails":    {Perform: kernel.Types(kernel.AsIs, t.describeTrails)},
			"GetTrailStatus":    {Perform: kernel.Types(kernel.AsIs, t.getTrailStatus)},
			"GetEventSelectors": {Perform: kernel.Types(kernel.AsIs, t.getEventSelectors)},
		},
	})
	return t
}

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
	Type           kernel.Kind     `json:"type"`
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
func (t *CloudTrail) Records() []Record {
	t.kernel.Lock()
	defer t.kernel.Unlock()
	return slices.Clone(t.records)
}

// Record records a call and sends the record to EventBridge, where only calls
// that write arrive, and only those that a trail records. It needs the lock.
func (t *CloudTrail) Record(c *kernel.Request, answer any, failure *kernel.Error) {
	if readsOnly(c.Name) {
		return
	}
	r := Record{
		EventVersion:       "1.11",
		UserIdentity:       identity(c.Principal, c.At),
		EventTime:          c.At.Truncate(time.Second),
		EventSource:        c.Service + ".amazonaws.com",
		EventName:          c.Name,
		AWSRegion:          string(c.Region),
		SourceIPAddress:    c.Principal.SourceAddress,
		UserAgent:          c.UserAgent,
		RequestID:          c.ID,
		EventID:            t.kernel.IDs.UUID(),
		EventType:          "AwsApiCall",
		ManagementEvent:    true,
		RecipientAccountID: kernel.AccountID,
		EventCategory:      "Management",
	}
	if failure != nil {
		// A failed call's record does not say what was asked.
		r.ErrorCode, r.ErrorMessage = failure.Code, failure.Message
		if r.ErrorCode == "AccessDeniedException" {
			r.ErrorCode = "AccessDenied"
		}
	} else {
		r.RequestParameters = compact(bounded("requestParameters", c.Parameters))
		r.ResponseElements = compact(bounded("responseElements", answer))
	}
	t.records = append(t.records, r)
	if !t.writesReachEventBridge(c.Region) {
		return
	}
	t.publish(kernel.Event{
		Region: c.Region, Source: "aws." + c.Service, DetailType: "AWS API Call via CloudTrail", Time: c.At,
		Resources: []string{}, Detail: r, Subject: c.Name, Caller: c.Principal.AccessKeyID,
	})
}

func readsOnly(name string) bool {
	return strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Describe")
}

func identity(p kernel.Principal, now time.Time) userIdentity {
	id := userIdentity{
		Type: p.Kind, PrincipalID: p.PrincipalID(), ARN: p.CallerARN(),
		AccountID: kernel.AccountID, AccessKeyID: p.AccessKeyID,
	}
	attributes := map[string]string{
		"creationDate":     now.Add(-time.Hour).Format(time.RFC3339),
		"mfaAuthenticated": fmt.Sprint(p.MFA),
	}
	switch p.Kind {
	case kernel.IAMUser:
		// A long-lived key has no session.
		id.UserName = p.Name()
	case kernel.Root:
		id.SessionContext = &sessionContext{Attributes: attributes}
	case kernel.AssumedRole:
		id.SessionContext = &sessionContext{
			SessionIssuer: &sessionIssuer{
				Type: "Role", PrincipalID: p.UniqueID(), ARN: p.ARN, AccountID: kernel.AccountID, UserName: p.Name(),
			},
			Attributes: attributes,
		}
	}
	return id
}

// maxMember is the size above which CloudTrail leaves a member out.
const maxMember = 100 << 10

// bounded is a member, a tree, as CloudTrail shows it.
func bounded(name string, member any) any {
	member = kernel.WriteTimes(member, shownTime)
	data, err := json.Marshal(member)
	if err != nil {
		return nil
	}
	if len(data) <= maxMember {
		return member
	}
	return map[string]string{
		"omitted":      "true",
		"originalSize": fmt.Sprint(len(data)),
		"reason":       name + " too large",
	}
}

// compact is a tree as JSON, which takes a fraction of the memory for as long as
// the record is kept.
func compact(tree any) json.RawMessage {
	data, err := json.Marshal(tree)
	if err != nil {
		return nil
	}
	return data
}

// shownTime is how CloudTrail writes the times inside answers: for people, with
// a narrow no-break space.
func shownTime(t time.Time) any { return t.Format("Jan 2, 2006, 3:04:05\u202fPM") }
