package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fipsguard/internal/drill/report"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/grammar"
	"fipsguard/internal/product"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/wiring/tools"
)

type evidenceVerifyCommand struct {
	keyFlag `embed:""`
	Profile string `placeholder:"NAME" help:"The AWS profile for S3; else what AWS_PROFILE or the environment says."`
	Part    bool   `help:"The folder holds a part of the reports: do not ask for what comes before its first and after its last one."`
	Format  string `enum:"text,json" default:"text" help:"text or json (${default})."`
	Path    string `arg:"" placeholder:"DIR" help:"A folder, or s3://BUCKET/PREFIX, with a copy of the evidence bucket."`
}

// Help is what kong prints below the usage.
func (evidenceVerifyCommand) Help() string {
	return "Checks offline that every report is signed with one of the keys, that no report is missing or out of its place, and that every " +
		"format is what the signed report makes. The verifier's signed state, under state/, says which report is the last one. " +
		"Exits 0 when all is whole, 1 when something is broken or not signed, 2 when something could not be read."
}

func (c *evidenceVerifyCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	keys, err := c.keys()
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return errors.New("--key is missing: without the public key nothing can be verified (docs/evidence.md)")
	}
	files, err := tools.Evidence(ctx, c.Path, tools.ManyRequests(c.Profile, "us-gov-west-1"))
	if err != nil {
		return err
	}
	result, err := folder.Verify(files, folder.Options{Keys: keys, Tool: evidence.Tool(product.ThisBuild()), Part: c.Part, Kinds: []folder.Kind{report.Kind()}})
	if err != nil {
		return err
	}
	if err := c.print(t, result); err != nil {
		return err
	}
	if !result.Whole {
		return exitFindings
	}
	return nil
}

func (c *evidenceVerifyCommand) print(t *terminal, r folder.Result) error {
	if c.Format == "json" {
		out := json.NewEncoder(t.out)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	word := t.paint(green, "WHOLE")
	if !r.Whole {
		word = t.paint(red, "BROKEN")
	}
	fmt.Fprintf(t.out, "%s  %s, %d signed; faults: %d, gaps: %d\n", word, grammar.Count(r.Reports, "report"), r.Signed, len(r.Faults), len(r.Gaps))
	if r.Drills > 0 {
		fmt.Fprintf(t.out, "Signed reports of drills: %d\n", r.Drills)
	}
	for _, chain := range r.Chains {
		fmt.Fprintf(t.out, "\nChain of account %s, Region %s: %s from %s until %s\n", chain.Account, chain.Region, grammar.Count(chain.Reports, "report"),
			chain.From.Format(time.RFC3339), chain.Until.Format(time.RFC3339))
		fmt.Fprintf(t.out, "  key %s\n  public key SHA-256 %s\n  longest time without a report %s\n", sanitize.Terminal(chain.Key), chain.Public, chain.Longest)
		if chain.Begins != "" {
			fmt.Fprintf(t.out, "  begins: %s\n", sanitize.Terminal(chain.Begins))
		}
	}
	printFaults(t, "Faults", r.Faults)
	printFaults(t, "Notes", r.Notes)
	return nil
}

func printFaults(t *terminal, title string, faults []folder.Fault) {
	if len(faults) == 0 {
		return
	}
	fmt.Fprintf(t.out, "\n%s\n", title)
	for _, f := range faults {
		fmt.Fprintf(t.out, "  %s: %s\n", sanitize.Terminal(f.File), sanitize.Terminal(f.What))
	}
}
