package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/product"

	"github.com/alecthomas/kong"
)

type manCommand struct{}

// Help is what kong prints below the usage.
func (manCommand) Help() string { return "fipsguard man | man -l - shows it." }

// Run writes the page in man's own language, as man(7) has it.
func (manCommand) Run(t *terminal, app *kong.Application) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH FIPSGUARD 1 \"\" \"%s\" \"fipsguard\"\n.SH NAME\nfipsguard \\- %s\n", roff(product.ThisBuild().Version), roff(app.Help))
	b.WriteString(".SH SYNOPSIS\n.B fipsguard\n\\fICOMMAND\\fR [\\fIFLAG\\fR ...] [\\fIARGUMENT\\fR ...]\n.SH FLAGS OF ALL COMMANDS\n")
	manFlags(&b, app.Flags)
	b.WriteString(".SH COMMANDS\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, ".SS %s\n%s\n", roff(c.Summary()), roff(c.Help))
		if c.Detail != "" {
			fmt.Fprintf(&b, ".PP\n%s\n", roff(c.Detail))
		}
		for _, p := range c.Positional {
			fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", roff(p.Name), roff(p.Help))
		}
		manFlags(&b, c.Flags)
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitTable() {
		fmt.Fprintf(&b, ".TP\n.B %s %d\n%s\n", roff(cmp.Or(e.command, "any command")), e.code, roff(e.when))
	}
	b.WriteString(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colors, if it is set\n.TP\n.B AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...\nas for the AWS CLI\n")
	_, err := io.WriteString(t.out, b.String())
	return err
}

func manFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range flags {
		value := ""
		if takesValue(f) {
			value = "=\\fI" + roff(f.FormatPlaceHolder()) + "\\fR"
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR%s\n%s\n", roff(strings.Join(spellings(f), ", ")), value, roff(f.Help))
	}
}

// roff keeps man from taking a text for its language.
func roff(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	text = b.String()
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}
