package kernel

import (
	"encoding/base64"
	"slices"
)

// Page cuts one page out of sorted keys. The token of the next one names the
// last key that was shown, so that keys which come and go in between neither
// repeat nor hide others. At most limit keys, or as many as the caller asked
// for, are on it.
func Page(keys []string, compare func(a, b string) int, token *string, asked *int32, limit int) ([]string, *string, error) {
	size := limit
	if asked != nil && *asked != 0 {
		size = int(*asked)
	}
	if size < 0 || size > limit {
		return nil, nil, InvalidParameter("maxResults must be between 1 and %d.", limit)
	}
	if token != nil && *token != "" {
		last, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil {
			return nil, nil, InvalidParameter("Invalid token.")
		}
		start, found := slices.BinarySearchFunc(keys, string(last), compare)
		if found {
			start++
		}
		keys = keys[start:]
	}
	if len(keys) <= size {
		return keys, nil, nil
	}
	shown := keys[:size]
	next := base64.RawURLEncoding.EncodeToString([]byte(shown[size-1]))
	return shown, &next, nil
}
