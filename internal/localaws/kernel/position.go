package kernel

import (
	"encoding/base64"
	"strconv"
)

// A position is a page token for what is only ever added to: a place in the
// order in which things were added.

// PositionToken is the token of a position.
func PositionToken(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(n)))
}

// Position reads a token of at most so many.
func Position(token string, most int) (int, bool) {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(string(data))
	return n, err == nil && n >= 0 && n <= most
}
