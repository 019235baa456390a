package ecsexec

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// Keys makes data keys; KMS's GenerateDataKey is one.
type Keys interface {
	// GenerateDataKey asks for a data key of 64 bytes under a KMS key, bound to
	// an encryption context, and returns it in plain and encrypted. The caller
	// owns plaintext and overwrites it.
	GenerateDataKey(ctx context.Context, keyID string, encryptionContext map[string]string) (plaintext, ciphertext []byte, err error)
}

const (
	keySize     = 32
	dataKeySize = 2 * keySize
)

// sessionKeys encrypt a session's payloads with AES-256-GCM, a key for each
// direction, the nonce before the ciphertext.
type sessionKeys struct {
	fromAgent cipher.AEAD
	toAgent   cipher.AEAD
}

// newSessionKeys splits a data key: the first half is for what the agent sends,
// the second for what the client sends.
func newSessionKeys(dataKey []byte) (*sessionKeys, error) {
	if len(dataKey) != dataKeySize {
		return nil, fmt.Errorf("%w: a data key of %d bytes", ErrEncryption, len(dataKey))
	}
	fromAgent, err := aead(dataKey[:keySize])
	if err != nil {
		return nil, err
	}
	toAgent, err := aead(dataKey[keySize:])
	if err != nil {
		return nil, err
	}
	return &sessionKeys{fromAgent: fromAgent, toAgent: toAgent}, nil
}

// aead draws its own nonces, which also makes it the form of GCM that FIPS-only
// mode allows.
func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	return gcm, nil
}

// open decrypts what the agent sent, or fails with ErrEncryption.
func (k *sessionKeys) open(payload []byte) ([]byte, error) {
	plain, err := k.fromAgent.Open(nil, nil, payload, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: a payload does not decrypt: %w", ErrEncryption, err)
	}
	return plain, nil
}

// seal encrypts what the client sends.
func (k *sessionKeys) seal(plain []byte) []byte {
	return k.toAgent.Seal(nil, nil, plain, nil)
}
