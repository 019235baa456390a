package main

import (
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/simulation"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is what kong prints below the usage.
func (completionCommand) Help() string {
	return "bash: source <(fipsguard completion bash), in ~/.bashrc. " +
		"zsh: fipsguard completion zsh >~/.zfunc/_fipsguard, with fpath+=~/.zfunc before compinit in ~/.zshrc. " +
		"fish: fipsguard completion fish >~/.config/fish/completions/fipsguard.fish."
}

func (c completionCommand) Run(t *terminal, app *kong.Application) error {
	write := writeBash
	switch c.Shell {
	case "zsh":
		write = writeZsh
	case "fish":
		write = writeFish
	}
	_, err := io.WriteString(t.out, write(app))
	return err
}

// choices are what may stand behind a flag or in the place of an argument: words, a
// file, or anything.
type choices struct {
	words []string
	files bool
}

func flagValues(f *kong.Flag) choices {
	if f.Enum != "" {
		return choices{words: f.EnumSlice()}
	}
	return choices{files: f.PlaceHolder == "FILE"}
}

// argumentValues are what the last argument of a command may be.
func argumentValues(app *kong.Application, command *kong.Node) choices {
	if len(command.Positional) == 0 {
		return choices{}
	}
	switch last := command.Positional[len(command.Positional)-1]; last.Name {
	case "file", "path":
		return choices{files: true}
	case "scenario":
		return choices{words: simulation.Names()}
	case "command":
		return choices{words: names(app.Children)}
	default:
		return choices{words: last.EnumSlice()}
	}
}

func names(nodes []*kong.Node) (all []string) {
	for _, n := range nodes {
		all = append(all, n.Name)
	}
	return all
}

// spellings are the ways to write a flag: --no-exec and --exec are one.
func spellings(f *kong.Flag) (all []string) {
	if f.Short != 0 {
		all = append(all, "-"+string(f.Short))
	}
	all = append(all, "--"+f.Name)
	if f.Tag.Negatable != "" {
		all = append(all, "--no-"+f.Name)
	}
	return all
}

// takesValue reports whether a word belongs to a flag.
func takesValue(f *kong.Flag) bool { return !f.IsBool() && !f.IsCounter() }

// flagsOf are the flags that a command takes, those of all commands among them.
func flagsOf(app *kong.Application, command *kong.Node) []*kong.Flag {
	return append(append([]*kong.Flag{}, app.Flags...), command.Flags...)
}

// writeBash needs nothing but bash: not the package bash-completion. It knows that
// bash makes three words of --format=json.
func writeBash(app *kong.Application) string {
	var b strings.Builder
	commands := names(app.Children)
	fmt.Fprintf(&b, `# bash completion for fipsguard, made by "fipsguard completion bash"
_fipsguard() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word words=
	if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in %s) command=$word; break ;; esac
	done
	COMPREPLY=()
	case "$command $previous" in
`, strings.Join(commands, "|"))
	for _, c := range app.Children {
		for _, f := range c.Flags {
			if !takesValue(f) {
				continue
			}
			var patterns []string
			for _, s := range spellings(f) {
				patterns = append(patterns, `"`+c.Name+" "+s+`"`)
			}
			fmt.Fprintf(&b, "\t%s) %s; return ;;\n", strings.Join(patterns, "|"), bashValues(flagValues(f)))
		}
	}
	b.WriteString("\tesac\n\tcase \"$command $current\" in\n")
	for _, c := range app.Children {
		var flags []string
		for _, f := range flagsOf(app, c) {
			flags = append(flags, spellings(f)...)
		}
		fmt.Fprintf(&b, "\t\"%s -\"*) words='%s' ;;\n\t\"%s \"*) %s; return ;;\n", c.Name, strings.Join(flags, " "), c.Name, bashValues(argumentValues(app, c)))
	}
	var flags []string
	for _, f := range app.Flags {
		flags = append(flags, spellings(f)...)
	}
	fmt.Fprintf(&b, "\t\" -\"*) words='%s' ;;\n\t*) words='%s' ;;\n\tesac\n", strings.Join(flags, " "), strings.Join(commands, " "))
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -F _fipsguard fipsguard\n")
	return b.String()
}

// bashValues fills in COMPREPLY. A file's name may have blanks in it.
func bashValues(v choices) string {
	switch {
	case v.files:
		return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current")`
	case len(v.words) > 0:
		return `COMPREPLY=($(compgen -W '` + strings.Join(v.words, " ") + `' -- "$current"))`
	}
	return ":"
}
