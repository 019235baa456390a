package fipsguard

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// retired are words and phrases of the private vocabulary that the project had
// once (CONTRIBUTING has the glossary), with what to write instead.
var retired = map[string]string{
	`\b(a|an|the|this|that|each|every|one|no|hourly|daily|scheduled|next|last|whole) looks?\b`: "scan",
	`\blook(s|ed)? (at|for) (the|an?|every)\b`:                                                 "check, read",
	`\bcould be looked\b`:                    "could be checked",
	`\bput (it |them |this )?right\b`:        "fix",
	`\bcorrect(ion|ions|ed|s)\b`:             "fix, remediation",
	`\bKeeper\b`:                             "verifier",
	`\bjudge[sd]?\b`:                         "check, evaluate",
	`\bpeople were told\b`:                   "was reported",
	`\b(was|were|is|are) told\b`:             "was reported",
	`\brefut(e|es|ed)\b`:                     "FIPS off (confirmed by kernel)",
	`\bproven tasks?\b|\b\d+ proven\b`:       "FIPS on (confirmed by kernel)",
	`\bcannot (be verified|verify)\b`:        "could not be checked",
	`\bnot attempted\b`:                      "not checked yet",
	`\bdoubts?\b`:                            "unknown",
	`\bstands as it was found\b`:             "has not changed",
	`\bcannot be FIPS\b`:                     "is on a platform without FIPS mode",
	`\bpolicy leaves it\b`:                   "not fixed (policy)",
	`\bdealt with\b`:                         "processed",
	`\bsomebody\b|\banybody\b|\beverybody\b`: "someone, you, everyone",
	`\bhears? (nothing|of|through)\b`:        "receives",
	`\bwithout a sound\b`:                    "without anyone noticing",
	`\bas far as it is known\b`:              "if known",
}

// code is a name, a command or a path in a Markdown text.
var code = regexp.MustCompile("`[^`]*`|\\b[\\w.-]+(/[\\w.-]+)+")

// TestPlainEnglish holds what people read against the retired words: alerts,
// help, docs and reports, as their goldens have them.
func TestPlainEnglish(t *testing.T) {
	var files []string
	for _, pattern := range []string{
		"README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "docs/*.md", "docs/schema/*.json",
		"cmd/fipsguard/testdata/*.txt", "cmd/fipsguard/testdata/*-stories/*", "internal/alert/testdata/*.golden", "internal/evidence/*/testdata/*.txt", "internal/simulation/testdata/*", "internal/simulation/scenarios/*",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 30 {
		t.Fatalf("only %d files of what people read were found", len(files))
	}
	files = slices.DeleteFunc(files, func(file string) bool { return file == "docs/facts.md" }) // it quotes its sources
	for word, instead := range retired {
		find := regexp.MustCompile(`(?i)` + word)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			number := 0
			for line := range strings.Lines(string(text)) {
				number++
				if file == "CONTRIBUTING.md" && strings.HasPrefix(line, "|") {
					continue // the glossary names them
				}
				line = strings.ReplaceAll(line, "When in doubt", "") // an idiom
				line = code.ReplaceAllString(line, "")               // names stay as they are
				if found := find.FindString(line); found != "" {
					t.Errorf("%s:%d says %q; write: %s", file, number, found, instead)
				}
			}
		}
	}
}
