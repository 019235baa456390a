package main

import (
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/sanitize"
)

// checked is a finding and where it stands. Its JSON is documented in
// docs/check.md.
type checked struct {
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Column   int            `json:"column"`
	Name     string         `json:"name"`
	Rule     guard.RuleID   `json:"rule"`
	Status   guard.Verdict  `json:"status"`
	Severity guard.Severity `json:"severity"`
	Reason   string         `json:"reason"`
	Remedy   string         `json:"remedy,omitempty"` // of what is not compliant
	Ignored  *ignored       `json:"ignored,omitempty"`
}

// ignored says why a finding may stand: the policy exempts it, or the file says
// so.
type ignored struct {
	By     string `json:"by"` // policy or file
	Until  string `json:"until"`
	Reason string `json:"reason"`
}

// unread is a file that could not be read.
type unread struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// evaluation is what the rules and the policy say of what was read.
type evaluation struct {
	findings []checked
	unread   []unread
}

// evaluate applies the policy: it turns rules off, and lets some findings stand.
func evaluate(r checkReport, policy guard.Policy, now time.Time) evaluation {
	var e evaluation
	for _, f := range r.files {
		if f.foreign {
			continue
		}
		if f.err != nil {
			e.unread = append(e.unread, unread{f.name, f.err.Error()})
		}
		for _, item := range f.contents.Items {
			finding := policy.Evaluate([]guard.Finding{item.Finding})[0]
			one := checked{
				File: f.name, Line: item.Line, Column: item.Column, Name: item.Name,
				Rule: finding.Rule, Status: finding.Verdict, Severity: finding.Severity, Reason: finding.Reason,
			}
			if finding.Severity > guard.Info {
				one.Remedy = item.Remedy
				one.Ignored = ignoredBy(policy, item.Subjects, item.Ignored, now)
			}
			e.findings = append(e.findings, one)
		}
	}
	return e
}

func ignoredBy(policy guard.Policy, subjects []string, wish *guard.Exemption, now time.Time) *ignored {
	for _, subject := range subjects {
		if e, ok := policy.Exempt(subject, now); ok {
			return &ignored{"policy", e.Expires.Format(time.DateOnly), e.Reason}
		}
	}
	if wish != nil {
		return &ignored{"file", wish.Expires.Format(time.DateOnly), wish.Reason}
	}
	return nil
}

func (i *ignored) String() string { return "ignored until " + i.Until + ": " + i.Reason }

func (c *checkCommand) write(t *terminal, e evaluation) error {
	switch c.Format {
	case "json":
		return e.writeJSON(t)
	case "sarif":
		return format.WriteSARIF(t.out, product.ThisBuild().Version, e.located(), e.notRead())
	case "junit":
		return format.WriteJUnit(t.out, e.located(), e.notRead())
	case "gitlab":
		return format.WriteGitLab(t.out, e.located(), e.notRead())
	case "github":
		return format.WriteGitHub(t.out, e.located(), e.notRead())
	}
	return c.writeText(t, e.findings)
}

func (e evaluation) writeJSON(t *terminal) error {
	if e.findings == nil {
		e.findings = []checked{}
	}
	if e.unread == nil {
		e.unread = []unread{}
	}
	out := json.NewEncoder(t.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		Schema   string    `json:"schema"`
		Findings []checked `json:"findings"`
		Unread   []unread  `json:"unread"`
	}{"fipsguard.check/v1", e.findings, e.unread})
}

func (c *checkCommand) writeText(t *terminal, all []checked) error {
	if len(all) == 0 {
		return nil
	}
	out := t.folded()
	bad, standing := 0, 0
	for _, f := range all {
		switch {
		case f.Severity == guard.Info && !c.Verbose:
			continue
		case f.Ignored != nil:
			standing++
		case f.Severity > guard.Info:
			bad++
		}
		fmt.Fprintf(out, "%s:%d:%d: %s %s %s: %s\n", sanitize.Terminal(f.File), f.Line, f.Column, t.verdict(f.Status), f.Rule, sanitize.Terminal(f.Name), sanitize.Terminal(f.Reason))
		switch {
		case f.Ignored != nil:
			fmt.Fprintf(out, "    %s\n", sanitize.Terminal(f.Ignored.String()))
		case f.Remedy != "":
			fmt.Fprintf(out, "    %s\n", sanitize.Terminal(f.Remedy))
		}
	}
	also := ""
	if standing > 0 {
		also = fmt.Sprintf(", %d ignored", standing)
	}
	_, err := fmt.Fprintf(out, "%d checked, %d not compliant or not known%s\n", len(all), bad, also)
	return err
}

// located are findings as code review shows them.
func (e evaluation) located() []format.Located {
	var list []format.Located
	for _, f := range e.findings {
		one := format.Located{
			File: f.File, Line: f.Line, Column: f.Column, Name: sanitize.Terminal(f.Name), Rule: f.Rule, Status: f.Status, Severity: f.Severity,
			Message: sanitize.Terminal(f.Name + ": " + f.Reason),
		}
		if f.Remedy != "" {
			one.Message += " " + sanitize.Terminal(f.Remedy)
		}
		if f.Ignored != nil {
			one.Ignored, one.InFile = sanitize.Terminal(f.Ignored.String()), f.Ignored.By == "file"
		}
		list = append(list, one)
	}
	return list
}

func (e evaluation) notRead() []format.Unread {
	var list []format.Unread
	for _, u := range e.unread {
		list = append(list, format.Unread{File: u.File, Reason: sanitize.Terminal(u.Reason)})
	}
	return list
}
