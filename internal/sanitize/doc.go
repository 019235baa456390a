// Package sanitize makes other people's text safe for where it is shown: a
// line, a terminal, printable ASCII.
package sanitize
