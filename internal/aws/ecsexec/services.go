package ecsexec

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// SystemsManager is Sessions in AWS.
type SystemsManager struct{ Client *ssm.Client }

// TerminateSession ends a session.
func (s SystemsManager) TerminateSession(ctx context.Context, sessionID string) error {
	_, err := s.Client.TerminateSession(ctx, &ssm.TerminateSessionInput{SessionId: aws.String(sessionID)})
	if err != nil {
		return fmt.Errorf("terminate session: %w", err)
	}
	return nil
}

// KeyService is Keys in AWS.
type KeyService struct{ Client *kms.Client }

// GenerateDataKey asks KMS for a data key of 64 bytes.
func (k KeyService) GenerateDataKey(ctx context.Context, keyID string, encryptionContext map[string]string) (plaintext, ciphertext []byte, err error) {
	out, err := k.Client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId: aws.String(keyID), NumberOfBytes: aws.Int32(dataKeySize), EncryptionContext: encryptionContext,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("generate data key: %w", err)
	}
	return out.Plaintext, out.CiphertextBlob, nil
}
