package sanitize

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestWhatEachCleanerMakesOfAText(t *testing.T) {
	for _, c := range []struct{ name, text, printable, line, cut, ascii, terminal string }{
		{"harmless", "web:7", "web:7", "web:7", "web:7", "web:7", "web:7"},
		{"as long as it may be", "role/1234", "role/1234", "role/1234", "role/1234", "role/1234", "role/1234"},
		{"one character longer", "role/12345", "role/12345", "role/1234…", "role/1234… (cut: 10 characters in all)", "role/1...", "role/12345"},
		{"other scripts", "界界", "界界", "界界", "界界", "??", "界界"},
		{"cut between characters", "ééééééééééé", "ééééééééééé", "ééééééééé…", "ééééééééé… (cut: 11 characters in all)", "??????...", "ééééééééééé"},
		{"a line break", "a\r\nBcc: x", "a??Bcc: x", "a??Bcc: x", "a\r\nBcc: x", "a??Bcc: x", `a\r\nBcc: x`},
		{"an escape", "\x1b[2J", "?[2J", "?[2J", "\x1b[2J", "?[2J", `\x1b[2J`},
		{"a control of eight bits", "\u009b2J", "?2J", "?2J", "\u009b2J", "?2J", `\u009b2J`},
		{"a turned line", "\u202eevil\u2066", "?evil?", "?evil?", "\u202eevil\u2066", "?evil?", `\u202eevil\u2066`},
		{"what is invisible", "a\u200bb\u2028c", "a?b?c", "a?b?c", "a\u200bb\u2028c", "a?b?c", `a\u200bb\u2028c`},
		{"no UTF-8", "a\x9b2J", "a\ufffd2J", "a\ufffd2J", "a\x9b2J", "a?2J", "a\ufffd2J"},
		{"empty", "", "", "", "", "", ""},
	} {
		for cleaner, got := range map[string][2]string{
			"Printable": {Printable(c.text), c.printable},
			"Line":      {Line(c.text, 9), c.line},
			"Cut":       {Cut(c.text, 9), c.cut},
			"ASCII":     {ASCII(c.text, 9), c.ascii},
			"Terminal":  {Terminal(c.text), c.terminal},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %s of %q is %q, want %q", c.name, cleaner, c.text, got[0], got[1])
			}
		}
	}
}

// FuzzCleaners: whatever is cleaned cannot leave its line.
func FuzzCleaners(f *testing.F) {
	f.Add("\x00\r\n\u202e\xff", 3)
	f.Add("界<&\U0001F600", 0)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 0), 10_000)
		for cleaner, got := range map[string]string{"Printable": Printable(text), "Line": Line(text, limit), "Terminal": Terminal(text)} {
			if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("%s of %q has more than graphic characters: %q", cleaner, text, got)
			}
		}
		if got := Line(text, limit); utf8.RuneCountInString(got) > limit+1 {
			t.Errorf("Line of %q has %d characters, want at most %d and a sign", text, utf8.RuneCountInString(got), limit)
		}
		if got := ASCII(text, limit); len(got) > limit || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("ASCII of %q is %q", text, got)
		}
	})
}
