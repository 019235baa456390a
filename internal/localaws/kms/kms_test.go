package kms_test

import (
	"crypto/ecdsa"
	"crypto/sha512"
	"crypto/x509"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func TestASignatureVerifiesWithThePublicKey(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	arn, err := a.CreateSigningKey(localtest.West, all.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	client := kms.NewFromConfig(localtest.Config(a, all.Verifier, localtest.West))
	digest := sha512.Sum384([]byte("report"))
	out, err := client.Sign(t.Context(), signing(arn, digest[:]))
	if err != nil {
		t.Fatal(err)
	}
	known, err := client.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &arn})
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(known.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := public.(*ecdsa.PublicKey)
	if !ok || !ecdsa.VerifyASN1(key, digest[:], out.Signature) || known.KeySpec != types.KeySpecEccNistP384 || aws.ToString(out.KeyId) != arn {
		t.Errorf("the signature does not verify with %+v", known)
	}
}

func signing(arn string, digest []byte) *kms.SignInput {
	return &kms.SignInput{KeyId: &arn, Message: digest, MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha384}
}

// TestOnlyWhoTheKeyNamesSigns: an administrator may read the public key only.
func TestOnlyWhoTheKeyNamesSigns(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	arn, err := a.CreateSigningKey(localtest.West, all.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	digest := make([]byte, sha512.Size384)
	short := signing(arn, digest[1:])
	other := signing(arn, digest)
	other.SigningAlgorithm = types.SigningAlgorithmSpecEcdsaSha256
	for _, c := range []struct {
		who    localaws.Principal
		region string
		in     *kms.SignInput
		want   string
	}{
		{all.Verifier, localtest.West, signing(arn, digest), ""},
		{all.Admin, localtest.West, signing(arn, digest), "AccessDeniedException"},
		{all.Verifier, localtest.East, signing(arn, digest), "NotFoundException"},
		{all.Verifier, localtest.West, signing("alias/none", digest), "NotFoundException"},
		{all.Verifier, localtest.West, short, "ValidationException"},
		{all.Verifier, localtest.West, other, "InvalidKeyUsageException"},
	} {
		client := kms.NewFromConfig(localtest.Config(a, c.who, c.region))
		if _, err := client.Sign(t.Context(), c.in); localtest.Code(err) != c.want {
			t.Errorf("%s in %s signs with %s: %v, want %q", c.who.CallerARN(), c.region, *c.in.KeyId, err, c.want)
		}
		if _, err := client.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: c.in.KeyId}); (err == nil) != (c.want != "NotFoundException") {
			t.Errorf("%s in %s reads the public key of %s: %v", c.who.CallerARN(), c.region, *c.in.KeyId, err)
		}
	}
}
