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

	"fipsguard/internal/localaws"
)

type simulateCommand struct {
	Scenarios   []string `arg:"" optional:"" name:"scenario" help:"Scenarios to play; all of them without one: ${scenarios}."`
	Serve       string   `placeholder:"HOST:PORT" help:"Keep an account up at this address with the guard live, and watch."`
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
	failed := 0
	for _, sc := range chosen {
		ok, err := play(sc, t)
		if err != nil {
			return fmt.Errorf("scenario %s: %w", sc.name, err)
		}
		if !ok {
			failed++
		}
	}
	if failed > 0 {
		fmt.Fprintln(t.out, t.paint(red, fmt.Sprintf("%d of %d scenarios did not end as they should.", failed, len(chosen))))
		return exitFindings
	}
	fmt.Fprintf(t.out, "%s %d of %d scenarios ended as they should. Everything was local; nothing here is a measurement of AWS.\n", t.paint(green, "✓"), len(chosen), len(chosen))
	return nil
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

// play plays one scenario in an account of its own and prints its timeline.
func play(sc scenario, t *terminal) (ok bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), simulationTime)
	defer cancel()
	s, err := newStage(ctx, "127.0.0.1:0", sc.policy(), localaws.Options{Concurrency: 1}, true)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.account.Close()) }()

	fmt.Fprintf(t.out, "%s\n%s\n\n", t.paint(bold, "── "+sc.name+" "+strings.Repeat("─", max(0, 70-len(sc.name)))), sc.story)
	if err := sc.play(ctx, s); err != nil {
		return false, err
	}
	if err := s.account.Drain(ctx); err != nil {
		return false, err
	}
	happened := s.seen()
	printTimeline(t, happened)
	result, wrong := sc.expect(ctx, s, happened)
	if wrong != nil {
		fmt.Fprintf(t.out, "%s %v\n\n", t.paint(red, "✗"), wrong)
		return false, nil
	}
	fmt.Fprintf(t.out, "%s %s\n\n", t.paint(green, "✓"), result)
	return true, nil
}
