package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// seen is what was seen of what the last scan left, as a component of the guard.
type seen struct {
	faults  []string
	unknown string // why it could not be checked
	all     string // what was seen when nothing is wrong
}

// component is what was seen, for the rules.
func (s seen) component(of guard.Location) guard.Component {
	return guard.Component{
		Rule: guard.GuardEvidence, Name: "evidence@" + of.Account + "/" + of.Region, Seen: s.all, Faults: s.faults, Unknown: s.unknown,
	}
}

// isEvidence reports whether an identity is that of what the last scan left.
func isEvidence(identity string) bool {
	return strings.HasPrefix(identity, string(guard.GuardEvidence)+" ")
}

// open opens what was sealed. What the guard's key did not sign is not believed,
// and why is believed; err is that KMS did not return the key.
func (v *Verifier) open(ctx context.Context, payloadType string, sealed []byte) (payload []byte, believed, err error) {
	envelope, believed := seal.Parse(sealed)
	if believed != nil {
		return nil, believed, nil
	}
	key, err := v.publicKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, believed := envelope.Open(payloadType, key); believed != nil {
		return nil, believed, nil
	}
	return envelope.Payload, nil, nil
}

// publicKey is asked for once: the key of an ARN never changes.
func (v *Verifier) publicKey(ctx context.Context) (seal.Key, error) {
	if v.key != nil {
		return *v.key, nil
	}
	key, err := v.helpers().publicKey(ctx)
	if err == nil {
		v.key = &key
	}
	return key, err
}

func (v *Verifier) seal(ctx context.Context, payloadType string, payload []byte) ([]byte, error) {
	return seal.Seal(ctx, v.helpers().sign, v.Signer.KeyARN(), payloadType, payload)
}

// readReport reads a report that was kept, as the one of a digest. A report that
// is not there, or not as it was kept, is not believed.
func (v *Verifier) readReport(ctx context.Context, of evidence.Predecessor) (payload []byte, believed, err error) {
	sealed, err := v.helpers().readReport(ctx, of.ID)
	switch {
	case err != nil:
		return nil, nil, err
	case sealed == nil:
		return nil, errors.New("it is no longer there"), nil
	}
	payload, believed, err = v.open(ctx, evidence.PayloadType, sealed)
	if err == nil && believed == nil && evidence.Digest(payload) != of.SHA256 {
		believed = errors.New("its SHA-256 differs")
	}
	if err != nil || believed != nil {
		return nil, believed, err
	}
	return payload, nil, nil
}

// settle finds out whether the report that was about to be kept was kept, by a
// run that did not live to write that down, and keeps the formats that are
// missing.
func (v *Verifier) settle(ctx context.Context, was recalled) (recalled, error) {
	if was.Keeping == nil {
		return was, nil
	}
	payload, believed, err := v.readReport(ctx, *was.Keeping)
	if err != nil {
		return unread(err), err
	}
	keeping := *was.Keeping
	was.Keeping = nil
	if believed != nil {
		return was, nil
	}
	if was.Latest == nil || *was.Latest != keeping {
		was.Latest, was.Number = &keeping, was.Number+1
	}
	d, err := evidence.Read(bytes.NewReader(payload))
	if err == nil {
		err = v.keepFormats(ctx, d, payload)
	}
	if err != nil {
		v.Log.Error("formats of the last report not kept", "id", keeping.ID, "error", err.Error()) // another version may render otherwise
	}
	return was, nil
}

// known returns what the last scan remembered, and checks the report of that
// scan. Nothing is taken over if that is not as it was kept.
func (v *Verifier) known(ctx context.Context, was recalled) (scan.Known, seen, error) {
	if was.Latest == nil {
		return was.Memory.known(), was.seen, nil
	}
	_, believed, err := v.readReport(ctx, *was.Latest)
	switch {
	case err != nil:
		v.Log.Error("the last report was not read", "error", err.Error())
		return scan.Known{}, seen{unknown: "the last report could not be read: " + err.Error()}, err
	case believed != nil:
		fault := fmt.Sprintf("report %s is not as it was kept: %v", was.Latest.ID, believed)
		v.Log.Error("the last report is not believed", "error", fault)
		return scan.Known{}, seen{faults: []string{fault}}, nil
	}
	return was.Memory.known(), seen{all: fmt.Sprintf("The verifier's state and report %s are signed with the guard's key, and are as they were left.", was.Latest.ID)}, nil
}
