package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/evidence/page"
)

type evidenceRenderCommand struct {
	keyFlag `embed:""`
	Format  string `enum:"json,html,text,oscal,fedramp" default:"text" help:"json, html, text, oscal or fedramp (${default})."`
	Report  string `arg:"" help:"ID.dsse.json, or ID.json; - is the standard input."`
}

// Help is what kong prints below the usage.
func (evidenceRenderCommand) Help() string {
	return "Prints a report in a format. Of a signed report, ID.dsse.json, --key checks the signature first; " +
		"without it, and of ID.json, nothing vouches for what is printed."
}

func (c *evidenceRenderCommand) Run(t *terminal) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	in, err := t.open(c.Report)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Report, err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, folder.MaxFile))
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Report, reasonOf(err))
	}
	isEnvelope := bytes.Contains(data[:min(len(data), 64)], []byte(`"payload"`))
	if len(keys) > 0 && !isEnvelope {
		return fmt.Errorf("%s is not signed; the signed report ends with .dsse.json", c.Report)
	}
	d, err := folder.Open(data, keys)
	if !isEnvelope {
		d, err = evidence.Read(bytes.NewReader(data))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Report, err)
	}
	if len(keys) == 0 {
		fmt.Fprintln(t.err, "fipsguard: no signature was checked:", strings.TrimSpace(c.Report))
	}
	return c.write(t.out, d)
}

func (c *evidenceRenderCommand) write(out io.Writer, d evidence.Document) error {
	switch c.Format {
	case "json":
		return evidence.WriteJSON(out, d)
	case "html":
		return page.Write(out, d)
	case "oscal":
		return format.WriteOSCAL(out, d)
	case "fedramp":
		return format.WriteFedRAMP(out, d)
	}
	return format.WriteText(out, d)
}
