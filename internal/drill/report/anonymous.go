package report

import "regexp"

// private are the texts that say whose account it is, the longest kinds first.
func private() []struct {
	of   *regexp.Regexp
	word string
} {
	return []struct {
		of   *regexp.Regexp
		word string
	}{
		{regexp.MustCompile(`\barn:[^\s"',;]+`), "ARN"},
		{regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s"',;]+`), "URL"},
		{regexp.MustCompile(`[\w.+-]+@[\w.-]+`), "EMAIL"},
		{regexp.MustCompile(`\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b`), "ID"},
		{regexp.MustCompile(`\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}\b`), "KEY"},
		{regexp.MustCompile(`\b(subnet|sg|vpc|eni|i)-[0-9a-f]{6,}\b`), "ID"},
		{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`), "ADDRESS"},
		{regexp.MustCompile(`\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,}\b`), "ADDRESS"},
		{regexp.MustCompile(`\d{12}`), "ACCOUNT"},
		{regexp.MustCompile(`\b[0-9a-f]{16,}\b`), "ID"},
	}
}

// anonymous is a text without what says whose account it is about.
func anonymous(text string) string {
	for _, p := range private() {
		text = p.of.ReplaceAllString(text, p.word)
	}
	return text
}
