package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// Key is a public key that may have signed.
type Key struct {
	public *ecdsa.PublicKey
	der    [sha256.Size]byte
}

// Fingerprint is the SHA-256 of the key as KMS's GetPublicKey returns it, in
// hexadecimal: openssl pkey -pubin -outform DER | sha256sum prints the same.
func (k Key) Fingerprint() string { return hex.EncodeToString(k.der[:]) }

// ParseKey reads a public key as KMS's GetPublicKey returns it: DER, on P-384.
func ParseKey(der []byte) (Key, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return Key{}, fmt.Errorf("it is not a public key: %w", err)
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P384() {
		return Key{}, errors.New("it is not an ECDSA key on the curve P-384 (KMS: ECC_NIST_P384)")
	}
	return Key{public, sha256.Sum256(der)}, nil
}

// ParsePEM reads one or several public keys in PEM.
func ParsePEM(text []byte) ([]Key, error) {
	var keys []Key
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		if block.Type != "PUBLIC KEY" {
			return nil, fmt.Errorf("it holds a %s where a PUBLIC KEY is expected", block.Type)
		}
		key, err := ParseKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys, text = append(keys, key), rest
	}
	if len(keys) == 0 || len(bytes.TrimSpace(text)) > 0 {
		return nil, errors.New("it is not PEM, -----BEGIN PUBLIC KEY-----")
	}
	return keys, nil
}
