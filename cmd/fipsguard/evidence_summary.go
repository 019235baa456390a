package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/summary"
	"fipsguard/internal/wiring/tools"
)

type evidenceSummaryCommand struct {
	keyFlag `embed:""`
	Profile string `placeholder:"NAME" help:"The AWS profile for S3; else what AWS_PROFILE or the environment says."`
	Format  string `enum:"text,json,svg" default:"text" help:"text, json or svg, a picture of the last year (${default})."`
	Path    string `arg:"" placeholder:"DIR" help:"A folder, or s3://BUCKET/PREFIX, with a copy of the evidence bucket."`
}

// Help is what kong prints below the usage.
func (evidenceSummaryCommand) Help() string {
	return "Sums up signed reports day by day, for the last 30 days and for the last 365: the share of tasks whose kernel answered, minutes for which FIPS " +
		"mode was off or unknown, time to fix (median and 99th percentile), the age of the oldest kernel check, and exposed tasks. With --key, only " +
		"reports that one of the keys signed count. Exits 1 when reports were left out, 2 when something could not be read."
}

func (c *evidenceSummaryCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	keys, err := c.keys()
	if err != nil {
		return err
	}
	files, err := tools.Evidence(ctx, c.Path, tools.ManyRequests(c.Profile, "us-gov-west-1"))
	if err != nil {
		return err
	}
	var sum summary.Collector
	left, err := folder.Documents(files, keys, sum.Add)
	if err != nil {
		return err
	}
	all := sum.Summaries(len(keys) > 0, len(left))
	if len(all) == 0 && len(left) == 0 {
		return errors.New("there are no reports of scans in " + c.Path)
	}
	if len(keys) == 0 {
		fmt.Fprintln(t.err, "fipsguard: no signature was checked: give --key")
	}
	printFaults(&terminal{out: t.err}, "Left out", left)
	if err := c.print(t, &sum, all); err != nil {
		return err
	}
	if len(left) > 0 {
		return exitFindings
	}
	return nil
}

func (c *evidenceSummaryCommand) print(t *terminal, sum *summary.Collector, all []summary.Summary) error {
	switch c.Format {
	case "svg":
		return sum.WriteSVG(t.out)
	case "json":
		out := json.NewEncoder(t.out)
		out.SetIndent("", "  ")
		return out.Encode(all)
	}
	for _, s := range all {
		fmt.Fprintf(t.out, "Account %s, Region %s\n", s.Account, s.Region)
		fmt.Fprintf(t.out, "%-12s %7s %9s %9s %9s %6s %9s %9s %9s %7s\n", "", "reports", "checked %", "off min", "unknown", "fixes", "median s", "99th s", "oldest h", "exposed")
		for _, d := range s.Days {
			printFigures(t, d.Day, d)
		}
		printFigures(t, fmt.Sprintf("last %d days", s.Last30.Days), s.Last30)
		printFigures(t, fmt.Sprintf("last %d days", s.Last365.Days), s.Last365)
		fmt.Fprintln(t.out)
	}
	return nil
}

func printFigures(t *terminal, of string, f summary.Figures) {
	share := f.Checked
	if share != nil {
		percent := 100 * *share
		share = &percent
	}
	exposed := "-"
	if f.Exposed != nil {
		exposed = fmt.Sprint(*f.Exposed)
	}
	fmt.Fprintf(t.out, "%-12s %7d %9s %9s %9s %6d %9s %9s %9s %7s\n", of, f.Reports, figure(share), figure(f.OffMinutes), figure(f.UnknownMinutes), f.Fixes, figure(f.FixMedian), figure(f.Fix99th), figure(f.OldestCheck), exposed)
}

func figure(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f", *x)
}
