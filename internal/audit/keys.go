package audit

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Keys are CloudTrail's public keys, by fingerprint.
type Keys map[string]*rsa.PublicKey

// ParseKeys reads what `aws cloudtrail list-public-keys` prints.
func ParseKeys(text []byte) (Keys, error) {
	var list struct {
		PublicKeyList *[]struct {
			Value       string
			Fingerprint string
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read public keys: %w", err)
	}
	if list.PublicKeyList == nil {
		return nil, fmt.Errorf("read public keys: no PublicKeyList, which aws cloudtrail list-public-keys prints")
	}
	keys := Keys{}
	for _, k := range *list.PublicKeyList {
		der, err := base64.StdEncoding.DecodeString(k.Value)
		if err != nil {
			return nil, fmt.Errorf("read public key %s: %w", k.Fingerprint, err)
		}
		if err := keys.Add(k.Fingerprint, der); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// Add adds a key in PKCS #1, DER.
func (k Keys) Add(fingerprint string, der []byte) error {
	key, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		return fmt.Errorf("read public key %s: %w", fingerprint, err)
	}
	k[fingerprint] = key
	return nil
}

// ParseSignatures reads the signatures of digests, by key: in S3 they are
// metadata, which a download leaves behind.
func ParseSignatures(text []byte) (map[string]string, error) {
	var signatures map[string]string
	if err := json.Unmarshal(text, &signatures); err != nil {
		return nil, fmt.Errorf("read signatures: %w", err)
	}
	return signatures, nil
}
