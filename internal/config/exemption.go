package config

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fipsguard/internal/guard"
)

func (r *reader) exemptions(v value) {
	if v.kind != '[' {
		r.complain(v.offset, "exemptions is %s; it must be an array", v.describe())
		return
	}
	for _, element := range v.elements {
		r.exemption(element)
	}
}

func (r *reader) exemption(v value) {
	var e guard.Exemption
	r.object(v, "the exemption", "key", []field{
		{name: "resource", required: true, read: func(v value) { e.Resource = r.resource(v) }},
		{name: "reason", required: true, read: func(v value) { e.Reason = r.line(v, "reason", 300) }},
		{name: "approver", required: true, read: func(v value) { e.Approver = r.line(v, "approver", 100) }},
		{name: "expires", required: true, read: func(v value) { e.Expires = r.expiry(v) }},
	})
	r.policy.Exemptions = append(r.policy.Exemptions, e)
}

func (r *reader) resource(v value) string {
	if v.kind != '"' {
		r.complain(v.offset, "resource is %s; it must be a string", v.describe())
		return ""
	}
	if err := checkPattern(v.text); err != nil {
		r.complain(v.offset, "resource %s: %v", quoted(v.text), err)
	}
	return v.text
}

// line is one line of text with something on it. It is shown in alerts, where a
// line break or a control character could make it look like something else.
func (r *reader) line(v value, what string, longest int) string {
	control := func(c rune) bool { return !unicode.IsGraphic(c) }
	switch {
	case v.kind != '"':
		r.complain(v.offset, "%s is %s; it must be a string", what, v.describe())
	case strings.TrimSpace(v.text) == "":
		r.complain(v.offset, "%s is empty", what)
	case strings.ContainsFunc(v.text, control):
		r.complain(v.offset, "%s is %s; it must be one line without control characters", what, quoted(v.text))
	case utf8.RuneCountInString(v.text) > longest:
		r.complain(v.offset, "%s has %d characters; %d are allowed", what, utf8.RuneCountInString(v.text), longest)
	}
	return v.text
}

func (r *reader) expiry(v value) time.Time {
	if v.kind != '"' {
		r.complain(v.offset, "expires is %s; %v", v.describe(), errExpiry)
		return time.Time{}
	}
	expires, err := parseExpiry(v.text)
	switch {
	case err != nil:
		r.complain(v.offset, "expires is %s; %v", quoted(v.text), err)
	case !r.now.Before(expires):
		r.complain(v.offset, "the exemption expired on %s; renew it or take it out", v.text)
	}
	return expires
}

var errExpiry = errors.New("it must be a day, YYYY-MM-DD, or a time as in RFC 3339")

// parseExpiry reads a day, which ends with its last nanosecond in UTC so that
// it still prints as that day, or an RFC 3339 time.
func parseExpiry(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	// time.Parse also takes hours of one digit and decimal commas (go.dev/issue/54580).
	if err != nil || text[13] != ':' || strings.Contains(text, ",") {
		return time.Time{}, errExpiry
	}
	return at.UTC(), nil
}
