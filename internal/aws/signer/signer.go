package signer

import (
	"context"
	"fmt"

	"fipsguard/internal/evidence/seal"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Keys is the part of KMS that is used; *kms.Client has it.
type Keys interface {
	Sign(context.Context, *kms.SignInput, ...func(*kms.Options)) (*kms.SignOutput, error)
	GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error)
}

// Key is one key of KMS, of the spec ECC_NIST_P384.
type Key struct {
	Keys Keys
	// ARN is that of the key itself: an alias could be pointed at another one.
	ARN string
}

// KeyARN is the key's ARN.
func (k Key) KeyARN() string { return k.ARN }

// Sign signs a SHA-384 digest.
func (k Key) Sign(ctx context.Context, digest []byte) ([]byte, error) {
	out, err := k.Keys.Sign(ctx, &kms.SignInput{
		KeyId: aws.String(k.ARN), Message: digest, MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha384,
	})
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.ARN, err)
	}
	return out.Signature, nil
}

// PublicKey asks for the key that verifies.
func (k Key) PublicKey(ctx context.Context) (seal.Key, error) {
	out, err := k.Keys.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: aws.String(k.ARN)})
	if err != nil {
		return seal.Key{}, fmt.Errorf("get the public key of %s: %w", k.ARN, err)
	}
	key, err := seal.ParseKey(out.PublicKey)
	if err != nil {
		return seal.Key{}, fmt.Errorf("read the public key of %s: %w", k.ARN, err)
	}
	return key, nil
}
