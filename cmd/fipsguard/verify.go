package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type verifyCommand struct {
	Cluster   []string `placeholder:"NAME" help:"Look at this cluster only; may be given more than once."`
	Exec      bool     `negatable:"" default:"true" help:"Ask the kernel in every running task through ECS Exec (${default})."`
	Format    string   `enum:"text,json" default:"text" help:"text or json, the format of the evidence (${default})."`
	HTML      string   `name:"html" placeholder:"FILE" help:"Write the report as a page, too."`
	TrailLogs string   `placeholder:"BUCKET/PREFIX" help:"CloudTrail's log files in S3, up to the account, for what is older than 90 days."`
}

// Help is what kong prints below the usage.
func (verifyCommand) Help() string {
	return "Looks at the account and Region that the AWS SDK finds in the environment or in a profile, and changes nothing: " +
		"the account setting, everything that runs on Fargate, who turned FIPS mode off in the last 90 days, which tasks were launched then, " +
		"and, with --exec, what the kernels under the tasks say. " +
		"Exits 0 when everything that was looked at is compliant, 1 with violations or doubts, 2 when something could not be looked at."
}

func (c *verifyCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("read the AWS configuration: %w", err)
	}
	location, err := callerHome(ctx, settings)
	if err != nil {
		return err
	}
	look := scans.Verifier(scans.Needs{
		Config: settings, Policy: guard.DefaultPolicy().Audited(), Exec: c.Exec, TrailLogs: c.TrailLogs,
		Now: time.Now, Sleep: ecsapi.Sleep,
	})
	bar := newProgress(t)
	look.Progress = bar.tell
	started := time.Now()
	seen, err := look.Look(ctx, location, verifier.Request{Why: "fipsguard verify", Clusters: c.Cluster})
	bar.end()
	if err != nil {
		return err
	}
	document := evidence.New(evidence.About{
		Why: "fipsguard verify", Started: started, Finished: time.Now(), Tool: thisTool(),
		Scope: seen.Scope,
	}, seen.Report)
	if err := c.write(t, document); err != nil {
		return err
	}
	return verifyExit(t, seen)
}

// write prints the report first: a page that cannot be written must not lose
// what a long look saw.
func (c *verifyCommand) write(t *terminal, d evidence.Document) error {
	print := evidence.WriteText
	if c.Format == "json" {
		print = evidence.WriteJSON
	}
	err := print(t.out, d)
	if c.HTML != "" {
		err = errors.Join(err, writePage(c.HTML, d))
	}
	return err
}

// writePage writes a report as a page into a new file or over an old one.
func writePage(name string, d evidence.Document) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return evidence.WritePage(file, d)
}

// verifyExit: a violation that was seen counts more than what was not seen.
func verifyExit(t *terminal, seen verifier.Seen) error {
	for _, err := range seen.Failures {
		fmt.Fprintln(t.err, "fipsguard: not seen:", sanitize.Terminal(err.Error()))
	}
	status := seen.Report.Status()
	switch {
	case status == guard.NonCompliant:
		return exitFindings
	case len(seen.Failures) > 0:
		return exitUnreadable
	case status == guard.InsufficientData:
		return exitFindings
	}
	return nil
}

// callerHome is the account that the credentials are of, and the Region.
func callerHome(ctx context.Context, settings aws.Config) (guard.Location, error) {
	if !guard.InScope(settings.Region) {
		return guard.Location{}, fmt.Errorf("the Region is %q; Fargate has FIPS-140 mode in us-gov-west-1 and us-gov-east-1 only: set AWS_REGION", settings.Region)
	}
	out, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return guard.Location{}, fmt.Errorf("find out whose credentials these are: %w", err)
	}
	return guard.Location{Account: aws.ToString(out.Account), Region: settings.Region}, nil
}

// thisTool names this program in its reports.
func thisTool() evidence.Tool {
	tool := evidence.ThisProgram()
	tool.Version, tool.Commit = version, commit()
	return tool
}
