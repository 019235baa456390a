package main

import (
	"errors"
	"strings"
	"time"

	"fipsguard/internal/audit/athena"
)

// printAthena prints SQL over the one place in S3 that is given.
func (c *auditCommand) printAthena(t *terminal) error {
	if len(c.Paths) != 1 {
		return errors.New("--athena takes one path: s3://BUCKET/AWSLogs")
	}
	since := "2020/01/01"
	if at, err := timeFlag(c.Since); err != nil {
		return err
	} else if at != nil {
		// The mode of a time comes from the last record before it, which may be old.
		since = time.Unix(int64(*at), 0).UTC().AddDate(-1, 0, 0).Format("2006/01/02")
	}
	location := strings.TrimSuffix(c.Paths[0], "/")
	return athena.Write(t.out, athena.Table{Location: location, Accounts: c.Account, Since: since})
}
