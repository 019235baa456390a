package cloudtrail

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// lookups is the size of the token bucket (CloudTrail API reference,
// LookupEvents).
var lookups = kernel.Limit{Name: "event lookups", Burst: 2, PerSecond: 2}

// The event history: its reach, and the size of a page of it (CloudTrail API
// reference, LookupEvents).
const (
	historyReach = 90 * 24 * time.Hour
	lookupPage   = 50
)

// instant is a time in the parameters of AWS JSON: seconds since 1970.
type instant struct{ time.Time }

func (i *instant) UnmarshalJSON(data []byte) error {
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return err
	}
	i.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}

// lookupInput has times that encoding/json can read.
type lookupInput struct {
	sdk.LookupEventsInput
	StartTime, EndTime *instant
}

// lookupEvents reads the records of the caller's Region, newest first.
func (t *CloudTrail) lookupEvents(c *kernel.Request, in *lookupInput) (*sdk.LookupEventsOutput, error) {
	limit := lookupPage
	if in.MaxResults != nil {
		limit = int(*in.MaxResults)
	}
	if limit < 1 || limit > lookupPage {
		return nil, kernel.ClientError("InvalidMaxResultsException", "MaxResults must be between 1 and %d.", lookupPage)
	}
	from, to := c.At.Add(-historyReach), c.At
	if in.StartTime != nil && in.StartTime.After(from) {
		from = in.StartTime.Time
	}
	if in.EndTime != nil {
		to = in.EndTime.Time
	}
	if in.StartTime != nil && in.EndTime != nil && in.StartTime.After(in.EndTime.Time) {
		return nil, kernel.ClientError("InvalidTimeRangeException", "The start time is after the end time.")
	}
	fits, err := attributeFilter(in.LookupAttributes)
	if err != nil {
		return nil, err
	}
	// The records are in order of time. The token is how many are older than
	// those shown, so that new ones do not move the pages.
	older := len(t.records)
	if in.NextToken != nil {
		var ok bool
		if older, ok = kernel.Position(*in.NextToken, older); !ok {
			return nil, kernel.ClientError("InvalidNextTokenException", "The token is invalid.")
		}
	}
	out := &sdk.LookupEventsOutput{Events: []types.Event{}}
	for i := older - 1; i >= 0; i-- {
		r := &t.records[i]
		if r.AWSRegion != string(c.Region) || r.EventTime.Before(from) || r.EventTime.After(to) || !fits(r) {
			continue
		}
		if len(out.Events) == limit {
			out.NextToken = aws.String(kernel.PositionToken(i + 1))
			break
		}
		found, err := found(r)
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, found)
	}
	return out, nil
}

// lookupKeys are the attributes that records can be found by.
var lookupKeys = []string{"AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "Username"}

// attributeFilter: "Currently the list can contain only one item."
func attributeFilter(attributes []types.LookupAttribute) (func(*Record) bool, error) {
	if len(attributes) == 0 {
		return func(*Record) bool { return true }, nil
	}
	key, value := string(attributes[0].AttributeKey), aws.ToString(attributes[0].AttributeValue)
	if len(attributes) > 1 || value == "" || !slices.Contains(lookupKeys, key) {
		return nil, kernel.ClientError("InvalidLookupAttributesException", "One lookup attribute with a value is allowed, of %v.", lookupKeys)
	}
	return func(r *Record) bool { return r.attribute(key) == value }, nil
}

// attribute is what the event history knows a record by.
func (r *Record) attribute(key string) string {
	switch key {
	case "AccessKeyId":
		return r.UserIdentity.AccessKeyID
	case "EventId":
		return r.EventID
	case "EventName":
		return r.EventName
	case "EventSource":
		return r.EventSource
	case "ReadOnly":
		return strconv.FormatBool(r.ReadOnly)
	case "Username":
		return r.username()
	}
	return ""
}

// username is the name that the event history shows: of a role, its session's.
func (r *Record) username() string {
	return r.UserIdentity.ARN[strings.LastIndexAny(r.UserIdentity.ARN, ":/")+1:]
}

func found(r *Record) (types.Event, error) {
	text, err := json.Marshal(r)
	return types.Event{
		EventId: &r.EventID, EventName: &r.EventName, EventSource: &r.EventSource, EventTime: &r.EventTime,
		Username: aws.String(r.username()), AccessKeyId: &r.UserIdentity.AccessKeyID,
		ReadOnly: aws.String(strconv.FormatBool(r.ReadOnly)), Resources: []types.Resource{}, CloudTrailEvent: aws.String(string(text)),
	}, err
}
