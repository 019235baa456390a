// Package format also writes findings in files as what code review reads: SARIF,
// JUnit, GitLab's code quality and GitHub's annotations.
package format

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"

	"fipsguard/internal/guard"
)

// Located is what a rule says about a place in a file.
type Located struct {
	File         string // as it was named; - is the standard input
	Line, Column int    // from 1; 0 is not known
	Name         string // of the resource
	Rule         guard.RuleID
	Status       guard.Verdict
	Severity     guard.Severity
	Message      string // of what is not compliant: what is wrong and what to change
	Ignored      string // why it may stand all the same; empty if it may not
	InFile       bool   // whether the file says so, not the policy
}

// fails reports whether someone has to look at it.
func (l Located) fails() bool { return l.Severity > guard.Info && l.Ignored == "" }

// Unread is a file that could not be read.
type Unread struct{ File, Reason string }

// artifactURI is a file's relative URI, which code scanning finds in the
// repository; the standard input has none.
func artifactURI(name string) string {
	if name == "-" {
		return "stdin"
	}
	return (&url.URL{Path: filepath.ToSlash(filepath.Clean(name))}).String()
}

// fingerprints tell findings apart over time: by what they are about, not by the
// line, which moves. Of several of one rule in one place of a name, each has its
// own.
func fingerprints(all []Located) []string {
	seen := map[string]int{}
	prints := make([]string, len(all))
	for i, l := range all {
		about := fmt.Sprintf("%s\x00%s\x00%s", l.Rule, artifactURI(l.File), l.Name)
		seen[about]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", about, seen[about]))
		prints[i] = hex.EncodeToString(sum[:16])
	}
	return prints
}
