package ecsexec

import (
	"crypto/rand"
	"fmt"
)

// messageID is a UUID in its usual byte order.
type messageID [16]byte

// newID is a random UUID (RFC 9562, version 4).
func newID() messageID {
	var id messageID
	_, _ = rand.Read(id[:]) // never fails: it ends the program instead
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (id messageID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// swapped turns the usual byte order into the wire's and back: frames carry the
// least significant half first.
func (id messageID) swapped() messageID {
	var s messageID
	copy(s[:8], id[8:])
	copy(s[8:], id[:8])
	return s
}
