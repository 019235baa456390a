package format

import (
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/guard"
)

// WriteGitHub writes what someone has to look at as the commands by which a
// GitHub workflow annotates a change.
func WriteGitHub(out io.Writer, all []Located, unread []Unread) error {
	var b strings.Builder
	for _, l := range all {
		if !l.fails() {
			continue
		}
		level := "error"
		if l.Status == guard.InsufficientData {
			level = "warning"
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level,
			githubProperty(slashed(l.File)), max(1, l.Line), max(1, l.Column), githubProperty(string(l.Rule)), githubText(l.Message))
	}
	for _, u := range unread {
		fmt.Fprintf(&b, "::error file=%s,title=unreadable::%s\n", githubProperty(slashed(u.File)), githubText(u.Reason))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// githubText and githubProperty escape as GitHub's own toolkit does.
func githubText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
