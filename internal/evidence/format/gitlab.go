package format

import (
	"encoding/json"
	"io"
	"path/filepath"

	"fipsguard/internal/guard"
)

// The parts of GitLab's code quality report, which is Code Climate's.
type (
	qualityIssue struct {
		Description string       `json:"description"`
		Check       string       `json:"check_name"`
		Fingerprint string       `json:"fingerprint"`
		Severity    string       `json:"severity"`
		Location    qualityPlace `json:"location"`
	}
	qualityPlace struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"`
	}
)

// WriteGitLab writes what someone has to look at as GitLab's code quality
// report. A file that could not be read is an issue, too.
func WriteGitLab(out io.Writer, all []Located, unread []Unread) error {
	issues := []qualityIssue{}
	prints := fingerprints(all)
	for i, l := range all {
		if !l.fails() {
			continue
		}
		severity := "minor"
		if l.Status == guard.NonCompliant {
			severity = "critical"
		}
		issues = append(issues, qualityIssue{
			l.Message, string(l.Rule), prints[i], severity, qualityPlace{slashed(l.File), qualityLines{max(1, l.Line)}},
		})
	}
	for _, u := range unread {
		print := fingerprints([]Located{{File: u.File, Rule: "unreadable"}})[0]
		issues = append(issues, qualityIssue{u.Reason, "unreadable", print, "major", qualityPlace{slashed(u.File), qualityLines{1}}})
	}
	text := json.NewEncoder(out)
	text.SetEscapeHTML(false)
	text.SetIndent("", "  ")
	return text.Encode(issues)
}

func slashed(name string) string { return filepath.ToSlash(filepath.Clean(name)) }
