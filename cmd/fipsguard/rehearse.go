package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/rehearse"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/wiring/scans"
	"fipsguard/internal/wiring/tools"
)

type rehearseCommand struct {
	policyFlag `embed:""`
	Days       int      `default:"90" help:"How many days back (${default}), at most 90 without --logs."`
	Logs       []string `placeholder:"PATH" help:"Read these log files instead of LookupEvents: folders, files, s3://BUCKET/PREFIX; may be given more than once."`
	Workloads  bool     `negatable:"" default:"true" help:"Read what runs now, too (${default}). With --no-workloads and --logs, AWS is not called at all."`
	TeamTag    string   `placeholder:"KEY" help:"Sum up by the value of this tag of task definitions, as far as they were registered with it in that time; else by family."`
	Profile    string   `placeholder:"NAME" help:"The AWS profile to use; else what AWS_PROFILE or the environment says."`
	Region     string   `placeholder:"REGION" help:"The Region; else what AWS_REGION or the profile says."`
	Format     string   `enum:"text,json" default:"text" help:"text or json (${default})."`
}

// Help is what kong prints below the usage.
func (rehearseCommand) Help() string {
	return "Plays the events of the last 90 days, and what runs now, through the guard's own code, and prints what it would have turned back on, " +
		"deregistered, stopped, rolled back and reported, by family of task definitions, with the exemptions that would have kept it from doing so. " +
		"Changes nothing: it only reads, with two LookupEvents requests a second. " + exits("rehearse")
}

// What --days may be: what LookupEvents remembers, and as much as a trail has.
const (
	rememberedDays = 90
	mostDays       = 36_500
)

func (c *rehearseCommand) checkDays() error {
	switch {
	case c.Days < 1 || c.Days > mostDays:
		return fmt.Errorf("--days is %d; it must be from 1 to %d", c.Days, mostDays)
	case c.Days > rememberedDays && len(c.Logs) == 0:
		return fmt.Errorf("--days is %d; LookupEvents remembers %d days: for more, name the trail's log files with --logs", c.Days, rememberedDays)
	}
	return nil
}

func (c *rehearseCommand) Run(t *terminal) error {
	now := time.Now()
	policy, err := c.read(now)
	if err != nil {
		return err
	}
	if err := c.checkDays(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := rehearsing{command: c, terminal: t, policy: policy, now: now.UTC(), since: now.UTC().AddDate(0, 0, -c.Days)}
	if err := r.connect(ctx); err != nil {
		return err
	}
	events, err := r.events(ctx)
	if err != nil {
		return err
	}
	found := false
	all := []rehearsal{}
	for _, at := range r.places(events) {
		one, err := r.rehearse(ctx, at, events)
		if err != nil {
			return err
		}
		found = found || one.found()
		all = append(all, one)
	}
	if len(all) == 0 && len(r.failures) == 0 {
		return fmt.Errorf("the log files have no event of the last %s that the guard acts on: check --logs and --days", grammar.Count(c.Days, "day"))
	}
	for i := range all {
		all[i].unread = r.failures
	}
	for i, failure := range r.failures {
		if i == maxRehearsed {
			fmt.Fprintf(t.err, "fipsguard: … and could not read %d more\n", len(r.failures)-i)
			break
		}
		fmt.Fprintln(t.err, "fipsguard: could not read:", sanitize.Terminal(failure))
	}
	if err := c.print(t, all); err != nil {
		return err
	}
	switch {
	case found:
		return exitFindings
	case len(r.failures) > 0:
		return exitUnreadable
	}
	return nil
}

// rehearsing is a rehearsal under way.
type rehearsing struct {
	command *rehearseCommand
	*terminal
	policy     guard.Policy
	now, since time.Time
	account    *tools.Rehearsal // nil where AWS is not asked
	failures   []string         // of reads
}

// fail notes what could not be read: each line of an error is one.
func (r *rehearsing) fail(err error) {
	if err != nil {
		r.failures = append(r.failures, strings.Split(err.Error(), "\n")...)
	}
}

// connect finds the account that is asked, if any is.
func (r *rehearsing) connect(ctx context.Context) error {
	c := r.command
	if len(c.Logs) > 0 && !c.Workloads {
		return nil
	}
	settings, caller, err := scans.Caller(ctx, scans.Choice{Profile: c.Profile, Region: c.Region})
	if err != nil {
		return err
	}
	r.account = &tools.Rehearsal{Config: settings, At: caller.Location, Since: r.since}
	return nil
}

// events are those that the guard would have got.
func (r *rehearsing) events(ctx context.Context) ([]guard.Event, error) {
	c := r.command
	if len(c.Logs) == 0 {
		bar, read := newProgress(r.terminal), 0
		events, err := r.account.Events(ctx, func(n int) { read += n; bar.tell("events", read, -1) })
		bar.end()
		if ctx.Err() != nil {
			return nil, err
		}
		r.fail(err)
		return events, nil
	}
	from := tools.Audit{Stdin: r.in, Config: tools.ManyRequests(c.Profile, "us-gov-west-1")}
	var accounts []string
	if r.account != nil {
		accounts = []string{r.account.At.Account}
	}
	files, err := from.Files(ctx, c.Logs, accounts)
	if err != nil {
		return nil, err
	}
	bar := newProgress(r.terminal)
	events, err := tools.LoggedEvents(ctx, files, r.since, func(done int, _ int64) { bar.tell("log files", done, len(files)) })
	bar.end()
	if ctx.Err() != nil {
		return nil, err
	}
	r.fail(err)
	r.checkPlaces(events)
	return events, nil
}

// checkPlaces says when log files are all about other accounts or Regions than the
// one that is asked.
func (r *rehearsing) checkPlaces(events []guard.Event) {
	found := rehearse.Places(events)
	if r.account == nil || len(found) == 0 || slices.Contains(found, r.account.At) {
		return
	}
	r.fail(fmt.Errorf("events of account %s, Region %s: the log files have those of account %s, Region %s; to rehearse these, add --no-workloads, or use credentials of that account",
		r.account.At.Account, r.account.At.Region, found[0].Account, found[0].Region))
}

// places are the account that is asked, or all that log files are about.
func (r *rehearsing) places(events []guard.Event) []guard.Location {
	if r.account != nil {
		return []guard.Location{r.account.At}
	}
	return rehearse.Places(events)
}

// rehearse rehearses one account and Region.
func (r *rehearsing) rehearse(ctx context.Context, at guard.Location, events []guard.Event) (rehearsal, error) {
	one := rehearsal{at: at, since: r.since, now: r.now, workloads: r.account != nil && r.command.Workloads}
	var known rehearse.Known
	var err error
	if r.account != nil {
		bar := newProgress(r.terminal)
		known, err = r.account.Known(ctx, rehearse.Unregistered(at, events), func(done, total int) { bar.tell("task definitions", done, total) })
		bar.end()
		r.fail(err)
	}
	if one.past, err = rehearse.Play(ctx, rehearse.Input{Location: at, Events: events, Known: known, Policy: r.policy, TeamTag: r.command.TeamTag}); err != nil {
		return one, err
	}
	if one.workloads {
		bar := newProgress(r.terminal)
		one.present, err = r.account.Workloads(ctx, r.policy, events, bar.tell)
		bar.end()
		for _, failure := range one.present.Failures {
			r.fail(failure)
		}
	}
	return one, err
}

// rehearsal is what was rehearsed for one account and Region.
type rehearsal struct {
	at         guard.Location
	since, now time.Time
	workloads  bool     // what runs now was read
	unread     []string // what could not be read
	past       rehearse.Past
	present    rehearse.Now
}

// found reports whether the guard would have done or told anything.
func (r rehearsal) found() bool {
	return len(r.past.Actions)+len(r.past.Alerts)+len(r.present.Actions)+len(r.present.Reported)+len(r.present.Unknown) > 0
}

func (c *rehearseCommand) print(t *terminal, all []rehearsal) error {
	if c.Format == "json" {
		return writeRehearsals(t.out, all)
	}
	for _, one := range all {
		if err := printRehearsal(t, one); err != nil {
			return err
		}
	}
	return nil
}
