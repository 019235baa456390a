package kernel

import (
	"encoding/base64"
	"slices"
)

// Page cuts one page out of sorted keys. The token of the next one names the
// last key that was shown, so that keys which come and go in between neither
// repeat nor hide others. At most limit keys, or as many as the caller asked
// for, are on it.
func Page(keys []string, compare func(a, b string) int, token string, asked, limit int) ([]string, string, error) {
	switch {
	case asked < 0 || asked > limit:
		return nil, "", InvalidParameter("maxResults must be between 1 and %d.", limit)
	case asked == 0:
		asked = limit
	}
	if token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", InvalidParameter("Invalid token.")
		}
		start, found := slices.BinarySearchFunc(keys, string(last), compare)
		if found {
			start++
		}
		keys = keys[start:]
	}
	if len(keys) <= asked {
		return keys, "", nil
	}
	shown := keys[:asked]
	return shown, base64.RawURLEncoding.EncodeToString([]byte(shown[asked-1])), nil
}
