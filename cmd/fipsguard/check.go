package main

import (
	"fmt"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/manifest"
	"fipsguard/internal/sanitize"
)

type checkCommand struct {
	Format     string `enum:"text,json,sarif,junit,gitlab,github" default:"text" help:"text, json, sarif (2.1.0), junit, gitlab (code quality) or github (annotations)."`
	Parameters string `placeholder:"FILE" help:"The parameters with which templates are deployed, in the AWS CLI's form."`
	Region     string `placeholder:"REGION" help:"The Region into which everything is deployed; else both of GovCloud."`
	Account    string `placeholder:"ID" help:"The account into which everything is deployed, for the policy's exemptions."`
	policyFlag `embed:""`
	FailOn     string   `enum:"unknown,violation,nothing" default:"unknown" help:"The least that makes the exit status 1: what is unknown, a violation, or nothing."`
	Verbose    bool     `short:"v" help:"Show what is compliant and what no rule applies to, too."`
	Files      []string `arg:"" name:"file" help:"Files, folders or patterns (**/*.yaml): ECS documents in JSON or YAML, CloudFormation templates, Terraform plans and states (terraform show -json); - is the standard input."`
}

// Help is what kong prints below the usage.
func (checkCommand) Help() string {
	return "Checks files against the guard's rules before you deploy them. Values that are only known at deployment are INSUFFICIENT_DATA and do not pass. " +
		"In folders, files about something else and those that git ignores are passed over. " +
		exits("check")
}

func (c *checkCommand) Run(t *terminal) error {
	now := time.Now()
	policy, err := c.read(now)
	if err != nil {
		return err
	}
	options, err := c.options(t, now)
	if err != nil {
		return err
	}
	report := checkAll(t, c.Files, options)
	evaluated := evaluate(report, policy, now)
	report.tell(t)
	if err := c.write(t, evaluated); err != nil {
		return err
	}
	switch {
	case c.fails(evaluated.findings):
		return exitFindings
	case len(evaluated.unread) > 0:
		return exitUnreadable
	}
	return nil
}

func (c *checkCommand) options(t *terminal, now time.Time) (manifest.Options, error) {
	o := manifest.Options{Account: c.Account, Now: now}
	if c.Region != "" && !guard.InScope(c.Region) {
		return o, fmt.Errorf("the Region is %q; Fargate has FIPS-140 mode in us-gov-west-1 and us-gov-east-1 only", c.Region)
	}
	if c.Region != "" {
		o.Regions = []string{c.Region}
	}
	if c.Parameters == "" {
		return o, nil
	}
	data, err := readAll(t, c.Parameters)
	if err != nil {
		return o, fmt.Errorf("%s: %w", c.Parameters, err)
	}
	o.Parameters, err = manifest.ParseParameters(data)
	if err != nil {
		return o, fmt.Errorf("%s: %w", c.Parameters, err)
	}
	return o, nil
}

// fails reports whether a finding is what the exit status is to tell.
func (c *checkCommand) fails(all []checked) bool {
	for _, f := range all {
		if f.Ignored != nil || f.Severity == guard.Info {
			continue
		}
		if c.FailOn == "unknown" || c.FailOn == "violation" && f.Status == guard.NonCompliant {
			return true
		}
	}
	return false
}

// tell says on the standard error what no finding says.
func (r checkReport) tell(t *terminal) {
	if len(r.files) == 0 {
		fmt.Fprintln(t.err, "fipsguard: there are no files to check")
	}
	over, read := 0, 0
	for _, f := range r.files {
		name := sanitize.Terminal(f.name)
		switch {
		case f.foreign:
			over++
			continue
		case f.source != manifest.NoSource && f.err == nil:
			continue
		case f.err != nil:
			fmt.Fprintf(t.err, "fipsguard: %s: %s\n", name, sanitize.Terminal(f.err.Error()))
		case f.named && len(f.contents.Items) == 0:
			fmt.Fprintf(t.err, "fipsguard: %s: no Fargate resources found\n", name)
		}
		for _, fault := range f.contents.Faults {
			fmt.Fprintf(t.err, "fipsguard: %s: %s\n", name, sanitize.Terminal(fault.Error()))
		}
		read++
	}
	r.tellSources(t)
	if over > 0 {
		fmt.Fprintf(t.err, "fipsguard: %s read; %s about something else passed over\n", grammar.Count(read, "file"), grammar.Count(over, "file"))
	}
}
