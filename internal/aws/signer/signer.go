package signer

import (
	"context"
	"fmt"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/evidence/seal"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Key is one key of KMS, of the spec ECC_NIST_P384.
type Key struct {
	Config aws.Config
	// ARN is that of the key itself: an alias could be pointed at another one.
	ARN string
}

// KeyARN is the key's ARN.
func (k Key) KeyARN() string { return k.ARN }

// Sign signs a SHA-384 digest.
func (k Key) Sign(ctx context.Context, digest []byte) ([]byte, error) {
	in := struct {
		KeyId, MessageType, SigningAlgorithm string
		Message                              []byte
	}{k.ARN, "DIGEST", "ECDSA_SHA_384", digest}
	var out struct{ Signature []byte }
	if err := signedcall.KeyService(k.Config).Call(ctx, "Sign", in, &out); err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.ARN, err)
	}
	return out.Signature, nil
}

// PublicKey asks for the key that verifies.
func (k Key) PublicKey(ctx context.Context) (seal.Key, error) {
	var out struct{ PublicKey []byte }
	if err := signedcall.KeyService(k.Config).Call(ctx, "GetPublicKey", struct{ KeyId string }{k.ARN}, &out); err != nil {
		return seal.Key{}, fmt.Errorf("get the public key of %s: %w", k.ARN, err)
	}
	key, err := seal.ParseKey(out.PublicKey)
	if err != nil {
		return seal.Key{}, fmt.Errorf("read the public key of %s: %w", k.ARN, err)
	}
	return key, nil
}
