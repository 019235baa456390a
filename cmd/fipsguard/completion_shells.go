package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// writeZsh uses _arguments, as the completions that come with zsh do.
func writeZsh(app *kong.Application) string {
	var b strings.Builder
	b.WriteString("#compdef fipsguard\n# zsh completion, made by \"fipsguard completion zsh\"\n_fipsguard() {\n\tlocal state line\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, "\t\t%s\n", zshQuote(c.Name+":"+strings.ReplaceAll(c.Help, ":", `\:`)))
	}
	b.WriteString("\t)\n\t_arguments -C")
	for _, f := range app.Flags {
		b.WriteString(zshFlag(f))
	}
	b.WriteString(" '1: :->command' '*:: :->arguments'\n\tcase $state in\n\tcommand) _describe command commands ;;\n\targuments)\n\t\tcase $line[1] in\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, "\t\t%s) _arguments", c.Name)
		for _, f := range flagsOf(app, c) {
			b.WriteString(zshFlag(f))
		}
		if v := argumentValues(app, c); v.files || len(v.words) > 0 {
			fmt.Fprintf(&b, " %s", zshQuote("*:argument:"+zshValues(v)))
		}
		b.WriteString(" ;;\n")
	}
	b.WriteString("\t\tesac ;;\n\tesac\n}\nif [ \"$funcstack[1]\" = _fipsguard ]; then _fipsguard \"$@\"; else compdef _fipsguard fipsguard; fi\n")
	return b.String()
}

func zshFlag(f *kong.Flag) string {
	help := strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace(f.Help)
	var b strings.Builder
	for _, s := range spellings(f) {
		switch {
		case !takesValue(f):
			fmt.Fprintf(&b, " %s", zshQuote(s+"["+help+"]"))
		default:
			sign := "="
			if !strings.HasPrefix(s, "--") {
				sign = ""
			}
			repeated := ""
			if f.IsCumulative() {
				repeated = "*"
			}
			fmt.Fprintf(&b, " %s", zshQuote(repeated+s+sign+"["+help+"]:"+f.Name+":"+zshValues(flagValues(f))))
		}
	}
	return b.String()
}

func zshValues(v choices) string {
	switch {
	case v.files:
		return "_files"
	case len(v.words) > 0:
		return "(" + strings.Join(v.words, " ") + ")"
	}
	return " "
}

func zshQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func writeFish(app *kong.Application) string {
	var b strings.Builder
	b.WriteString("# fish completion, made by \"fipsguard completion fish\"\ncomplete -c fipsguard -f\n")
	for _, f := range app.Flags {
		fishFlag(&b, "", f)
	}
	for _, c := range app.Children {
		fmt.Fprintf(&b, "complete -c fipsguard -n __fish_use_subcommand -a %s -d %s\n", c.Name, fishQuote(c.Help))
		when := " -n '__fish_seen_subcommand_from " + c.Name + "'"
		for _, f := range c.Flags {
			fishFlag(&b, when, f)
		}
		switch v := argumentValues(app, c); {
		case v.files:
			fmt.Fprintf(&b, "complete -c fipsguard%s -F\n", when)
		case len(v.words) > 0:
			fmt.Fprintf(&b, "complete -c fipsguard%s -a %s\n", when, fishQuote(strings.Join(v.words, " ")))
		}
	}
	return b.String()
}

func fishFlag(b *strings.Builder, when string, f *kong.Flag) {
	for _, s := range spellings(f) {
		kind := "-l"
		if !strings.HasPrefix(s, "--") {
			kind = "-s"
		}
		fmt.Fprintf(b, "complete -c fipsguard%s %s %s", when, kind, strings.TrimLeft(s, "-"))
		if takesValue(f) {
			switch v := flagValues(f); {
			case v.files:
				b.WriteString(" -r -F")
			case len(v.words) > 0:
				fmt.Fprintf(b, " -x -a %s", fishQuote(strings.Join(v.words, " ")))
			default:
				b.WriteString(" -x")
			}
		}
		fmt.Fprintf(b, " -d %s\n", fishQuote(f.Help))
	}
}

func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
