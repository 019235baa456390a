package main

import (
	"fmt"
	"os"

	"fipsguard/internal/evidence/seal"
)

// evidenceCommand is about reports that were kept.
type evidenceCommand struct {
	Verify  evidenceVerifyCommand  `cmd:"" help:"Verify a folder of reports: signatures, the chain, and every format."`
	Render  evidenceRenderCommand  `cmd:"" help:"Make a format of a report anew."`
	Summary evidenceSummaryCommand `cmd:"" help:"Sum up months or a year of reports, day by day."`
}

// keyFlag are the public keys that may have signed.
type keyFlag struct {
	Key []string `type:"path" placeholder:"FILE" help:"Public key that signed, in PEM, as docs/evidence.md fetches it from KMS; may be given more than once, and may hold several."`
}

func (f keyFlag) keys() ([]seal.Key, error) {
	var keys []seal.Key
	for _, name := range f.Key {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		some, err := seal.ParsePEM(text)
		if err != nil {
			return nil, fmt.Errorf("read the key %s: %w", name, err)
		}
		keys = append(keys, some...)
	}
	return keys, nil
}
