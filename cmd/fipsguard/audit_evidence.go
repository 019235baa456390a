package main

import (
	"context"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/page"
	"fipsguard/internal/evidence/past"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"
)

// auditor is who makes evidence of an answer.
type auditor struct {
	signer  folder.Signer // nil: nothing is signed
	name    string
	started time.Time
}

// auditor is the principal whose credentials are used where AWS is asked, else
// the user of this machine, whom nobody vouches for. It is asked for before
// anything is read, which may take hours.
func (c *auditCommand) auditor(ctx context.Context) (auditor, error) {
	a := auditor{name: localUser(), started: time.Now()}
	if c.Out == "" && c.HTML == "" || c.SignKey == "" && !c.asksAWS() {
		return a, nil
	}
	choice := scans.Choice{Profile: c.Profile, Region: append(c.Region, "us-gov-west-1")[0]}
	settings, caller, err := scans.Caller(ctx, choice)
	if err != nil {
		return a, err
	}
	a.name = caller.ARN
	if c.SignKey != "" {
		a.signer = scans.Signer(settings, c.SignKey)
	}
	return a, nil
}

// report makes an answer evidence, one report for each account and Region: it
// keeps them where they are asked for, and writes their page.
func (c *auditCommand) report(ctx context.Context, t *terminal, by auditor, a *audit.Answer) error {
	if c.Out == "" && c.HTML == "" {
		return nil
	}
	all := past.Documents(a, evidence.About{
		Why: "fipsguard audit " + strings.Join(c.Paths, " "), Started: by.started, Finished: time.Now(), Collector: by.name, Tool: evidence.Tool(product.ThisBuild()),
	})
	for i, d := range all {
		kept, err := c.keep(ctx, t, by.signer, d)
		if err != nil {
			return err
		}
		all[i] = kept
	}
	if c.HTML == "" {
		return nil
	}
	return writeFile(c.HTML, func(w io.Writer) error { return page.WritePast(w, all) })
}

func (c *auditCommand) asksAWS() bool {
	for _, path := range c.Paths {
		if strings.HasPrefix(path, "s3://") {
			return true
		}
	}
	return c.PublicKeys == "aws"
}

func localUser() string {
	who, where := "unknown", "an unknown machine"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	if name, err := os.Hostname(); err == nil {
		where = name
	}
	return "local user " + who + " on " + where
}
