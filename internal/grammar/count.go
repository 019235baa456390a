// Package grammar writes numbers with their nouns.
package grammar

import "strconv"

// Count is a number of things: "1 task", "3 tasks".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
