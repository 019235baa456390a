package config

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

func (r *reader) exemption(v *syntax.Value) {
	var e guard.Exemption
	r.object(v, "the exemption", "key", []field{
		{name: "resource", required: true, read: func(v *syntax.Value) { e.Resource = r.resource(v) }},
		{name: "reason", required: true, read: func(v *syntax.Value) { e.Reason = r.line(v, "reason", 300) }},
		{name: "approver", required: true, read: func(v *syntax.Value) { e.Approver = r.line(v, "approver", 100) }},
		{name: "expires", required: true, read: func(v *syntax.Value) { e.Expires = r.expiry(v); r.noteExpired(v, e.Expires) }},
	})
	r.policy.Exemptions = append(r.policy.Exemptions, e)
}

func (r *reader) resource(v *syntax.Value) string {
	if v.Kind != syntax.String {
		r.complain(v.Position, "resource is %s; it must be a string", v.Describe())
		return ""
	}
	if err := checkPattern(v.Text); err != nil {
		r.complain(v.Position, "resource %s: %v", syntax.Quoted(v.Text), err)
	}
	return v.Text
}

// line is one line of text with something on it. It is shown in alerts, where a
// line break or a control character could make it look like something else.
func (r *reader) line(v *syntax.Value, what string, longest int) string {
	control := func(c rune) bool { return !unicode.IsGraphic(c) }
	switch {
	case v.Kind != syntax.String:
		r.complain(v.Position, "%s is %s; it must be a string", what, v.Describe())
	case strings.TrimSpace(v.Text) == "":
		r.complain(v.Position, "%s is empty", what)
	case strings.ContainsFunc(v.Text, control):
		r.complain(v.Position, "%s is %s; it must be one line without control characters", what, syntax.Quoted(v.Text))
	case utf8.RuneCountInString(v.Text) > longest:
		r.complain(v.Position, "%s has %d characters; %d are allowed", what, utf8.RuneCountInString(v.Text), longest)
	}
	return v.Text
}

func (r *reader) expiry(v *syntax.Value) time.Time {
	if v.Kind != syntax.String {
		r.complain(v.Position, "expires is %s; %v", v.Describe(), errExpiry)
		return time.Time{}
	}
	expires, err := parseExpiry(v.Text)
	if err != nil {
		r.complain(v.Position, "expires is %s; %v", syntax.Quoted(v.Text), err)
	}
	return expires
}

// noteExpired notes an exemption that has ended.
func (r *reader) noteExpired(v *syntax.Value, expires time.Time) {
	if !expires.IsZero() && !r.now.Before(expires) {
		r.expired = append(r.expired, syntax.Fault{Position: v.Position, Reason: "the exemption expired on " + v.Text + "; renew it or take it out"})
	}
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
