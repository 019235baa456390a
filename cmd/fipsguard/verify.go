package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/product"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/scan"
	"fipsguard/internal/wiring/scans"
)

type verifyCommand struct {
	Cluster    []string `placeholder:"NAME" help:"Scan this cluster only; may be given more than once."`
	Profile    string   `placeholder:"NAME" help:"The AWS profile to use; else what AWS_PROFILE or the environment says."`
	Region     string   `placeholder:"REGION" help:"The Region to scan; else what AWS_REGION or the profile says."`
	Exec       bool     `negatable:"" default:"true" help:"Read the kernel in every running task through ECS Exec (${default})."`
	Format     string   `enum:"text,json" default:"text" help:"text or json, the format of the evidence (${default})."`
	HTML       string   `name:"html" placeholder:"FILE" help:"Write the report as a page, too."`
	Class      string   `enum:"B,C,D" default:"C" placeholder:"B|C|D" help:"FedRAMP certification class, by whose cycle observations are renewed (${default}): B within 7 days, C within 3; for D FedRAMP sets none, and it is as C."`
	keepFlags  `embed:""`
	policyFlag `embed:""`
	TrailLogs  string `placeholder:"BUCKET/PREFIX" help:"CloudTrail's log files in S3, up to the account, for what is older than 90 days."`
}

// Help is what kong prints below the usage.
func (verifyCommand) Help() string {
	return "Scans the account and Region that the AWS SDK finds in the environment or in a profile, and changes nothing. It reads " +
		"the account setting, everything that runs on Fargate, who turned FIPS mode off in the last 90 days, which tasks were launched then, " +
		"and, with --exec, the kernel in every running task. " +
		exits("verify")
}

func (c *verifyCommand) Run(t *terminal) error {
	policy, err := c.read(time.Now())
	if err != nil {
		return err
	}
	if err := c.checkSignKey(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, caller, err := scans.Caller(ctx, scans.Choice{Profile: c.Profile, Region: c.Region})
	if err != nil {
		return err
	}
	scanner := scans.Scanner(scans.Options{
		Config: settings, Policy: policy.Audited(), Workloads: policydoc.Fixed(policy.Audited()), Class: guard.Class(c.Class), Exec: c.Exec, TrailLogs: c.TrailLogs,
		Now: time.Now, Sleep: scans.Sleep,
	})
	bar := newProgress(t)
	scanner.Progress = bar.tell
	started := time.Now()
	found, err := scanner.Scan(ctx, caller.Location, scan.Request{Why: "fipsguard verify", Clusters: c.Cluster})
	bar.end()
	if err != nil {
		return err
	}
	found.Report.Outcomes = nil // it changes nothing: what a person can run stands beside each finding
	document := evidence.New(evidence.About{
		Why: "fipsguard verify", Started: started, Finished: time.Now(), Collector: caller.ARN, Tool: evidence.Tool(product.ThisBuild()),
	}, found.Report)
	var by folder.Signer
	if c.SignKey != "" {
		by = scans.Signer(settings, c.SignKey)
	}
	document, err = c.keep(ctx, t, by, document)
	if err := errors.Join(c.write(t, document), err); err != nil {
		return err
	}
	return verifyExit(t, found)
}

// write prints the report first: a page that cannot be written must not lose
// what a long look saw.
func (c *verifyCommand) write(t *terminal, d evidence.Document) error {
	var err error
	if c.Format == "json" {
		err = evidence.WriteJSON(t.out, d)
	} else {
		err = format.WriteStyledText(t.folded(), d, t.word)
	}
	if c.HTML != "" {
		err = errors.Join(err, writePage(c.HTML, d))
	}
	return err
}

// verifyExit: a violation that was found counts more than what could not be read.
func verifyExit(t *terminal, found scan.Result) error {
	for _, err := range found.Failures {
		fmt.Fprintln(t.err, "fipsguard: could not read:", sanitize.Terminal(err.Error()))
	}
	status := found.Report.Status()
	switch {
	case status == guard.NonCompliant:
		return exitFindings
	case len(found.Failures) > 0:
		return exitUnreadable
	case status == guard.InsufficientData:
		return exitFindings
	}
	return nil
}
