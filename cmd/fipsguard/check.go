package main

import (
	"encoding/json"
	"fmt"
	"io"

	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
	"fipsguard/internal/manifest"
	"fipsguard/internal/sanitize"
)

type checkCommand struct {
	Format string   `enum:"text,json,sarif" default:"text" help:"Output format: text, json or sarif (2.1.0)."`
	Files  []string `arg:"" name:"file" help:"Task definitions (JSON or YAML, as for register-task-definition), CloudFormation templates, or Terraform plans (terraform show -json); - is the standard input."`
}

// Help is what kong prints below the usage.
func (checkCommand) Help() string {
	return "Checks files against the guard's rules before you deploy them. Values that are only known at deployment are INSUFFICIENT_DATA and do not pass. " +
		"Exits 0 when everything is compliant, 1 with findings, 2 when a file could not be read."
}

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
}

func (c *checkCommand) Run(t *terminal) error {
	var all []checked
	unreadable := false
	for _, name := range c.Files {
		found, err := checkFile(name, t)
		if err != nil {
			unreadable = true
			fmt.Fprintf(t.err, "fipsguard: %s: %s\n", sanitize.Terminal(name), sanitize.Terminal(err.Error()))
			continue
		}
		if len(found) == 0 {
			fmt.Fprintf(t.err, "fipsguard: %s: no Fargate resources found\n", sanitize.Terminal(name))
		}
		all = append(all, found...)
	}
	if err := c.write(t, all); err != nil {
		return err
	}
	if unreadable {
		return exitUnreadable
	}
	for _, f := range all {
		if f.Severity > guard.Info {
			return exitFindings
		}
	}
	return nil
}

func checkFile(name string, t *terminal) ([]checked, error) {
	in, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, manifest.MaxBytes+1))
	if err != nil {
		return nil, reasonOf(err)
	}
	items, err := manifest.Read(data)
	if err != nil {
		return nil, err
	}
	var found []checked
	for _, item := range items {
		f := item.Finding()
		one := checked{name, item.Line, item.Column, item.Name, f.Rule, f.Verdict, f.Severity, f.Reason, ""}
		if rule, ok := guard.RuleOf(f.Rule); ok && f.Severity > guard.Info {
			one.Remedy = rule.Remedy(f.State)
		}
		found = append(found, one)
	}
	return found, nil
}

func (c *checkCommand) write(t *terminal, all []checked) error {
	switch c.Format {
	case "json":
		if all == nil {
			all = []checked{}
		}
		out := json.NewEncoder(t.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(map[string]any{"schema": "fipsguard.check/v1", "findings": all})
	case "sarif":
		return format.WriteSARIF(t.out, located(all))
	}
	if len(all) == 0 {
		return nil
	}
	bad := 0
	for _, f := range all {
		fmt.Fprintf(t.out, "%s:%d:%d: %s %s %s: %s\n", sanitize.Terminal(f.File), f.Line, f.Column, t.verdict(f.Status), f.Rule, sanitize.Terminal(f.Name), sanitize.Terminal(f.Reason))
		if f.Remedy != "" {
			bad++
			fmt.Fprintf(t.out, "    %s\n", f.Remedy)
		}
	}
	_, err := fmt.Fprintf(t.out, "%d checked, %d not compliant or not known\n", len(all), bad)
	return err
}

// located are findings as code scanning shows them.
func located(all []checked) []format.Located {
	var list []format.Located
	for _, f := range all {
		list = append(list, format.Located{
			File: f.File, Line: f.Line, Column: f.Column, Rule: f.Rule, Status: f.Status, Severity: f.Severity,
			Message: sanitize.Terminal(f.Name + ": " + f.Reason + " " + f.Remedy),
		})
	}
	return list
}
