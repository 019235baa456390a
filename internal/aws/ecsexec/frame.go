package ecsexec

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// A frame on the wire, big-endian:
//
//	offset  0  header length, u32: 116, or 112 when there is no payload type
//	        4  message type, 32 bytes padded with spaces or NULs
//	       36  schema version, u32
//	       40  created, ms since 1970, u64
//	       48  sequence number, i64
//	       56  flags, u64
//	       64  message id, 16 bytes: a UUID with its two halves swapped
//	       80  SHA-256 of the payload
//	      112  payload type, u32
//	      116  payload length, u32 (at 112 without a payload type)
//	      120  payload
const (
	offsetType     = 4
	offsetSchema   = 36
	offsetCreated  = 40
	offsetSequence = 48
	offsetFlags    = 56
	offsetID       = 64
	offsetDigest   = 80
	offsetPayload  = 112

	shortHeader   = 112
	longHeader    = 116
	lengthSize    = 4
	schemaVersion = 1
)

// Message types. The client sends the first two; the others reach it. Whatever
// else reaches it is not about the output and is ignored.
const (
	typeInput       = "input_stream_data"
	typeAcknowledge = "acknowledge"
	typeOutput      = "output_stream_data"
	typeClosed      = "channel_closed"
)

// Payload types within the two data streams.
const (
	payloadNone              uint32 = 0
	payloadOutput            uint32 = 1
	payloadError             uint32 = 2
	payloadHandshakeRequest  uint32 = 5
	payloadHandshakeResponse uint32 = 6
	payloadHandshakeComplete uint32 = 7
	payloadChallenge         uint32 = 8
	payloadChallengeResponse uint32 = 9
	payloadFlag              uint32 = 10
	payloadStderr            uint32 = 11
	payloadExitCode          uint32 = 12
)

const (
	flagSYN uint64 = 1 << 0 // the first frame of a stream
	flagFIN uint64 = 1 << 1 // the last one
)

// frame is one message of the channel. Its digest and lengths exist on the wire
// only.
type frame struct {
	Type        string
	Created     time.Time // in UTC, to the millisecond
	Sequence    int64
	Flags       uint64
	ID          messageID
	PayloadType uint32 // payloadNone where the header has no such member
	Payload     []byte
}

// encode is the frame's wire form, always with the long header.
func (f frame) encode() []byte {
	b := make([]byte, longHeader+lengthSize+len(f.Payload))
	binary.BigEndian.PutUint32(b, longHeader)
	copy(b[offsetType:offsetSchema], f.Type+strings.Repeat(" ", offsetSchema-offsetType))
	binary.BigEndian.PutUint32(b[offsetSchema:], schemaVersion)
	binary.BigEndian.PutUint64(b[offsetCreated:], uint64(f.Created.UnixMilli()))
	binary.BigEndian.PutUint64(b[offsetSequence:], uint64(f.Sequence))
	binary.BigEndian.PutUint64(b[offsetFlags:], f.Flags)
	id := f.ID.swapped()
	copy(b[offsetID:], id[:])
	digest := sha256.Sum256(f.Payload)
	copy(b[offsetDigest:], digest[:])
	binary.BigEndian.PutUint32(b[offsetPayload:], f.PayloadType)
	binary.BigEndian.PutUint32(b[longHeader:], uint32(len(f.Payload)))
	copy(b[longHeader+lengthSize:], f.Payload)
	return b
}

// typeOf is the message type of a frame that may otherwise be malformed. What
// the client ignores is not held to the rules of decode: AWS's plugin does not
// check start_publication and pause_publication either.
func typeOf(message []byte) (string, error) {
	if len(message) < offsetSchema {
		return "", fmt.Errorf("%w: a message of %d bytes has no type", ErrProtocol, len(message))
	}
	return string(bytes.TrimRight(message[offsetType:offsetSchema], " \x00")), nil
}

// decode reads one frame that fills the message exactly and matches its digest;
// anything else is ErrProtocol. The payload is a part of message, not a copy.
func decode(message []byte) (frame, error) {
	kind, err := typeOf(message)
	if err != nil {
		return frame{}, err
	}
	header := binary.BigEndian.Uint32(message)
	if header != shortHeader && header != longHeader {
		return frame{}, fmt.Errorf("%w: a header of %d bytes", ErrProtocol, header)
	}
	start := int(header) + lengthSize
	if len(message) < start {
		return frame{}, fmt.Errorf("%w: a message of %d bytes is shorter than its header", ErrProtocol, len(message))
	}
	if schema := binary.BigEndian.Uint32(message[offsetSchema:]); schema != schemaVersion {
		return frame{}, fmt.Errorf("%w: schema version %d", ErrProtocol, schema)
	}
	payload := message[start:]
	if length := binary.BigEndian.Uint32(message[header:]); int64(length) != int64(len(payload)) {
		return frame{}, fmt.Errorf("%w: a payload of %d bytes says it has %d", ErrProtocol, len(payload), length)
	}
	digest := sha256.Sum256(payload)
	if subtle.ConstantTimeCompare(digest[:], message[offsetDigest:offsetPayload]) != 1 {
		return frame{}, fmt.Errorf("%w: a payload does not match its digest", ErrProtocol)
	}
	f := frame{
		Type:     kind,
		Created:  time.UnixMilli(int64(binary.BigEndian.Uint64(message[offsetCreated:]))).UTC(),
		Sequence: int64(binary.BigEndian.Uint64(message[offsetSequence:])),
		Flags:    binary.BigEndian.Uint64(message[offsetFlags:]),
		ID:       messageID(message[offsetID:offsetDigest]).swapped(),
		Payload:  payload,
	}
	if header == longHeader {
		f.PayloadType = binary.BigEndian.Uint32(message[offsetPayload:])
	}
	return f, nil
}
