package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
)

type simulateCommand struct {
	Scenarios   []string `arg:"" optional:"" name:"scenario" help:"Scenarios to play; all of them without one: ${scenarios}."`
	Serve       string   `placeholder:"HOST:PORT" help:"Keep an account up at this address with the guard live, and watch."`
	HTML        string   `name:"html" placeholder:"FILE" help:"Keep the verifier's first report of the last scenario that has one, as a page."`
	AllowRemote bool     `help:"Let --serve listen on an address that other machines can reach."`
}

// Help is what kong prints below the usage.
func (simulateCommand) Help() string {
	return "Starts an AWS account inside this program, on loopback, with the enforcer attached through the same " +
		"EventBridge patterns, AWS SDK and HTTP as in a real one, and plays what goes wrong. " +
		"Exits 0 only if every violation ended as it should."
}

// simulationTime bounds one scenario, in real time.
const simulationTime = time.Minute

func (c *simulateCommand) Run(t *terminal) error {
	if c.Serve != "" {
		if len(c.Scenarios) > 0 {
			return errors.New("--serve keeps an account up and plays no scenario; leave out " + strings.Join(c.Scenarios, " "))
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return serve(ctx, t, c.Serve, c.AllowRemote)
	}
	chosen, err := choose(c.Scenarios)
	if err != nil {
		return err
	}
	var page *evidence.Document
	failed := 0
	for _, sc := range chosen {
		ok, report, err := play(sc, t)
		if err != nil {
			return fmt.Errorf("scenario %s: %w", sc.name, err)
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
		return errors.New("--html keeps a report of the verifier, and none of these scenarios has one; play look")
	}
	return writePage(c.HTML, *report)
}

func choose(names []string) ([]scenario, error) {
	all := scenarios()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []scenario
	for _, name := range names {
		i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no scenario %q; there are: %s", name, scenarioNames())
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func scenarioNames() string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// play plays one scenario in an account of its own and prints its timeline. The
// report is the verifier's first, or nil when it did not look.
func play(sc scenario, t *terminal) (ok bool, report *evidence.Document, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), simulationTime)
	defer cancel()
	s, err := newStage(ctx, "127.0.0.1:0", sc.policy(), localaws.Options{Concurrency: 1}, true)
	if err != nil {
		return false, nil, err
	}
	defer func() { err = errors.Join(err, s.account.Close()) }()

	fmt.Fprintf(t.out, "%s\n%s\n\n", t.paint(bold, "── "+sc.name+" "+strings.Repeat("─", max(0, 70-len(sc.name)))), sc.story)
	if err := sc.play(ctx, s); err != nil {
		return false, nil, err
	}
	if err := s.account.Drain(ctx); err != nil {
		return false, nil, err
	}
	happened := s.seen()
	printTimeline(t, happened)
	if len(s.reports) > 0 {
		report = &s.reports[0]
		if err := printReport(t, *report); err != nil {
			return false, nil, err
		}
	}
	result, wrong := sc.expect(ctx, s, happened)
	if wrong != nil {
		fmt.Fprintf(t.out, "%s %v\n\n", t.paint(red, "✗"), wrong)
		return false, report, nil
	}
	fmt.Fprintf(t.out, "%s %s\n\n", t.paint(green, "✓"), result)
	return true, report, nil
}
