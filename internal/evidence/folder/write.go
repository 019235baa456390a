package folder

import (
	"bytes"
	"context"
	"fmt"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/evidence/seal"
)

// Signer is a key of a person's choice.
type Signer interface {
	KeyARN() string
	Sign(ctx context.Context, digest []byte) ([]byte, error)
}

// Write writes a report that stands by itself as the files that Verify reads: the
// signed original, if there is a signer, its payload, and every format. It
// returns the report as it is in them.
func Write(ctx context.Context, d evidence.Document, signer Signer, write func(name string, data []byte) error) (evidence.Document, error) {
	made := d
	made.Predecessor, made.Chain = nil, evidence.Chain{}
	if signer != nil {
		made.Chain.Key = signer.KeyARN()
	}
	var content bytes.Buffer
	if err := evidence.WriteJSON(&content, made); err != nil {
		return d, err
	}
	made.SHA256 = evidence.Digest(content.Bytes())
	if signer != nil {
		envelope, err := seal.Seal(ctx, signer.Sign, signer.KeyARN(), evidence.PayloadType, content.Bytes())
		if err != nil {
			return d, fmt.Errorf("sign report %s: %w", d.ID, err)
		}
		if err := write(d.ID+signed, envelope); err != nil {
			return d, err
		}
	}
	if err := write(d.ID+payload, content.Bytes()); err != nil {
		return d, err
	}
	return made, writeFormats(made, write)
}

func writeFormats(d evidence.Document, write func(name string, data []byte) error) error {
	for _, f := range format.Derived() {
		var made bytes.Buffer
		if err := f.Write(&made, d); err != nil {
			return err
		}
		if err := write(d.ID+f.Ending, made.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
