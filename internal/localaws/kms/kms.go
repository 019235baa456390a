// Package kms is the part of KMS that signs: asymmetric keys that never leave
// it. They sign for real, so that other programs can verify.
package kms

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

// Keys are an account's keys.
type Keys struct {
	kernel *kernel.Kernel
	byARN  map[string]key
}

// key is a key of the spec ECC_NIST_P384 for signatures, with who may sign by
// its policy.
type key struct {
	private *ecdsa.PrivateKey
	signers []string // the ARNs of users and roles
}

// New adds KMS to an account.
func New(k *kernel.Kernel) *Keys {
	s := &Keys{kernel: k, byARN: map[string]key{}}
	k.Serve(kernel.Service{
		Name: "kms", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"TrentService"},
		Operations: map[string]kernel.Operation{
			"Sign":         {Perform: kernel.With(s.sign)},
			"GetPublicKey": {Perform: kernel.With(s.getPublicKey)},
		},
	})
	return s
}

// CreateSigningKey makes a key in a Region of the account with which only some
// principals may sign, and returns its ARN.
func (s *Keys) CreateSigningKey(regionName string, signers ...kernel.Principal) (string, error) {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return "", fmt.Errorf("create a key: %w", err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("create a key: %w", err)
	}
	made := key{private: private}
	for _, p := range signers {
		made.signers = append(made.signers, p.ARN)
	}
	s.kernel.Lock()
	defer s.kernel.Unlock()
	arn := region.ARN("kms", fmt.Sprintf("key/00000000-0000-4000-8000-%012d", len(s.byARN)+1))
	s.byARN[arn] = made
	return arn, nil
}

// find is the key that a caller means by its ARN or its ID.
func (s *Keys) find(r *kernel.Request, id string) (arn string, of key, err error) {
	if id == "" {
		return "", key{}, kernel.ClientError("ValidationException", "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null")
	}
	arn = id
	if !strings.HasPrefix(arn, "arn:") {
		arn = r.Region.ARN("kms", "key/"+arn)
	}
	found, ok := s.byARN[arn]
	if !ok || !strings.HasPrefix(arn, r.Region.ARN("kms", "")) {
		return "", key{}, kernel.ClientError("NotFoundException", "Key '%s' does not exist", arn)
	}
	return arn, found, nil
}

// What is on the wire. The SDK's client of KMS, with its types, would be in the
// command line then.
type (
	signInput struct {
		KeyId, MessageType, SigningAlgorithm string
		Message                              []byte
	}
	signOutput struct {
		KeyId            string
		Signature        []byte
		SigningAlgorithm string
	}
	getPublicKeyInput  struct{ KeyId string }
	getPublicKeyOutput struct {
		KeyId, KeySpec, CustomerMasterKeySpec, KeyUsage string
		PublicKey                                       []byte
		SigningAlgorithms                               []string
	}
)

const (
	keySpec     = "ECC_NIST_P384"
	ecdsaSHA384 = "ECDSA_SHA_384"
)

// sign signs digests: of whole messages nobody needs it here.
func (s *Keys) sign(r *kernel.Request, in signInput) (*signOutput, error) {
	arn, key, err := s.find(r, in.KeyId)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(key.signers, r.Principal.ARN):
		return nil, kernel.AccessDenied(r.Principal, r.Action())
	case in.SigningAlgorithm != ecdsaSHA384:
		return nil, kernel.ClientError("InvalidKeyUsageException", "Algorithm %s is incompatible with key spec ECC_NIST_P384.", in.SigningAlgorithm)
	case in.MessageType != "DIGEST":
		return nil, kernel.ClientError("ValidationException", "This local account signs messages of type DIGEST only.")
	case len(in.Message) != 48:
		return nil, kernel.ClientError("ValidationException", "Digest is invalid length for algorithm %s.", in.SigningAlgorithm)
	}
	signature, err := ecdsa.SignASN1(rand.Reader, key.private, in.Message)
	if err != nil {
		return nil, err
	}
	return &signOutput{arn, signature, in.SigningAlgorithm}, nil
}

func (s *Keys) getPublicKey(r *kernel.Request, in getPublicKeyInput) (*getPublicKeyOutput, error) {
	arn, key, err := s.find(r, in.KeyId)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.private.PublicKey)
	if err != nil {
		return nil, err
	}
	return &getPublicKeyOutput{
		KeyId: arn, PublicKey: public, KeySpec: keySpec, CustomerMasterKeySpec: keySpec, KeyUsage: "SIGN_VERIFY", SigningAlgorithms: []string{ecdsaSHA384},
	}, nil
}
