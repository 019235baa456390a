package product

import "strings"

// IsAccount reports whether a text is an AWS account's number: 12 digits.
func IsAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}
