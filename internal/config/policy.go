package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// MaxPolicyDocument is how many bytes a policy document may have.
const MaxPolicyDocument = 64 << 10

// ParsePolicy reads a policy document (docs/policy.md). What the document
// leaves out is as in guard.DefaultPolicy; an empty document is the defaults.
//
// now decides which exemptions have expired: one expired exemption makes the
// document invalid. The error is of type Faults and names everything that is
// wrong; the policy is then guard.DefaultPolicy, of the document nothing holds.
func ParsePolicy(document []byte, now time.Time) (guard.Policy, error) {
	policy, faults := readPolicy(document, now)
	if len(faults) > 0 {
		return policy, faults
	}
	return policy, nil
}

// PolicyOrDefault is the policy that holds: the document's, or the defaults
// when it has faults, so that a bad document never switches the guard off. The
// faults have to reach people. With mode guard.Audit either is only audited;
// every other mode leaves it as it is.
func PolicyOrDefault(document string, mode guard.PolicyMode, now time.Time) (guard.Policy, []Fault) {
	policy, faults := readPolicy([]byte(document), now)
	if mode == guard.Audit {
		policy = policy.Audited()
	}
	return policy, faults
}

func readPolicy(document []byte, now time.Time) (guard.Policy, Faults) {
	if len(document) > MaxPolicyDocument {
		return guard.DefaultPolicy(), Faults{{1, 1, fmt.Sprintf("the document has %d bytes; %d are allowed", len(document), MaxPolicyDocument)}}
	}
	if len(bytes.TrimSpace(document)) == 0 {
		return guard.DefaultPolicy(), nil
	}
	root, unreadable := parseDocument(document)
	if unreadable != nil {
		return guard.DefaultPolicy(), locate([]complaint{*unreadable}, document)
	}
	r := reader{now: now, policy: guard.DefaultPolicy()}
	r.document(root)
	if len(r.complaints) > 0 {
		return guard.DefaultPolicy(), locate(r.complaints, document)
	}
	return r.policy, nil
}

// reader turns a document into a policy and collects what is wrong with it. It
// reads on after a fault, so that people see all of them at once.
type reader struct {
	now        time.Time
	policy     guard.Policy
	complaints []complaint
}

func (r *reader) complain(offset int, format string, args ...any) {
	r.complaints = append(r.complaints, complaint{offset, fmt.Sprintf(format, args...)})
}

func (r *reader) document(v value) {
	r.object(v, "the document", "key", []field{
		{name: "$schema", read: r.schema},
		{name: "version", read: r.version, required: true},
		{name: "rules", read: r.rules},
		{name: "serviceRemedy", read: r.serviceRemedy},
		{name: "exposureRemedy", read: r.exposureRemedy},
		{name: "exemptions", read: r.exemptions},
	})
}

// schema is for editors; the guard does not follow it.
func (r *reader) schema(v value) {
	if v.kind != '"' {
		r.complain(v.offset, "$schema is %s; it must be a string", v.describe())
	}
}

func (r *reader) version(v value) {
	if v.kind != '0' || v.text != "1" {
		r.complain(v.offset, "version is %s; this guard reads version 1", v.describe())
	}
}

func (r *reader) rules(v value) {
	var fields []field
	for _, rule := range guard.Rules() {
		f := field{name: string(rule.ID), read: func(v value) { r.mode(rule.ID, v) }}
		if rule.AboutGuard() {
			f.refused = "the guard always reports its own faults"
		}
		fields = append(fields, f)
	}
	r.object(v, "rules", "rule", fields)
}

func (r *reader) mode(id guard.RuleID, v value) {
	allowed := []string{"enforce", "audit", "off"}
	if id.AboutSetting() {
		if v.kind == '"' && v.text == "off" {
			r.complain(v.offset, "%s cannot be off: the account setting may be audited, never ignored", id)
			return
		}
		allowed = allowed[:2]
	}
	switch r.word(v, string(id), allowed) {
	case "enforce":
		r.policy.Modes[id] = guard.Enforce
	case "audit":
		r.policy.Modes[id] = guard.Audit
	case "off":
		r.policy.Modes[id] = guard.Off
	}
}

func (r *reader) serviceRemedy(v value) {
	switch r.word(v, "serviceRemedy", []string{"alert", "rollback", "scale-to-zero"}) {
	case "alert":
		r.policy.ServiceRemedy = guard.AlertOnly
	case "rollback":
		r.policy.ServiceRemedy = guard.RollBack
	case "scale-to-zero":
		r.policy.ServiceRemedy = guard.ScaleToZero
	}
}

func (r *reader) exposureRemedy(v value) {
	switch r.word(v, "exposureRemedy", []string{"report", "recycle", "recycle-and-stop"}) {
	case "report":
		r.policy.ExposureRemedy = guard.ReportOnly
	case "recycle":
		r.policy.ExposureRemedy = guard.Recycle
	case "recycle-and-stop":
		r.policy.ExposureRemedy = guard.RecycleAndStop
	}
}

// field is a name that an object may have.
type field struct {
	name     string
	read     func(value)
	required bool
	refused  string // why the name is known but may not be there
}

// object reads each member of an object with its field. noun is what the
// members' names are called.
func (r *reader) object(v value, what, noun string, fields []field) {
	if v.kind != '{' {
		r.complain(v.offset, "%s is %s; it must be an object", what, v.describe())
		return
	}
	seen := map[string]bool{}
	for _, m := range v.members {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.name })
		switch {
		case i < 0:
			r.complain(m.offset, "unknown %s %s; %s may have %s", noun, quoted(m.name), what, allowedNames(fields))
		case fields[i].refused != "":
			r.complain(m.offset, "%s cannot be set: %s", m.name, fields[i].refused)
		case seen[m.name]:
			r.complain(m.offset, "%s is there twice", m.name)
		default:
			seen[m.name] = true
			fields[i].read(m.value)
		}
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			r.complain(v.offset, "%s has no %s", what, f.name)
		}
	}
}

func allowedNames(fields []field) string {
	var names []string
	for _, f := range fields {
		if f.refused == "" {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, ", ")
}

// word is one of the allowed words, or empty after a complaint.
func (r *reader) word(v value, what string, allowed []string) string {
	if v.kind != '"' || !slices.Contains(allowed, v.text) {
		r.complain(v.offset, "%s is %s; it must be %s", what, v.describe(), alternatives(allowed))
		return ""
	}
	return v.text
}

// alternatives is "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
