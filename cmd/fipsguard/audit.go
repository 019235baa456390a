package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/wiring/tools"
)

type auditCommand struct {
	Format     string   `enum:"text,json,csv" default:"text" help:"text, json or csv (${default})."`
	HTML       string   `name:"html" placeholder:"FILE" help:"Write the answer as a page, too."`
	Since      string   `placeholder:"TIME" help:"Answer for the time from then on: 2026-11-20T10:00:00Z, or a day."`
	Until      string   `placeholder:"TIME" help:"Answer for the time until then."`
	Account    []string `placeholder:"ID" help:"Answer for this account only; may be given more than once."`
	Region     []string `placeholder:"REGION" help:"Answer for this Region only; may be given more than once."`
	Profile    string   `placeholder:"NAME" help:"The AWS profile for S3 and CloudTrail; else what AWS_PROFILE or the environment says."`
	PublicKeys string   `placeholder:"FILE" help:"Check digests against these keys, as aws cloudtrail list-public-keys prints them; the word aws asks CloudTrail."`
	Signatures string   `placeholder:"FILE" help:"Signatures of digests that were copied from S3 without their metadata: a JSON object from key to signature."`
	Index      string   `placeholder:"FILE" help:"Remember there what was read, and do not read it again."`
	Thorough   bool     `help:"Check every byte of the logs as JSON, also when there is much to read."`
	keepFlags  `embed:""`
	Plan       bool     `help:"Only say what would be read."`
	Athena     bool     `help:"Print SQL for Amazon Athena over the log files under s3://BUCKET/…/AWSLogs, and read nothing."`
	Paths      []string `arg:"" optional:"" name:"path" help:"Folders, log files, digests, or s3://BUCKET/PREFIX; - is one log file on the standard input."`
}

// Help is what kong prints below the usage.
func (auditCommand) Help() string {
	return "Answers from CloudTrail's log files when FIPS mode was on, off or unknown, who changed it, what was launched while it was off, " +
		"and for how many hours CloudTrail's signatures vouch for the files. " +
		exits("audit")
}

func (c *auditCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.Athena {
		return c.printAthena(t)
	}
	if len(c.Paths) == 0 {
		return errors.New("no path is given (see fipsguard audit --help)")
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	if err := c.checkSignKey(); err != nil {
		return err
	}
	by, err := c.auditor(ctx)
	if err != nil {
		return err
	}
	from := tools.Audit{Stdin: t.in, Config: tools.ManyRequests(c.Profile, append(c.Region, "us-gov-west-1")[0])}
	files, err := from.Files(ctx, c.Paths, c.Account)
	if err != nil {
		return err
	}
	plan := audit.NewPlan(files, scope)
	if c.Plan {
		return printPlan(t, plan)
	}
	answer, err := c.audit(ctx, t, from, plan, scope)
	if err != nil {
		return err
	}
	// A report that cannot be written must not lose what was read.
	if err := errors.Join(c.print(t, answer), c.report(ctx, t, by, answer)); err != nil {
		return err
	}
	if status := exitCode(answer.Status()); status != 0 {
		return status
	}
	return nil
}

// audit reads what is planned.
func (c *auditCommand) audit(ctx context.Context, t *terminal, from tools.Audit, plan audit.Plan, scope audit.Scope) (*audit.Answer, error) {
	o := audit.Options{Scope: scope, Workers: workers(plan), Thorough: c.Thorough || plan.IsSmall()}
	var err error
	if o.Keys, err = c.keys(ctx, from, plan); err != nil {
		return nil, err
	}
	if c.Signatures != "" {
		text, err := os.ReadFile(c.Signatures)
		if err != nil {
			return nil, fmt.Errorf("read signatures: %w", err)
		}
		if o.Signatures, err = audit.ParseSignatures(text); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Signatures, err)
		}
	}
	if o.Index, err = readIndex(c.Index); err != nil {
		return nil, err
	}
	bar := newByteProgress(t, plan)
	o.Progress = bar.tell
	answer, err := audit.Run(ctx, plan, o)
	bar.end()
	// Also what was read before an error need not be read again.
	return answer, errors.Join(err, writeIndex(c.Index, o.Index))
}

// workers is how many files are read at once: as many as there are processors,
// or as S3 has requests under way.
func workers(p audit.Plan) int {
	for _, f := range p.Logs {
		if strings.HasPrefix(f.Path, "s3://") {
			return tools.InFlight
		}
	}
	return runtime.GOMAXPROCS(0)
}

func (c *auditCommand) scope() (scope audit.Scope, err error) {
	scope = audit.Scope{Accounts: c.Account, Regions: c.Region}
	if scope.Since, err = timeFlag(c.Since); err != nil {
		return scope, err
	}
	scope.Until, err = timeFlag(c.Until)
	return scope, err
}

// timeFlag reads a time or a day; nil if none is given.
func timeFlag(text string) (*audit.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if at, err = time.Parse(time.DateOnly, text); err != nil {
			return nil, fmt.Errorf("%q is no time; write 2026-11-20T10:00:00Z or 2026-11-20", text)
		}
	}
	seconds := audit.Time(at.Unix())
	return &seconds, nil
}

func (c *auditCommand) keys(ctx context.Context, from tools.Audit, plan audit.Plan) (audit.Keys, error) {
	switch c.PublicKeys {
	case "":
		return nil, nil
	case "aws":
		return from.Keys(ctx, plan)
	}
	text, err := os.ReadFile(c.PublicKeys)
	if err != nil {
		return nil, fmt.Errorf("read public keys: %w", err)
	}
	keys, err := audit.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.PublicKeys, err)
	}
	return keys, nil
}

// print prints the answer, and what is noteworthy on the standard error.
func (c *auditCommand) print(t *terminal, a *audit.Answer) error {
	for _, note := range a.Notes {
		fmt.Fprintln(t.err, "fipsguard:", sanitize.Terminal(note))
	}
	switch c.Format {
	case "json":
		text := json.NewEncoder(t.out)
		text.SetEscapeHTML(false)
		return text.Encode(a)
	case "csv":
		return printAuditCSV(t.out, a)
	}
	return printAudit(t, a)
}

// readIndex reads an index, which need not be there yet.
func readIndex(name string) (*audit.Index, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return audit.NewIndex(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	defer file.Close()
	index, err := audit.ReadIndex(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return index, nil
}

// writeIndex replaces an index as a whole.
func writeIndex(name string, index *audit.Index) error {
	if name == "" {
		return nil
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	err = errors.Join(index.Write(file), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the index: %w", err), os.Remove(file.Name()))
	}
	return nil
}
