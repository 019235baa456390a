package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/drill"
	"fipsguard/internal/drill/report"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/product"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/wiring/drills"
	"fipsguard/internal/wiring/scans"
)

type drillCommand struct {
	Plan           bool     `help:"Print every call, by which role and with which permission, and do nothing."`
	Clean          bool     `help:"Remove what a drill left that was killed, turn FIPS mode on if it is off, and do nothing else."`
	Launch         bool     `help:"Also launch two tasks that the guard has to stop before they run; needs --subnets."`
	Witness        bool     `help:"Also launch the witness, which the stack has with -c witnessSubnets; needs --subnets."`
	Subnets        []string `placeholder:"ID" help:"With --launch or --witness: the subnets of these tasks."`
	SecurityGroups []string `placeholder:"ID" help:"With --launch or --witness: their security groups; else the VPC's default one."`
	Cluster        string   `placeholder:"NAME" default:"default" help:"With --launch: the cluster of these tasks (${default})."`
	AcceptExposure bool     `help:"Also turn FIPS mode off for the account, for 60 seconds at most, if no Fargate task runs or is starting and the guard may turn it on."`
	Profile        string   `placeholder:"NAME" help:"The AWS profile to use; else what AWS_PROFILE or the environment says."`
	Region         string   `placeholder:"REGION" help:"The Region; else what AWS_REGION or the profile says."`
	Facts          bool     `help:"Print what AWS answered, without what says whose account it is, instead of the report."`
	Format         string   `enum:"text,json" default:"text" help:"text or json, the format of the report or the plan (${default})."`
	HTML           string   `name:"html" placeholder:"FILE" help:"Write the report as a page, too."`
	Out            string   `type:"path" placeholder:"DIR" help:"Write the report in all formats to this folder."`
	SignKey        string   `placeholder:"ARN" help:"With --out: sign the report with this KMS key, of spec ECC_NIST_P384."`
}

// network is where the witness runs.
func (c *drillCommand) network() drills.Network {
	n := drills.Network{Subnets: c.Subnets, Now: time.Now, Sleep: scans.Sleep}
	if len(c.SecurityGroups) > 0 {
		n.Group = c.SecurityGroups[0]
	}
	return n
}

// Help is what kong prints below the usage.
func (drillCommand) Help() string {
	return "Breaks rules on purpose in a real account, times what the guard does about it, says which link is broken if nothing happens, " +
		"and removes what it left. Unless you ask for more it registers a task definition that nothing can run, and turns FIPS mode off " +
		"for its own role, which runs nothing. It needs the role that the stack makes with -c drill=true; docs/drill.md has every call. " +
		"The guard's alerts about it are real: tell the on-call before. " +
		exits("drill")
}

func (c *drillCommand) options() drill.Options {
	return drill.Options{
		Launch: c.Launch, Witness: c.Witness, Cluster: c.Cluster, Subnets: c.Subnets, Groups: c.SecurityGroups, Exposure: c.AcceptExposure, Signed: c.SignKey != "",
	}
}

func (c *drillCommand) Run(t *terminal) error {
	options := c.options()
	if err := errors.Join(options.Check(), c.check()); err != nil {
		return err
	}
	if c.Plan {
		return writePlan(t.out, options, c.Format)
	}
	// It cleans up, whoever stops reading what it prints: Ctrl-C ends a pipeline's
	// other programs, too.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	forgetInterrupt := context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C ends the program at once
		fmt.Fprintln(t.err, "fipsguard: cleaning up; if you interrupt that, run fipsguard drill --clean")
	})
	defer forgetInterrupt()
	settings, caller, err := scans.Caller(ctx, scans.Choice{Profile: c.Profile, Region: c.Region})
	if err != nil {
		return err
	}
	steps := options.Steps()
	if c.Clean {
		steps = drill.Steps() // whatever a drill may have left
	}
	as, me, err := drills.Role(ctx, settings, caller, time.Now(), steps)
	if err != nil {
		return err
	}
	d := drill.Drill{
		Account: drills.Account(as, caller.Location, me, c.network()), Me: me, Options: options, Now: time.Now, Sleep: scans.Sleep,
		Progress: func(what string) { fmt.Fprintln(t.err, "fipsguard:", sanitize.Terminal(what)) },
	}
	if c.Clean {
		return c.clean(ctx, t, d)
	}
	outcome, err := d.Run(ctx)
	if err != nil {
		return scans.Legible(err)
	}
	about := report.About{Location: caller.Location, Collector: caller.ARN, Role: me, Tool: evidence.Tool(product.ThisBuild())}
	if settings.BaseEndpoint != nil {
		about.Endpoint = *settings.BaseEndpoint
	}
	document := report.New(about, outcome)
	var by folder.Signer
	if c.SignKey != "" {
		by = scans.Signer(settings, c.SignKey)
		document.Key = c.SignKey
	}
	err = errors.Join(c.keep(context.WithoutCancel(ctx), t, by, document), c.write(t, document))
	if err != nil {
		return err
	}
	return drillExit(document)
}

// endings are the signals after which a drill cleans up: Ctrl-C, a polite kill, and a
// terminal that closes, unless nohup has it go on.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

func (c *drillCommand) check() error {
	switch {
	case c.Plan && c.Clean:
		return errors.New("--plan and --clean do not go together")
	case c.SignKey == "":
		return nil
	case c.Out == "":
		return errors.New("--sign-key signs what --out writes: add --out DIR")
	}
	if err := config.CheckSigningKey(c.SignKey); err != nil {
		return fmt.Errorf("--sign-key is %q; %w", c.SignKey, err)
	}
	return nil
}

// clean removes what any drill left.
func (c *drillCommand) clean(ctx context.Context, t *terminal, d drill.Drill) error {
	cleaned := d.Clean(ctx, true)
	for _, left := range cleaned.Left {
		fmt.Fprintln(t.err, "fipsguard: could not", sanitize.Terminal(left))
	}
	if len(cleaned.Left) > 0 {
		return exitUnreadable
	}
	if len(cleaned.Did) == 0 {
		fmt.Fprintln(t.out, "Nothing was left.")
	}
	for _, did := range cleaned.Did {
		fmt.Fprintln(t.out, sanitize.Terminal(did))
	}
	return nil
}

// keep writes the report's files to the folder that was asked for.
func (c *drillCommand) keep(ctx context.Context, t *terminal, by folder.Signer, d report.Document) error {
	if c.Out == "" {
		return nil
	}
	content, err := d.JSON()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	err = folder.WriteKind(ctx, report.Kind(), content, by, func(name string, data []byte) error {
		return os.WriteFile(filepath.Join(c.Out, name), data, 0o644)
	})
	if err != nil {
		return fmt.Errorf("write the report to %s: %w", c.Out, err)
	}
	if c.SignKey == "" {
		fmt.Fprintf(t.err, "fipsguard: wrote %s in all formats, not signed\n", filepath.Join(c.Out, d.ID))
	}
	return nil
}

// write prints the report first: a page that cannot be written must not lose it.
func (c *drillCommand) write(t *terminal, d report.Document) error {
	var err error
	switch {
	case c.Facts:
		err = report.WriteFacts(t.out, d)
	case c.Format == "json":
		var content []byte
		if content, err = d.JSON(); err == nil {
			_, err = t.out.Write(content)
		}
	default:
		err = report.WriteText(t.out, d, func(word string) string { return t.paint(bold, word) })
	}
	if c.HTML != "" {
		err = errors.Join(err, writeFile(c.HTML, func(w io.Writer) error { return report.WritePage(w, d) }))
	}
	return err
}

func drillExit(d report.Document) error {
	switch d.Verdict {
	case report.NotSeen:
		return exitFindings
	case report.NotWhole:
		return exitUnreadable
	case report.AllSeen:
	}
	return nil
}
