package verifier

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"fipsguard/internal/evidence/seal"
)

// key is a key of KMS.
type key struct{ private *ecdsa.PrivateKey }

func newKey(t *testing.T) *key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &key{private}
}

func (*key) KeyARN() string { return "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1" }

func (k *key) PublicKey(context.Context) (seal.Key, error) {
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		return seal.Key{}, err
	}
	return seal.ParseKey(der)
}

func (k *key) Sign(_ context.Context, digest []byte) ([]byte, error) {
	return ecdsa.SignASN1(rand.Reader, k.private, digest)
}
