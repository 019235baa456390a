package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fipsguard/internal/config"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/page"
)

// keepFlags say where a report is kept, and what signs it.
type keepFlags struct {
	Out     string `type:"path" placeholder:"DIR" help:"Write the report in all formats to this folder."`
	SignKey string `placeholder:"ARN" help:"With --out: sign the report with this KMS key, of spec ECC_NIST_P384. Without it the report says that it is not signed."`
}

func (f keepFlags) checkSignKey() error {
	switch {
	case f.SignKey == "":
		return nil
	case f.Out == "":
		return errors.New("--sign-key signs what --out writes: add --out DIR")
	}
	if err := config.CheckSigningKey(f.SignKey); err != nil {
		return fmt.Errorf("--sign-key is %q; %w", f.SignKey, err)
	}
	return nil
}

// keep writes the report in all formats to the folder that was asked for, and
// returns it as it is in them.
func (f keepFlags) keep(ctx context.Context, t *terminal, by folder.Signer, d evidence.Document) (evidence.Document, error) {
	if f.Out == "" {
		return d, nil
	}
	if err := os.MkdirAll(f.Out, 0o755); err != nil {
		return d, fmt.Errorf("make the folder: %w", err)
	}
	kept, err := folder.Write(ctx, d, by, func(name string, data []byte) error {
		return os.WriteFile(filepath.Join(f.Out, name), data, 0o644)
	})
	if err != nil {
		return kept, fmt.Errorf("write the report to %s: %w", f.Out, err)
	}
	if f.SignKey == "" {
		fmt.Fprintf(t.err, "fipsguard: wrote %s in all formats, not signed\n", filepath.Join(f.Out, d.ID))
	}
	return kept, nil
}

// writePage writes a report as a page.
func writePage(name string, d evidence.Document) error {
	return writeFile(name, func(w io.Writer) error { return page.Write(w, d) })
}

// writeFile writes a page into a new file or over an old one.
func writeFile(name string, write func(io.Writer) error) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
