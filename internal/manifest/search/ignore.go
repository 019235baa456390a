package search

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const ignoreFile = ".gitignore"

// rules are those of .gitignore files, in the order of their weight: the last
// that matches decides.
type rules []rule

type rule struct {
	folder  string // of the file
	matches *regexp.Regexp
	negated bool
	folders bool // only of folders
}

// around are the rules that hold in a folder: those of the files above it, up to
// the repository's root.
func around(path string) rules {
	var folders []string
	for !isRepository(path) {
		above := filepath.Dir(path)
		if above == path {
			return nil // not in a repository
		}
		folders, path = append(folders, above), above
	}
	var all rules
	for i := len(folders) - 1; i >= 0; i-- {
		all = all.with(folders[i])
	}
	return all
}

func isRepository(path string) bool {
	_, err := os.Stat(filepath.Join(path, ".git"))
	return err == nil
}

// with adds the rules of a folder. A file that cannot be read has none; a pattern
// that git could not read, either, is none.
func (all rules) with(folder string) rules {
	text, err := os.ReadFile(filepath.Join(folder, ignoreFile))
	if err != nil {
		return all
	}
	more := all[:len(all):len(all)]
	for line := range strings.Lines(string(text)) {
		if r, ok := parse(strings.TrimRight(line, "\r\n")); ok {
			r.folder = folder
			more = append(more, r)
		}
	}
	return more
}

// parse reads a line of a .gitignore file (git's documentation, "gitignore").
func parse(line string) (r rule, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return rule{}, false
	}
	line, r.negated = strings.CutPrefix(line, "!")
	line, r.folders = strings.CutSuffix(line, "/")
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return rule{}, false
	}
	matches, err := compile(line, anchored)
	r.matches = matches
	return r, err == nil
}

// match reports whether git would ignore a path whose folder it does not ignore.
func (all rules) match(path string, folder bool) bool {
	for i := len(all) - 1; i >= 0; i-- {
		r := all[i]
		if r.folders && !folder {
			continue
		}
		inside, ok := strings.CutPrefix(path, strings.TrimSuffix(r.folder, string(filepath.Separator))+string(filepath.Separator))
		if ok && r.matches.MatchString(bytewise(filepath.ToSlash(inside))) {
			return !r.negated
		}
	}
	return false
}

// compile makes a pattern of git's or a shell's a regular expression: * is any
// part of a name, ** any number of folders, ? a character, […] one of several. A
// pattern that is not anchored matches in any folder.
func compile(pattern string, anchored bool) (*regexp.Regexp, error) {
	pattern = bytewise(pattern)
	var b strings.Builder
	b.WriteString("^")
	if !anchored {
		b.WriteString("(?:.*/)?")
	}
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		stars := len(rest) - len(strings.TrimLeft(rest, "*"))
		folders := stars > 1 && (i == 0 || pattern[i-1] == '/')
		switch {
		case folders && strings.HasPrefix(rest[stars:], "/"):
			b.WriteString("(?:.*/)?")
			i += stars
		case folders && stars == len(rest):
			b.WriteString(".*")
			i += stars - 1
		case stars > 0:
			b.WriteString("[^/]*")
			i += stars - 1
		case rest[0] == '?':
			b.WriteString("[^/]")
		case rest[0] == '[':
			class, length := characterClass(rest)
			b.WriteString(class)
			i += length - 1
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			i++
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	b.WriteString("$")
	return regexp.Compile(b.String())
}

// bytewise makes a character of each byte of a text: to git, a character in a
// pattern is a byte.
func bytewise(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(rune(text[i]))
	}
	return b.String()
}

// namedClass is a class such as [[:alpha:]], which a regular expression has, too.
var namedClass = regexp.MustCompile(`^\[\[:[a-z]+:\]\]`)

// characterClass is […] as a regular expression; one that does not end is a
// bracket.
func characterClass(pattern string) (class string, length int) {
	end := strings.IndexByte(pattern[1:], ']')
	if named := namedClass.FindString(pattern); named != "" {
		return named, len(named)
	}
	if end == 0 || strings.HasPrefix(pattern, "[!]") || strings.HasPrefix(pattern, "[^]") {
		if next := strings.IndexByte(pattern[end+2:], ']'); next >= 0 {
			end += next + 1
		}
	}
	if end <= 0 {
		return `\[`, 1
	}
	inside := pattern[1 : end+1]
	negated := ""
	if inside[0] == '!' || inside[0] == '^' {
		negated, inside = "^/", inside[1:]
	}
	inside = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(inside)
	return "[" + negated + inside + "]", end + 2
}
