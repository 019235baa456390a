package seal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Envelope is DSSE's: bytes, what they are, and who signed both.
type Envelope struct {
	Payload     []byte      `json:"payload"` // in JSON: base64
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is one signature of an envelope.
type Signature struct {
	KeyID     string `json:"keyid"` // a hint, which nothing protects
	Signature []byte `json:"sig"`   // ASN.1, in JSON: base64
}

// Sign signs a SHA-384 digest by ECDSA and returns the signature as ASN.1.
type Sign func(ctx context.Context, digest []byte) ([]byte, error)

// Seal returns the JSON of an envelope around a payload.
func Seal(ctx context.Context, sign Sign, keyID, payloadType string, payload []byte) ([]byte, error) {
	signature, err := sign(ctx, digest(payloadType, payload))
	if err != nil {
		return nil, err
	}
	return Envelope{payload, payloadType, []Signature{{keyID, signature}}}.Bytes()
}

// Bytes is the envelope's JSON as Seal writes it. The payload is encoded once and
// in place: a report of 10,000 tasks has 16 MB.
func (e Envelope) Bytes() ([]byte, error) {
	payload := e.Payload
	e.Payload = []byte{}
	around, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	const begin = `{"payload":"`
	data := make([]byte, 0, len(around)+base64.StdEncoding.EncodedLen(len(payload))+len("\n"))
	data = base64.StdEncoding.AppendEncode(append(data, begin...), payload)
	return append(append(data, around[len(begin):]...), '\n'), nil
}

// Parse reads an envelope, of which nothing is believed yet. As DSSE demands, it
// takes both alphabets of base64 and ignores members that it does not know.
func Parse(data []byte) (Envelope, error) {
	var read struct {
		Payload     encoded `json:"payload"`
		PayloadType string  `json:"payloadType"`
		Signatures  []struct {
			KeyID     string  `json:"keyid"`
			Signature encoded `json:"sig"`
		} `json:"signatures"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return Envelope{}, fmt.Errorf("it is not a DSSE envelope: %w", err)
	}
	e := Envelope{Payload: read.Payload, PayloadType: read.PayloadType}
	for _, s := range read.Signatures {
		e.Signatures = append(e.Signatures, Signature{s.KeyID, s.Signature})
	}
	return e, nil
}

// Open returns the key that signed the envelope, of those given. Only then may
// the payload be believed.
func (e Envelope) Open(payloadType string, keys ...Key) (Key, error) {
	switch {
	case e.PayloadType != payloadType:
		return Key{}, fmt.Errorf("its payload type is %q, want %q", e.PayloadType, payloadType)
	case len(e.Signatures) == 0:
		return Key{}, errors.New("it is not signed")
	}
	sum := digest(e.PayloadType, e.Payload)
	for _, s := range e.Signatures {
		for _, key := range keys {
			if ecdsa.VerifyASN1(key.public, sum, s.Signature) {
				return key, nil
			}
		}
	}
	return Key{}, errors.New("its signature does not match its content and the key")
}

// digest is the SHA-384 of what DSSE signs, the pre-authentication encoding.
func digest(payloadType string, payload []byte) []byte {
	sum := sha512.New384()
	_ = pae(sum, payloadType, payload) // a hash's Write does not fail
	return sum.Sum(nil)
}

func pae(w io.Writer, payloadType string, payload []byte) error {
	_, err := fmt.Fprintf(w, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	if err == nil {
		_, err = w.Write(payload)
	}
	return err
}

// encoded is base64 of either alphabet.
type encoded []byte

// UnmarshalText decodes it.
func (e *encoded) UnmarshalText(text []byte) error {
	alphabet := base64.StdEncoding
	if bytes.ContainsAny(text, "-_") {
		alphabet = base64.URLEncoding
	}
	data := make([]byte, alphabet.DecodedLen(len(text)))
	n, err := alphabet.Decode(data, text)
	*e = data[:n]
	return err
}
