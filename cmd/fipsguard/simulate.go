package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/stories"
)

type simulateCommand struct {
	Scenarios   []string `arg:"" optional:"" name:"scenario" help:"Scenarios to run; all of them without one: ${scenarios}."`
	List        bool     `help:"List the scenarios, and run none."`
	Verbose     bool     `short:"v" help:"Tell everything: each call with its parameters, each alert, each report."`
	Format      string   `enum:"text,json" default:"text" help:"text or json (${default})."`
	HTML        string   `name:"html" placeholder:"FILE" help:"Write the stories as a page, too."`
	Report      string   `placeholder:"FILE" help:"Write the verifier's first report as a page, of the last scenario that has one."`
	Serve       string   `placeholder:"HOST:PORT" help:"Keep an account running at this address with the guard attached, for a browser and the AWS CLI."`
	policyFlag  `embed:""`
	AllowRemote bool `help:"Let --serve listen on an address that other machines can reach."`
}

// Help is what kong prints below the usage.
func (simulateCommand) Help() string {
	return "Starts an AWS account inside this program, on loopback, with the guard attached through the same " +
		"EventBridge patterns, AWS SDK and HTTP as in a real one, and runs what goes wrong: one row for each scenario, " +
		"or the story of those that are named. Times are simulated; nothing is a measurement of AWS. " +
		"Scenarios are written for the default policy: by another one they say what ends otherwise. " +
		"Exits 0 only if everything ended as expected."
}

func (c *simulateCommand) Run(t *terminal) error {
	policy, err := c.read(time.Now())
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.Serve != "" {
		if without := c.notServed(); len(without) > 0 {
			return errors.New("--serve keeps an account up and runs no scenario; leave out " + strings.Join(without, " "))
		}
		return serve(ctx, t, c.Serve, policy, c.AllowRemote)
	}
	chosen, err := simulation.Choose(c.Scenarios)
	if err != nil {
		return err
	}
	if c.List {
		list(t, chosen)
		return nil
	}
	told, err := c.run(ctx, chosen, policy, c.teller(t, len(chosen)))
	if err != nil {
		return err
	}
	if err := c.writePages(told); err != nil {
		return err
	}
	if expected(told) < len(told) {
		return exitFindings
	}
	return nil
}

// notServed are the arguments that mean nothing to --serve.
func (c *simulateCommand) notServed() []string {
	var names []string
	for name, given := range map[string]bool{"--html": c.HTML != "", "--report": c.Report != "", "--list": c.List, "--verbose": c.Verbose, "--format": c.Format != "text"} {
		if given {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append(names, c.Scenarios...)
}

// teller prints stories, each when it is over, and the end.
type teller interface {
	tell(simulation.Story) error
	end(all []simulation.Story) error
}

func (c *simulateCommand) teller(t *terminal, scenarios int) teller {
	switch {
	case c.Format == "json":
		return storiesJSON{t}
	case len(c.Scenarios) == 0 && !c.Verbose:
		return newOverview(t, scenarios)
	}
	return narrator{t, c.Verbose}
}

// run runs scenarios one after the other.
func (c *simulateCommand) run(ctx context.Context, chosen []simulation.Scenario, policy guard.Policy, to teller) ([]simulation.Story, error) {
	var told []simulation.Story
	for _, sc := range chosen {
		result, err := sc.Run(ctx, simulation.Options{Policy: &policy, Tool: evidence.Tool(product.ThisBuild())})
		if err != nil {
			return nil, fmt.Errorf("scenario %s: %w", sc.Name, err)
		}
		told = append(told, simulation.Story{Scenario: sc, Result: result})
		if err := to.tell(told[len(told)-1]); err != nil {
			return nil, err
		}
	}
	return told, to.end(told)
}

func expected(told []simulation.Story) int {
	n := 0
	for _, s := range told {
		if len(s.Unmet) == 0 {
			n++
		}
	}
	return n
}

// writePages writes the pages that were asked for.
func (c *simulateCommand) writePages(told []simulation.Story) error {
	if c.HTML != "" {
		if err := writeFile(c.HTML, func(w io.Writer) error { return stories.Write(w, told) }); err != nil {
			return err
		}
	}
	if c.Report == "" {
		return nil
	}
	for _, story := range slices.Backward(told) {
		if len(story.Reports) > 0 {
			return writePage(c.Report, story.Reports[0])
		}
	}
	return errors.New("--report needs a scan, and none of these scenarios has one; run lost-event")
}

// list prints names and stories.
func list(t *terminal, scenarios []simulation.Scenario) {
	for _, sc := range scenarios {
		fmt.Fprintf(t.out, "%s  %s\n", t.paint(bold, fmt.Sprintf("%-*s", nameWidth, sc.Name)), hanging(sc.Story, nameWidth+2, nameWidth+2, t.width))
	}
}
