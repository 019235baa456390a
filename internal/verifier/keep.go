package verifier

import (
	"bytes"
	"context"
	"fmt"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
)

// checkLatest reads the report that the last scan kept, and compares it with
// the digest that was noted then.
func (v *Verifier) checkLatest(ctx context.Context, latest *evidence.Predecessor) error {
	if latest == nil {
		return nil
	}
	data, err := v.helpers().readReport(ctx, latest.ID)
	if err != nil {
		return err
	}
	if evidence.Digest(data) != latest.SHA256 {
		return fmt.Errorf("report %s is not as it was kept: its SHA-256 differs", latest.ID)
	}
	return nil
}

// receipt is where a report was kept; zero when it was not.
type receipt struct{ location, sha256 string }

// keep writes a report in every format; the original is the one that is chained.
func (v *Verifier) keep(ctx context.Context, d evidence.Document) (receipt, error) {
	var content bytes.Buffer // for one format after the other: the first is the largest
	location, err := v.keepAs(ctx, format.Original(), d, &content)
	if err != nil {
		return receipt{}, err
	}
	kept := receipt{location, evidence.Digest(content.Bytes())}
	for _, file := range format.Derived(location) {
		if _, err := v.keepAs(ctx, file, d, &content); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

func (v *Verifier) keepAs(ctx context.Context, file format.File, d evidence.Document, content *bytes.Buffer) (location string, err error) {
	content.Reset()
	if err := file.Write(content, d); err != nil {
		return "", fmt.Errorf("write report %s as %s: %w", d.ID, file.Ending, err)
	}
	location, err = v.helpers().keepReport(ctx, d.ID, file.Ending, file.MediaType, content.Bytes())
	if err != nil {
		v.Log.Error("report not kept", "id", d.ID, "form", file.Ending, "error", err.Error())
	}
	return location, err
}
