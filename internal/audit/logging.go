package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"fipsguard/internal/trail/logfile"
)

// logs is what a call leaves of a trail's logging.
type logs uint8

const (
	logsOn      logs = iota // StartLogging
	logsOff                 // StopLogging, DeleteTrail
	selectsAll              // PutEventSelectors: ECS's write calls are logged
	selectsLess             // … are not, or not surely
	everyRegion             // UpdateTrail: in all Regions
	oneRegion               // … in the trail's own only
)

// ends is the call that ends what a call began.
func (l logs) ends() logs {
	switch l {
	case logsOff:
		return logsOn
	case selectsLess:
		return selectsAll
	case oneRegion:
		return everyRegion
	case logsOn, selectsAll, everyRegion:
	}
	return l
}

// loggingOf reads a record about a trail, if it matters to what is logged.
func loggingOf(r logfile.Record, c call) (logging, bool) {
	l := logging{call: c, trail: trailName(r.Request.Name)}
	switch r.EventName {
	case "StartLogging":
		l.does = logsOn
	case "StopLogging", "DeleteTrail":
		l.does = logsOff
	case "PutEventSelectors":
		l.does = selectsLess
		if r.Request.TrailName != "" {
			l.trail = trailName(r.Request.TrailName)
		}
		if selectsECS(r.Request) {
			l.does = selectsAll
		}
	case "UpdateTrail":
		switch r.Request.MultiRegion {
		case "true":
			l.does = everyRegion
		case "false":
			l.does = oneRegion
		default:
			return l, false
		}
	}
	return l, true
}

// trailName is a trail's name, also out of its ARN.
func trailName(text string) string {
	if i := strings.LastIndex(text, "trail/"); i >= 0 {
		return text[i+len("trail/"):]
	}
	return text
}

// selectsECS reports whether a trail's selectors surely let ECS's write calls
// through. What cannot be read does not.
func selectsECS(r logfile.Request) bool {
	if r.AdvancedSelectors != "" {
		var selectors []advancedSelector
		return json.Unmarshal([]byte(r.AdvancedSelectors), &selectors) == nil && slices.ContainsFunc(selectors, advancedSelector.selectsECS)
	}
	var selectors []selector
	return json.Unmarshal([]byte(r.Selectors), &selectors) == nil && slices.ContainsFunc(selectors, selector.selectsECS)
}

// selector is one of a trail's event selectors.
type selector struct {
	ReadWriteType           string `json:"readWriteType"`
	IncludeManagementEvents *bool  `json:"includeManagementEvents"`
	// ExcludeManagementEventSources can name KMS and RDS only.
	ExcludeManagementEventSources []string `json:"excludeManagementEventSources"`
}

func (s selector) selectsECS() bool {
	writes := cmp.Or(s.ReadWriteType, "All") != "ReadOnly"
	management := s.IncludeManagementEvents == nil || *s.IncludeManagementEvents
	return writes && management && !slices.Contains(s.ExcludeManagementEventSources, "ecs.amazonaws.com")
}

// advancedSelector lets through what all of its fields let through.
type advancedSelector struct {
	FieldSelectors []fieldSelector `json:"fieldSelectors"`
}

type fieldSelector struct {
	Field         string   `json:"field"`
	Equals        []string `json:"equals"`
	NotEquals     []string `json:"notEquals"`
	StartsWith    []string `json:"startsWith"`
	NotStartsWith []string `json:"notStartsWith"`
	EndsWith      []string `json:"endsWith"`
	NotEndsWith   []string `json:"notEndsWith"`
}

// selectsECS: any field but these narrows down what is logged, and may leave
// ECS out.
func (s advancedSelector) selectsECS() bool {
	management := false
	for _, f := range s.FieldSelectors {
		switch f.Field {
		case "eventCategory":
			management = f.allows("Management")
		case "readOnly":
			if !f.allows("false") {
				return false
			}
		case "eventSource":
			if !f.allows("ecs.amazonaws.com") {
				return false
			}
		default:
			return false
		}
	}
	return management
}

// allows reports whether a field selector surely lets a value through.
func (f fieldSelector) allows(value string) bool {
	other := len(f.StartsWith) + len(f.NotStartsWith) + len(f.EndsWith) + len(f.NotEndsWith)
	return other == 0 && (len(f.Equals) == 0 || slices.Contains(f.Equals, value)) && !slices.Contains(f.NotEquals, value)
}

// trails are the trails that digests are of, by account.
type trails struct {
	named        map[string]map[string]bool
	organization map[string]map[string]bool // those whose digests lie in an organization's folder
}

func newTrails() trails {
	return trails{named: map[string]map[string]bool{}, organization: map[string]map[string]bool{}}
}

// add takes in the trail that a digest's name has.
func (t trails) add(n name, file string) {
	account := n.place.account
	if t.named[account] == nil {
		t.named[account] = map[string]bool{}
		t.organization[account] = map[string]bool{}
	}
	t.named[account][n.trail] = true
	if inOrganization(file, account) {
		t.organization[account][n.trail] = true
	}
}

// inOrganization reports whether a digest lies in …/AWSLogs/o-…/ACCOUNT/…,
// as those of an organization's trail do.
func inOrganization(file, account string) bool {
	parts := strings.Split(file, "/")
	for i, part := range parts {
		if part == "AWSLogs" && i+2 < len(parts) && strings.HasPrefix(parts[i+1], "o-") && parts[i+2] == account {
			return true
		}
	}
	return false
}

// blind are the times in which a place's trails did not surely log ECS's write
// calls. Only trails that the account has digests of count, if it has any.
func (t trails) blind(p place, calls []logging) []span {
	var all []span
	for i, began := range calls {
		if began.does.ends() == began.does || !t.concerns(p, began) || began.does == oneRegion && began.place.region == p.region {
			continue
		}
		ended := slices.IndexFunc(calls[i+1:], func(l logging) bool {
			return l.does == began.does.ends() && l.at > began.at && l.trail == began.trail && l.place.account == began.place.account
		})
		until := forever
		if ended >= 0 {
			until = calls[i+1+ended].at
		}
		all = append(all, span{began.at, until})
	}
	return all
}

// concerns reports whether a call is about a trail that logs a place: one of
// its account's, or its organization's, which another account manages.
func (t trails) concerns(p place, l logging) bool {
	if l.place.account != p.account {
		return t.organization[p.account][l.trail]
	}
	return t.named[p.account][l.trail] || len(t.named[p.account]) == 0
}

// inOrder sorts calls by time.
func inOrder(calls []logging) {
	slices.SortFunc(calls, func(a, b logging) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
}
