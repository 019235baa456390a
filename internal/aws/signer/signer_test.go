package signer

import (
	"strings"
	"testing"

	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
)

// TestWhatKMSSignsOpensWithItsPublicKey, and whom the key does not name cannot
// sign.
func TestWhatKMSSignsOpensWithItsPublicKey(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	arn, err := a.CreateSigningKey(localtest.West, all.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	of := func(p localaws.Principal) Key {
		return Key{localtest.Config(a, p, localtest.West), arn}
	}
	k := of(all.Verifier)
	data, err := seal.Seal(t.Context(), k.Sign, k.KeyARN(), "text/plain", []byte("report"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := of(all.Admin).PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := seal.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.Open("text/plain", public); err != nil || envelope.Signatures[0].KeyID != arn {
		t.Errorf("it is signed by %s and does not open: %v", envelope.Signatures[0].KeyID, err)
	}
	if _, err := of(all.Admin).Sign(t.Context(), make([]byte, 48)); err == nil || !strings.Contains(err.Error(), arn) {
		t.Errorf("an administrator signs: %v", err)
	}
	if _, err := (Key{k.Config, arn + "0"}).PublicKey(t.Context()); err == nil {
		t.Error("a key that is not there has a public key")
	}
}
