package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/independent"
	"fipsguard/internal/simulation"

	"github.com/google/go-cmp/cmp"
)

// completed asks a shell what may stand at the end of a command line.
type completed func(t *testing.T, line string) []string

// inBash fills in bash's variables as bash does, with = as a word of its own.
func inBash(t *testing.T) completed {
	t.Helper()
	bash, script := independent.Program(t, "bash"), written(t, "bash")
	return func(t *testing.T, line string) []string {
		t.Helper()
		words := strings.Split(strings.ReplaceAll(line, "=", " = "), " ")
		run := exec.Command(bash, append([]string{"--norc", "-c", `source "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _fipsguard; printf '%s\n' "${COMPREPLY[@]}"`, script}, words...)...)
		run.Dir = completionFolder(t)
		return wordsOf(t, run)
	}
}

func inFish(t *testing.T) completed {
	t.Helper()
	fish, script := independent.Program(t, "fish"), written(t, "fish")
	return func(t *testing.T, line string) []string {
		t.Helper()
		run := exec.Command(fish, "--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, script, line)
		run.Dir = completionFolder(t)
		var words []string
		for _, w := range wordsOf(t, run) {
			word, _, _ := strings.Cut(w, "\t")
			words = append(words, word[strings.LastIndex(word, "=")+1:]) // it repeats --format=
		}
		return words
	}
}

// inZsh lets zsh complete in a terminal of its own, as its own tests do.
func inZsh(t *testing.T) completed {
	t.Helper()
	zsh, script := independent.Program(t, "zsh"), written(t, "zsh")
	// What is typed is echoed: no mark stands in it as it is printed.
	const capture = `zmodload zsh/zpty
zpty z zsh -f -i
ask() { zpty -w z "$1" }
ask "PS1= PS2=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source $1"
ask "compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return \$?; fi; typeset -a hits; builtin compadd -A hits \"\$@\"; print -rC1 -- \$hits }"
ask "complete_it() { main_complete() { }; print -r '<<''<'; _main_complete; print -r '>>''>'; exit }; zle -C complete_it complete-word complete_it; bindkey '^I' complete_it; print -r rea''dy"
zpty -r z ignored '*ready*'
zpty -n -w z "$2"$'\t'
zpty -r -t z first; while zpty -r z line; do print -rn -- "$line"; [[ $line == *'>>>'* ]] && break; done`
	return func(t *testing.T, line string) []string {
		t.Helper()
		run := exec.Command(zsh, "-f", "-c", capture, "zsh", script, line)
		run.Dir = completionFolder(t)
		text := strings.Join(wordsOf(t, run), "\n")
		_, text, _ = strings.Cut(text, "<<<")
		text, _, _ = strings.Cut(text, ">>>")
		return strings.Fields(strings.ReplaceAll(text, "\r", ""))
	}
}

func written(t *testing.T, shell string) string {
	t.Helper()
	code, out, talk := fipsguard("", "completion", shell)
	if code != 0 {
		t.Fatalf("exits %d: %s", code, talk)
	}
	name := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(name, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func completionFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a file.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func wordsOf(t *testing.T, run *exec.Cmd) []string {
	t.Helper()
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", run.Path, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// flagsInHelp are the flags that a command's help lists.
func flagsInHelp(t *testing.T, command string) []string {
	t.Helper()
	_, out, _ := fipsguard("", "help", command)
	var flags []string
	for _, m := range regexp.MustCompile(`(?m)^ +(-\w, +)?--(\[no-\])?([\w-]+)`).FindAllStringSubmatch(out, -1) {
		flags = append(flags, "--"+m[3])
		if m[2] != "" {
			flags = append(flags, "--no-"+m[3])
		}
	}
	slices.Sort(flags)
	return flags
}

// TestCompletion: each shell offers the commands, exactly the flags that the help
// lists, the words of a flag, and files where a file is wanted.
func TestCompletion(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts shells")
	}
	for shell, start := range map[string]func(*testing.T) completed{"bash": inBash, "zsh": inZsh, "fish": inFish} {
		t.Run(shell, func(t *testing.T) {
			at := start(t)
			offers := func(line string, want ...string) {
				t.Helper()
				got := at(t, line)
				for i, word := range got {
					got[i] = strings.TrimRight(word, "= ")
				}
				slices.Sort(got)
				slices.Sort(want)
				if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
					t.Errorf("%q (-want +got):\n%s", line, diff)
				}
			}
			commands := []string{"simulate", "explain", "check", "audit", "rehearse", "verify", "drill", "evidence", "version", "witness", "help", "completion", "man"}
			offers("fipsguard ", commands...)
			offers("fipsguard ver", "verify", "version")
			for _, command := range commands {
				if shell == "zsh" && command != "check" && command != "verify" {
					continue // it takes seconds for each
				}
				offers("fipsguard "+command+" --", flagsInHelp(t, command)...)
			}
			offers("fipsguard check --format ", "text", "json", "sarif", "junit", "gitlab", "github")
			offers("fipsguard audit --format=js", "json")
			for _, line := range []string{"fipsguard check --policy ", "fipsguard check "} {
				if got := strings.Join(at(t, line), " "); !strings.Contains(got, "file.json") {
					t.Errorf("%q offers %q, and not the file", line, got)
				}
			}
			offers("fipsguard evidence ", "verify", "render", "summary")
			if shell == "bash" {
				offers("fipsguard evidence render --format ", "json", "html", "text", "oscal", "fedramp")
				offers("fipsguard evidence verify --ke", "--key")
			}
			offers("fipsguard help ver", "verify", "version")
			offers("fipsguard completion ", "bash", "zsh", "fish")
			offers("fipsguard simulate defa", slices.DeleteFunc(simulation.Names(), func(n string) bool { return !strings.HasPrefix(n, "defa") })...)
		})
	}
}
