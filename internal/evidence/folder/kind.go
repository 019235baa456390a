package folder

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
)

// Kind is a kind of reports that lie beside those of scans and stand by
// themselves: each is signed, and is in no chain.
type Kind struct {
	Ending      string // behind the ID, before the endings of its files: ".drill"
	PayloadType string
	Open        func(payload []byte) (Opened, error)
}

// Opened is what a payload says of itself, and its formats by their endings.
type Opened struct {
	ID, Key string
	Tool    evidence.Tool
	Formats map[string][]byte
}

// WriteKind writes a report of a kind as the files that Verify reads.
func WriteKind(ctx context.Context, k Kind, content []byte, signer Signer, write func(name string, data []byte) error) error {
	opened, err := k.Open(content)
	if err != nil {
		return err
	}
	name := opened.ID + k.Ending
	if signer != nil {
		envelope, err := seal.Seal(ctx, signer.Sign, signer.KeyARN(), k.PayloadType, content)
		if err != nil {
			return fmt.Errorf("sign report %s: %w", name, err)
		}
		if err := write(name+signed, envelope); err != nil {
			return err
		}
	}
	if err := write(name+payload, content); err != nil {
		return err
	}
	for _, ending := range slices.Sorted(maps.Keys(opened.Formats)) {
		if err := write(name+ending, opened.Formats[ending]); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is the kind of which a file is, by its ending behind the ID.
func kindOf(kinds []Kind, ending string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return strings.HasPrefix(ending, k.Ending+".") })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// others verifies the reports of the kinds.
func (v verification) others(reports []report) error {
	for _, r := range reports {
		for _, k := range v.Kinds {
			if strings.HasSuffix(r.id, k.Ending) {
				if err := v.other(k, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// other verifies one report.
func (v verification) other(k Kind, r report) error {
	name, there := r.files[signed]
	if !there {
		v.fault(r.name(signed), "it is missing: the report is not signed")
		return nil
	}
	data, err := v.files.Read(name)
	if err != nil {
		return err
	}
	envelope, _, why := v.unseal(data, k.PayloadType)
	if why != nil {
		v.fault(name, why.Error())
		return nil
	}
	opened, err := k.Open(envelope.Payload)
	switch {
	case err != nil:
		v.fault(name, err.Error())
		return nil
	case opened.ID+k.Ending != r.id:
		v.fault(name, "it is the report "+opened.ID)
		return nil
	case opened.Key != envelope.Signatures[0].KeyID:
		v.fault(name, "its envelope names another key than the report: "+envelope.Signatures[0].KeyID)
	}
	v.result.Drills++
	if err := v.compare(r, payload, envelope.Payload, true); err != nil {
		return err
	}
	same := opened.Tool.Version == v.Tool.Version && opened.Tool.Source == v.Tool.Source
	for _, ending := range slices.Sorted(maps.Keys(opened.Formats)) {
		if err := v.compare(r, ending, opened.Formats[ending], same); err != nil {
			return err
		}
	}
	for _, ending := range slices.Sorted(maps.Keys(r.files)) {
		if _, made := opened.Formats[ending]; !made && ending != signed && ending != payload {
			v.note(r.files[ending], "it is no file of a report; it was not looked into")
		}
	}
	return nil
}
