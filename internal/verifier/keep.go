package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
)

// receipt is where a report was kept; zero when it was not.
type receipt struct {
	location string
	report   *evidence.Predecessor // what the next one follows; nil when it was not signed
	partly   bool                  // some formats are missing
}

// keep signs a report and keeps it in every format. What is about to be kept is
// written down before, with what was intended: a run that follows knows then what
// to look for.
func (v *Verifier) keep(ctx context.Context, intending recalled, d evidence.Document) (evidence.Document, receipt, error) {
	payload, err := evidence.JSON(d)
	if err != nil {
		return d, receipt{}, err
	}
	sealed, signErr := v.seal(ctx, evidence.PayloadType, payload)
	if signErr != nil {
		v.Log.Error("report not signed", "id", d.ID, "error", signErr.Error())
		d, kept, err := v.keepUnsigned(ctx, d)
		return d, kept, errors.Join(fmt.Errorf("sign report %s: %w", d.ID, signErr), err)
	}
	report := &evidence.Predecessor{ID: d.ID, SHA256: evidence.Digest(payload)}
	intending.Keeping = report
	if err := v.remember(ctx, intending); err != nil {
		v.Log.Error("state not written", "error", err.Error()) // tell writes it again
	}
	location, err := v.keepAs(ctx, d.ID, ".dsse.json", "application/json", sealed)
	if err != nil {
		return d, receipt{}, err
	}
	err = v.keepFormats(ctx, d, payload)
	return d, receipt{location, report, err != nil}, err
}

// keepUnsigned keeps a report that says that nothing signs it and that it
// belongs to no chain.
func (v *Verifier) keepUnsigned(ctx context.Context, d evidence.Document) (evidence.Document, receipt, error) {
	d.Predecessor, d.Chain = nil, evidence.Chain{}
	content, err := evidence.JSON(d)
	if err != nil {
		return d, receipt{}, err
	}
	location, err := v.keepAs(ctx, d.ID, ".json", "application/json", content)
	return d, receipt{location: location}, err
}

// keepFormats keeps what is made of a signed report, its payload first. One format
// after the other takes the place of the payload in memory.
func (v *Verifier) keepFormats(ctx context.Context, d evidence.Document, payload []byte) error {
	if _, err := v.keepAs(ctx, d.ID, ".json", "application/json", payload); err != nil {
		return err
	}
	d.SHA256 = evidence.Digest(payload)
	content := bytes.NewBuffer(payload[:0])
	for _, file := range format.Derived() {
		content.Reset()
		// A JSON encoder makes a bytes.Buffer that it knows as one twice as large.
		if err := file.Write(struct{ io.Writer }{content}, d); err != nil {
			return fmt.Errorf("write report %s as %s: %w", d.ID, file.Ending, err)
		}
		if _, err := v.keepAs(ctx, d.ID, file.Ending, file.MediaType, content.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (v *Verifier) keepAs(ctx context.Context, id, ending, mediaType string, content []byte) (location string, err error) {
	location, err = v.helpers().keepReport(ctx, id, ending, mediaType, content)
	if err != nil {
		v.Log.Error("report not kept", "id", id, "form", ending, "error", err.Error())
		return "", err
	}
	return location, nil
}
