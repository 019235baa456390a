package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/simulation"
)

type simulateCommand struct {
	Scenarios   []string `arg:"" optional:"" name:"scenario" help:"Scenarios to run; all of them without one: ${scenarios}."`
	Serve       string   `placeholder:"HOST:PORT" help:"Keep an account running at this address with the guard attached, and watch."`
	HTML        string   `name:"html" placeholder:"FILE" help:"Save the verifier's first report of the last scenario that has one, as a page."`
	policyFlag  `embed:""`
	AllowRemote bool `help:"Let --serve listen on an address that other machines can reach."`
}

// Help is what kong prints below the usage.
func (simulateCommand) Help() string {
	return "Starts an AWS account inside this program, on loopback, with the enforcer attached through the same " +
		"EventBridge patterns, AWS SDK and HTTP as in a real one, and runs what goes wrong. " +
		"Scenarios are written for the default policy: by another one they say what ends otherwise. " +
		"Exits 0 only if everything ended as expected."
}

func (c *simulateCommand) Run(t *terminal) error {
	policy, err := c.read(time.Now())
	if err != nil {
		return err
	}
	if c.Serve != "" {
		if len(c.Scenarios) > 0 {
			return errors.New("--serve keeps an account up and runs no scenario; leave out " + strings.Join(c.Scenarios, " "))
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return serve(ctx, t, c.Serve, policy, c.AllowRemote)
	}
	chosen, err := simulation.Choose(c.Scenarios)
	if err != nil {
		return err
	}
	var page *evidence.Document
	failed := 0
	for _, sc := range chosen {
		ok, report, err := simulate(t, sc, policy)
		if err != nil {
			return fmt.Errorf("scenario %s: %w", sc.Name, err)
		}
		if report != nil {
			page = report
		}
		if !ok {
			failed++
		}
	}
	if err := c.keepPage(page); err != nil {
		return err
	}
	if failed > 0 {
		fmt.Fprintln(t.out, t.paint(red, fmt.Sprintf("%d of %d scenarios did not end as they should.", failed, len(chosen))))
		return exitFindings
	}
	fmt.Fprintf(t.out, "%s %d of %d scenarios ended as they should. Everything was local; nothing here is a measurement of AWS.\n", t.paint(green, "✓"), len(chosen), len(chosen))
	return nil
}

// keepPage writes the page that was asked for.
func (c *simulateCommand) keepPage(report *evidence.Document) error {
	switch {
	case c.HTML == "":
		return nil
	case report == nil:
		return errors.New("--html keeps a report of the verifier, and none of these scenarios has one; run look")
	}
	return writePage(c.HTML, *report)
}

// What a person can take in of one scenario.
const (
	maxLines  = 24
	maxAlerts = 2
)

// simulate runs one scenario and prints what happened. The report is the
// verifier's first, or nil when it did not scan.
func simulate(t *terminal, sc simulation.Scenario, policy guard.Policy) (ok bool, report *evidence.Document, err error) {
	fmt.Fprintf(t.out, "%s\n%s\n\n", t.paint(bold, "── "+sc.Name+" "+strings.Repeat("─", max(0, 70-len(sc.Name)))), sc.Story)
	result, err := sc.Run(context.Background(), simulation.Options{Policy: &policy, Tool: evidence.Tool(product.ThisBuild())})
	if err != nil {
		return false, nil, err
	}
	print := newPrinter(t)
	if len(result.Activities) > 0 {
		print.Timeline(result.Activities, maxLines)
		print.Alerts(result.Activities, maxAlerts)
		fmt.Fprintln(t.out)
	}
	if len(result.Reports) > 0 {
		report = &result.Reports[0]
		if err := print.Report(*report); err != nil {
			return false, nil, err
		}
	}
	if len(result.Unmet) > 0 {
		for _, unmet := range result.Unmet {
			fmt.Fprintf(t.out, "%s %s\n", t.paint(red, "✗"), sanitize.Terminal(unmet))
		}
		fmt.Fprintln(t.out)
		return false, report, nil
	}
	fmt.Fprintf(t.out, "%s %s\n\n", t.paint(green, "✓"), result.Conclusion)
	return true, report, nil
}

// newPrinter prints a simulation on a terminal.
func newPrinter(t *terminal) simulation.Printer {
	return simulation.Printer{Out: t.out, Clean: sanitize.Terminal, Paint: func(style simulation.Style, text string) string {
		switch style {
		case simulation.Strong:
			return t.paint(bold, text)
		case simulation.Quiet:
			return t.paint(dim, text)
		case simulation.Good:
			return t.paint(green, text)
		case simulation.Warning:
			return t.paint(yellow, text)
		case simulation.Bad:
			return t.paint(red, text)
		case simulation.Plain:
		}
		return text
	}}
}
