// Package sanitize makes other people's text safe for where it is shown: a
// line, or printable ASCII.
package sanitize
