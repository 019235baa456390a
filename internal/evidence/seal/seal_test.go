package seal

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const reports = "application/vnd.example+json"

// pair is a key pair as KMS has one.
func pair(t testing.TB) (Sign, Key) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey(der(t, &private.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return func(_ context.Context, digest []byte) ([]byte, error) {
		return ecdsa.SignASN1(rand.Reader, private, digest)
	}, key
}

func sealed(t testing.TB, sign Sign, payload string) []byte {
	t.Helper()
	data, err := Seal(t.Context(), sign, "arn:key", reports, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(data []byte, keys ...Key) (string, error) {
	e, err := Parse(data)
	if err != nil {
		return "", err
	}
	_, err = e.Open(reports, keys...)
	return string(e.Payload), err
}

func TestWhatWasSealedOpensWithItsKeyOnly(t *testing.T) {
	sign, key := pair(t)
	_, other := pair(t)
	data := sealed(t, sign, `{"a":1}`)
	if got, err := open(data, other, key); err != nil || got != `{"a":1}` {
		t.Errorf("opened %q, error %v", got, err)
	}
	for name, fails := range map[string]func() error{
		"with another key":   func() error { _, err := open(data, other); return err },
		"without a key":      func() error { _, err := open(data); return err },
		"of another content": func() error { _, err := open(change(t, data, "payload", []byte(`{"a":2}`)), key); return err },
		"of another type":    func() error { _, err := open(change(t, data, "payloadType", "application/other"), key); return err },
		"without signatures": func() error { _, err := open(change(t, data, "signatures", []any{}), key); return err },
		"that is no JSON":    func() error { _, err := open([]byte("{"), key); return err },
		"of a type that nobody expects": func() error {
			e, err := Parse(data)
			if err == nil {
				_, err = e.Open("application/other", key)
			}
			return err
		},
	} {
		if fails() == nil {
			t.Errorf("an envelope %s is believed", name)
		}
	}
}

// change replaces a member of an envelope.
func change(t *testing.T, data []byte, member string, value any) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	all[member] = value
	changed, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// TestUnknownMembersAndBothAlphabetsAreTaken, as DSSE demands of who verifies.
func TestUnknownMembersAndBothAlphabetsAreTaken(t *testing.T) {
	sign, key := pair(t)
	payload := "\xfb\xff\xfe???>>>"
	data := change(t, change(t, sealed(t, sign, payload), "other", 1), "payload", base64.URLEncoding.EncodeToString([]byte(payload)))
	if got, err := open(data, key); err != nil || got != payload {
		t.Errorf("opened %q, error %v", got, err)
	}
}

// theirs is a key as the verifier of secure-systems-lab takes one.
type theirs struct{ Key }

func (theirs) KeyID() (string, error)     { return "arn:key", nil }
func (k theirs) Public() crypto.PublicKey { return k.public }
func (k theirs) Verify(_ context.Context, data, signature []byte) error {
	sum := crypto.SHA384.New()
	_, _ = sum.Write(data)
	if !ecdsa.VerifyASN1(k.public, sum.Sum(nil), signature) {
		return dsse.ErrNoSignature
	}
	return nil
}

// TestAnotherProgramOpensIt: the library of DSSE's authors, which makes what is
// signed by itself.
func TestAnotherProgramOpensIt(t *testing.T) {
	sign, key := pair(t)
	verifier, err := dsse.NewEnvelopeVerifier(theirs{key})
	if err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{"", "{}", "\x00\xff", strings.Repeat("é", 1000)} {
		var envelope dsse.Envelope
		if err := json.Unmarshal(sealed(t, sign, payload), &envelope); err != nil {
			t.Fatal(err)
		}
		_, opened, err := verifier.VerifyAndDecode(t.Context(), &envelope)
		if err != nil || string(opened) != payload {
			t.Errorf("%q: opened %q, error %v", payload, opened, err)
		}
		envelope.Payload = base64.StdEncoding.EncodeToString([]byte(payload + " "))
		if _, err := verifier.Verify(t.Context(), &envelope); err == nil {
			t.Errorf("%q: a changed payload is accepted", payload)
		}
	}
}

// TestOpenSSLVerifiesIt by the public key in PEM, as docs/evidence.md shows.
func TestOpenSSLVerifiesIt(t *testing.T) {
	openssl := independent.Program(t, "openssl")
	sign, key := pair(t)
	e, err := Parse(sealed(t, sign, `{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	var signed bytes.Buffer
	if err := pae(&signed, e.PayloadType, e.Payload); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"key.pem": PEM(t, key), "signature": e.Signatures[0].Signature, "signed": signed.Bytes(), "changed": append(signed.Bytes(), ' ')} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]bool{"signed": true, "changed": false} {
		run := exec.CommandContext(t.Context(), openssl, "dgst", "-sha384", "-verify", "key.pem", "-signature", "signature", file)
		run.Dir = folder
		if out, err := run.CombinedOutput(); (err == nil) != want {
			t.Errorf("%s: %v: %s", file, err, out)
		}
	}
}

// PEM is a key as KMS's console and docs/evidence.md write one.
func PEM(t *testing.T, key Key) []byte {
	t.Helper()
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der(t, key.public)})
}

func der(t testing.TB, public *ecdsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeysAreReadFromPEM(t *testing.T) {
	_, one := pair(t)
	_, two := pair(t)
	keys, err := ParsePEM(append(PEM(t, one), PEM(t, two)...))
	if err != nil || len(keys) != 2 || keys[0].Fingerprint() != one.Fingerprint() || keys[1].Fingerprint() != two.Fingerprint() {
		t.Errorf("read %v, error %v", keys, err)
	}
	small, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"nothing": nil, "no PEM": []byte("key"), "a key and more": append(PEM(t, one), "key"...),
		"a key on another curve": PEM(t, Key{public: &small.PublicKey}),
		"a certificate":          pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}),
	} {
		if _, err := ParsePEM(text); err == nil {
			t.Errorf("%s is taken for keys", name)
		}
	}
}

// FuzzParse: whatever is read back, no envelope opens but the one that was
// sealed.
func FuzzParse(f *testing.F) {
	sign, key := pair(f)
	data, err := Seal(context.Background(), sign, "arn:key", reports, []byte(`{"a":1}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"payload":"","payloadType":"` + reports + `","signatures":[{"sig":""},{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if payload, err := open(data, key); err == nil && payload != `{"a":1}` {
			t.Errorf("%q opens as %q", data, payload)
		}
	})
}
