// Package bus reports each scan to the event bus of the security account, where
// silence is an alarm.
package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// Bus is an event bus by its ARN, perhaps of another account.
type Bus struct {
	Events *eventbridge.Client
	ARN    string
}

// report is an event's detail: identifiers and counts, no text of others.
type report struct {
	Report   string        `json:"report"` // ID
	Status   guard.Verdict `json:"status"`
	Critical int           `json:"critical"` // claims that are CRITICAL
	Complete bool          `json:"complete"`
}

// Import reports a scan. It is safe to repeat.
func (b Bus) Import(ctx context.Context, d evidence.Document, complete bool) error {
	detail := report{Report: d.ID, Status: d.Status, Complete: complete}
	for _, c := range d.Claims {
		if c.Severity == guard.Critical {
			detail.Critical++
		}
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	out, err := b.Events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(b.ARN), Source: aws.String(product.Name), DetailType: aws.String(product.Name + " scan"), Detail: aws.String(string(text)),
	}}})
	switch {
	case err != nil:
		return fmt.Errorf("report to %s: %w", b.ARN, err)
	case out.FailedEntryCount > 0 && len(out.Entries) > 0:
		return fmt.Errorf("report to %s: %s", b.ARN, aws.ToString(out.Entries[0].ErrorCode))
	case len(out.Entries) != 1 || aws.ToString(out.Entries[0].EventId) == "":
		return errors.New("report to " + b.ARN + ": EventBridge's answer names no event")
	}
	return nil
}
