package evidence

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is the SHA-256 of a report's bytes in hexadecimal, as sha256sum prints
// it.
func Digest(report []byte) string {
	sum := sha256.Sum256(report)
	return hex.EncodeToString(sum[:])
}
