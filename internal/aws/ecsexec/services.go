package ecsexec

import (
	"context"
	"fmt"

	"fipsguard/internal/aws/signedcall"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// SystemsManager is Sessions in AWS.
type SystemsManager struct{ Config aws.Config }

// TerminateSession ends a session.
func (s SystemsManager) TerminateSession(ctx context.Context, sessionID string) error {
	in := struct{ SessionId string }{sessionID}
	if err := signedcall.SystemsManager(s.Config).Call(ctx, "TerminateSession", in, &struct{}{}); err != nil {
		return fmt.Errorf("terminate session: %w", err)
	}
	return nil
}

// KeyService is Keys in AWS.
type KeyService struct{ Config aws.Config }

// GenerateDataKey asks KMS for a data key of 64 bytes.
func (k KeyService) GenerateDataKey(ctx context.Context, keyID string, encryptionContext map[string]string) (plaintext, ciphertext []byte, err error) {
	in := struct {
		EncryptionContext map[string]string
		KeyId             string
		NumberOfBytes     int
	}{encryptionContext, keyID, dataKeySize}
	var out struct{ Plaintext, CiphertextBlob []byte }
	if err := signedcall.KeyService(k.Config).Call(ctx, "GenerateDataKey", in, &out); err != nil {
		return nil, nil, fmt.Errorf("generate data key: %w", err)
	}
	return out.Plaintext, out.CiphertextBlob, nil
}
