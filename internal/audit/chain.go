package audit

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
)

// checkAll finds out which digests are sound. A signature that is not at hand
// is taken from the next digest, which names it; so it need not be believed,
// for a wrong one does not fit.
func checkAll(digests []*digest, keys Keys, signatures map[string]string) {
	slices.SortFunc(digests, func(a, b *digest) int { return cmp.Compare(a.path, b.path) })
	named := map[string][]string{} // by the next digests
	for _, d := range digests {
		if d.before != "" && d.previous != nil {
			named[d.before] = append(named[d.before], *d.previous)
		}
	}
	for _, d := range digests {
		own, known := signatures[d.object]
		switch {
		case known:
			d.check(keys, []string{own})
		case d.signature != "":
			d.check(keys, []string{d.signature})
		default:
			d.check(keys, named[d.object])
		}
	}
}

// chainNotes tells where the chain of digests is broken: a digest names a hash
// for the one before that is not its own. The AWS CLI does not compare them.
func chainNotes(digests []*digest) []string {
	byKey := map[string]*digest{}
	for _, d := range digests {
		if d.isUsed() {
			byKey[d.object] = d
		}
	}
	var notes []string
	for _, d := range digests {
		if !d.isUsed() || d.before == "" {
			continue
		}
		before := byKey[d.before]
		if before != nil && d.beforeSum != hex.EncodeToString(before.sum[:]) {
			notes = append(notes, fmt.Sprintf("%s has another hash for the digest before it, %s, than that has: one of them was replaced", d.path, before.path))
		}
	}
	return notes
}
