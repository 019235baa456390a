package ecsexec

import (
	"context"
	"encoding/json"
	"fmt"
)

// clientVersion is the plugin's version that the channel was measured with.
const clientVersion = "1.3.0.0"

const (
	actionSessionType = "SessionType"
	actionEncryption  = "KMSEncryption"
	actionSuccess     = 1
)

type handshakeRequest struct {
	RequestedClientActions []struct {
		ActionType       string
		ActionParameters json.RawMessage
	}
}

type encryptionParameters struct {
	KMSKeyID string `json:"KMSKeyId"`
}

type handshakeResponse struct {
	ClientVersion          string
	ProcessedClientActions []processedAction
	Errors                 []string
}

type processedAction struct {
	ActionType   string
	ActionStatus int
	ActionResult *encryptionResult
	Error        string
}

type encryptionResult struct {
	KMSCipherTextKey []byte
}

type challenge struct {
	Challenge []byte
}

// stage is how far the handshake has come.
type stage int

const (
	stageOpen      stage = iota // nothing arrived yet: a handshake may begin, or output without one
	stageChallenge              // encryption agreed, its proof outstanding
	stageComplete               // answered; the agent's last word is outstanding
	stageOutput                 // output may arrive
)

// handshake agrees on encryption before the output. ECS Exec begins one only
// when a KMS key is configured (measured), and then before anything else.
type handshake struct {
	stage   stage
	keys    *sessionKeys // nil: the session is not encrypted
	maker   Keys
	context map[string]string
}

// answer is the response to the agent's request. Encryption that was asked for
// and is impossible is ErrEncryption: the session must not go on.
func (h *handshake) answer(ctx context.Context, payload []byte) ([]byte, error) {
	if h.stage != stageOpen {
		return nil, fmt.Errorf("%w: a handshake request out of turn", ErrProtocol)
	}
	var request handshakeRequest
	if err := json.Unmarshal(payload, &request); err != nil {
		return nil, fmt.Errorf("%w: a handshake request that cannot be read", ErrProtocol)
	}
	response := handshakeResponse{
		ClientVersion:          clientVersion,
		ProcessedClientActions: []processedAction{},
		Errors:                 []string{},
	}
	h.stage = stageComplete
	for _, action := range request.RequestedClientActions {
		processed := processedAction{ActionType: action.ActionType, ActionStatus: actionSuccess}
		switch action.ActionType {
		case actionSessionType:
		case actionEncryption:
			result, err := h.encrypt(ctx, action.ActionParameters)
			if err != nil {
				return nil, err
			}
			processed.ActionResult = result
			h.stage = stageChallenge
		default:
			return nil, fmt.Errorf("%w: the handshake asks for an unknown action", ErrProtocol)
		}
		response.ProcessedClientActions = append(response.ProcessedClientActions, processed)
	}
	return json.Marshal(response)
}

func (h *handshake) encrypt(ctx context.Context, parameters []byte) (*encryptionResult, error) {
	if h.keys != nil {
		return nil, fmt.Errorf("%w: the handshake asks twice for encryption", ErrProtocol)
	}
	var asked encryptionParameters
	if err := json.Unmarshal(parameters, &asked); err != nil {
		return nil, fmt.Errorf("%w: encryption parameters that cannot be read", ErrProtocol)
	}
	if h.maker == nil {
		return nil, fmt.Errorf("%w: nothing here makes data keys", ErrEncryption)
	}
	plaintext, ciphertext, err := h.maker.GenerateDataKey(ctx, asked.KMSKeyID, h.context)
	defer clear(plaintext)
	if err != nil && ctx.Err() != nil {
		return nil, stopped(ctx, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: generate data key: %w", ErrEncryption, err)
	}
	if h.keys, err = newSessionKeys(plaintext); err != nil {
		return nil, err
	}
	return &encryptionResult{KMSCipherTextKey: ciphertext}, nil
}

// prove answers the agent's challenge: decrypted with one key, encrypted with
// the other, which shows that both sides hold both.
func (h *handshake) prove(payload []byte) ([]byte, error) {
	if h.stage != stageChallenge {
		return nil, fmt.Errorf("%w: an encryption challenge out of turn", ErrProtocol)
	}
	var asked challenge
	if err := json.Unmarshal(payload, &asked); err != nil {
		return nil, fmt.Errorf("%w: an encryption challenge that cannot be read", ErrProtocol)
	}
	plain, err := h.keys.open(asked.Challenge)
	if err != nil {
		return nil, err
	}
	h.stage = stageComplete
	return json.Marshal(challenge{Challenge: h.keys.seal(plain)})
}

// complete takes the agent's word that the handshake is over.
func (h *handshake) complete() error {
	if h.stage != stageComplete {
		return fmt.Errorf("%w: the handshake's end out of turn", ErrProtocol)
	}
	h.stage = stageOutput
	return nil
}

// read is the text of an output payload, decrypted if that was agreed. Output
// in the middle of a handshake is ErrProtocol.
func (h *handshake) read(payload []byte) ([]byte, error) {
	switch h.stage {
	case stageOpen:
		h.stage = stageOutput
	case stageOutput:
	case stageChallenge, stageComplete:
		return nil, fmt.Errorf("%w: output in the middle of the handshake", ErrProtocol)
	}
	if h.keys == nil {
		return payload, nil
	}
	return h.keys.open(payload)
}

// pending says whether a handshake began and did not end.
func (h *handshake) pending() bool {
	return h.stage == stageChallenge || h.stage == stageComplete
}
