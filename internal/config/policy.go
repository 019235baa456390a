package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// MaxPolicyDocument is how many bytes a policy document may have: those of a
// parameter of Systems Manager in the advanced tier.
const MaxPolicyDocument = 8 << 10

// ParsePolicy reads a policy document (docs/policy.md) that is to be deployed.
// What the document leaves out is as in guard.DefaultPolicy; an empty document
// is the defaults.
//
// now decides which exemptions have expired: each is a fault. The error is of
// type syntax.Faults and names everything that is wrong; nothing of the document
// holds then.
func ParsePolicy(document []byte, now time.Time) (guard.Policy, error) {
	if len(bytes.TrimSpace(document)) == 0 {
		return guard.DefaultPolicy(), nil
	}
	r := readPolicy(document, now)
	if faults := report(append(r.faults, r.expired...)); len(faults) > 0 {
		return guard.DefaultPolicy(), faults
	}
	return r.policy, nil
}

// DeployedPolicy is what a policy document says that is deployed already, where
// the guard is in a mode: an expired exemption ends alone, and guard.Audit turns
// every fix into a report. A document with faults says nothing.
func DeployedPolicy(document string, mode guard.PolicyMode, now time.Time) (guard.Policy, syntax.Faults) {
	r := readPolicy([]byte(document), now)
	if len(r.faults) > 0 {
		return guard.Policy{}, report(r.faults)
	}
	return inMode(r.policy, mode), nil
}

// WithoutDocument is the policy where no document holds, and why. One that cannot
// be read may have audited or exempted workloads, so nothing is done to these; the
// account setting is enforced, unless the guard is in mode guard.Audit.
func WithoutDocument(mode guard.PolicyMode, why guard.Basis) guard.Policy {
	policy := guard.DefaultPolicy().OnlySettings()
	policy.Basis = why
	return inMode(policy, mode)
}

func inMode(policy guard.Policy, mode guard.PolicyMode) guard.Policy {
	if mode == guard.Audit {
		return policy.Audited()
	}
	return policy
}

func readPolicy(document []byte, now time.Time) reader {
	r := reader{now: now, policy: guard.DefaultPolicy()}
	if len(document) > MaxPolicyDocument {
		r.complain(syntax.Position{Line: 1, Column: 1}, "the document has %d bytes; %d are allowed", len(document), MaxPolicyDocument)
		return r
	}
	root, faults := syntax.JSON(document)
	if root != nil {
		r.document(root)
	}
	r.faults = append(faults, r.faults...)
	return r
}

// reader turns a document into a policy and collects what is wrong with it. It
// reads on after a fault, so that people see all of them at once.
type reader struct {
	now     time.Time
	policy  guard.Policy
	faults  syntax.Faults
	expired syntax.Faults // the exemptions that have ended
}

func (r *reader) complain(at syntax.Position, format string, args ...any) {
	r.faults = append(r.faults, syntax.Fault{Position: at, Reason: fmt.Sprintf(format, args...)})
}

func (r *reader) document(v *syntax.Value) {
	r.object(v, "the document", "key", []field{
		{name: "$schema", read: r.schema},
		{name: "version", read: r.version, required: true},
		{name: "rules", read: r.rules},
		{name: "serviceRemedy", read: r.serviceRemedy},
		{name: "exposureRemedy", read: r.exposureRemedy},
		{name: "exemptions", read: func(v *syntax.Value) { r.list(v, "exemptions", r.exemption) }},
		{name: "freezes", read: func(v *syntax.Value) { r.list(v, "freezes", r.freeze) }},
	})
}

// schema is for editors; the guard does not follow it.
func (r *reader) schema(v *syntax.Value) {
	if v.Kind != syntax.String {
		r.complain(v.Position, "$schema is %s; it must be a string", v.Describe())
	}
}

func (r *reader) version(v *syntax.Value) {
	if v.Kind != syntax.Number || v.Text != "1" {
		r.complain(v.Position, "version is %s; this guard reads version 1", v.Describe())
	}
}

func (r *reader) rules(v *syntax.Value) {
	var fields []field
	for _, rule := range guard.Rules() {
		f := field{name: string(rule.ID), read: func(v *syntax.Value) { r.mode(rule.ID, v) }}
		switch {
		case rule.AboutGuard():
			f.refused = "the guard always reports its own faults"
		case rule.ID.AboutSetting():
			f.refused = "the mode of the account setting is the stack's parameter Mode"
		}
		fields = append(fields, f)
	}
	r.object(v, "rules", "rule", fields)
}

func (r *reader) mode(id guard.RuleID, v *syntax.Value) {
	switch r.word(v, string(id), []string{"enforce", "audit", "off"}) {
	case "enforce":
		r.policy.Modes[id] = guard.Enforce
	case "audit":
		r.policy.Modes[id] = guard.Audit
	case "off":
		r.policy.Modes[id] = guard.Off
	}
}

func (r *reader) serviceRemedy(v *syntax.Value) {
	switch r.word(v, "serviceRemedy", []string{"alert", "rollback", "scale-to-zero"}) {
	case "alert":
		r.policy.ServiceRemedy = guard.AlertOnly
	case "rollback":
		r.policy.ServiceRemedy = guard.RollBack
	case "scale-to-zero":
		r.policy.ServiceRemedy = guard.ScaleToZero
	}
}

func (r *reader) exposureRemedy(v *syntax.Value) {
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
	read     func(*syntax.Value)
	required bool
	refused  string // why the name is known but may not be there
}

// object reads each member of an object with its field. noun is what the
// members' names are called.
func (r *reader) object(v *syntax.Value, what, noun string, fields []field) {
	if v.Kind != syntax.Object {
		r.complain(v.Position, "%s is %s; it must be an object", what, v.Describe())
		return
	}
	for _, m := range v.Members {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.Name })
		switch {
		case i < 0:
			r.complain(m.Position, "unknown %s %s; %s may have %s", noun, syntax.Quoted(m.Name), what, allowedNames(fields))
		case fields[i].refused != "":
			r.complain(m.Position, "%s cannot be set: %s", m.Name, fields[i].refused)
		default:
			fields[i].read(m.Value)
		}
	}
	for _, f := range fields {
		if f.required && !v.Has(f.name) {
			r.complain(v.Position, "%s has no %s", what, f.name)
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

// list reads each element of an array.
func (r *reader) list(v *syntax.Value, what string, read func(*syntax.Value)) {
	if v.Kind != syntax.List {
		r.complain(v.Position, "%s is %s; it must be an array", what, v.Describe())
		return
	}
	for _, element := range v.Elements {
		read(element)
	}
}

// word is one of the allowed words, or empty after a complaint.
func (r *reader) word(v *syntax.Value, what string, allowed []string) string {
	if v.Kind != syntax.String || !slices.Contains(allowed, v.Text) {
		r.complain(v.Position, "%s is %s; it must be %s", what, v.Describe(), alternatives(allowed))
		return ""
	}
	return v.Text
}

// alternatives is "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
