package verifier

import (
	"context"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
)

const (
	// helperTime is what one call to S3 or SNS, or working off the inbox, may take.
	helperTime = 25 * time.Second
	// keyTime is what one call to KMS may take. The setting does not wait for it.
	keyTime = 10 * time.Second
	// hubTime is what all calls to Security Hub may take together.
	hubTime = time.Minute
)

// helpers are what a scan's results go to. None of them may keep the verifier
// from calling the next one.
type helpers struct {
	store    Store
	signer   Signer
	notifier Notifier
	inbox    Inbox
	hub      Hub
}

func (v *Verifier) helpers() helpers {
	return helpers{v.Store, v.Signer, v.Notifier, v.Inbox, v.Hub}
}

func (h helpers) publicKey(ctx context.Context) (seal.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, keyTime)
	defer cancel()
	return h.signer.PublicKey(ctx)
}

func (h helpers) sign(ctx context.Context, digest []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, keyTime)
	defer cancel()
	return h.signer.Sign(ctx, digest)
}

func (h helpers) readState(ctx context.Context) (content []byte, version, before string, err error) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.store.ReadState(ctx)
}

func (h helpers) writeState(ctx context.Context, state []byte) (version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.store.WriteState(ctx, state)
}

func (h helpers) readReport(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.store.ReadReport(ctx, id)
}

func (h helpers) keepReport(ctx context.Context, id, ending, mediaType string, content []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.store.KeepReport(ctx, id, ending, mediaType, content)
}

func (h helpers) publish(ctx context.Context, m alert.Message) error {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.notifier.Publish(ctx, m)
}

func (h helpers) receive(ctx context.Context) (published, error) {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	return h.inbox.Receive(ctx)
}

// deleteAll stops at the first message that cannot be deleted.
func (h helpers) deleteAll(ctx context.Context, messages published) error {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	for handle := range messages {
		if err := h.inbox.Delete(ctx, handle); err != nil {
			return err
		}
	}
	return nil
}

func (h helpers) imported(ctx context.Context, d evidence.Document, complete bool) error {
	ctx, cancel := context.WithTimeout(ctx, hubTime)
	defer cancel()
	return h.hub.Import(ctx, d, complete)
}
