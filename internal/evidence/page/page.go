package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"fipsguard/internal/evidence"
)

//go:embed page.html
var pageMarkup string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Write writes a document as one self-contained HTML page: it loads
// nothing, and its policy forbids it to. Without JavaScript everything is
// visible; with it the tasks can be filtered and searched.
func Write(out io.Writer, d evidence.Document) error {
	markup, err := template.New("page").Parse(pageMarkup)
	if err != nil {
		return fmt.Errorf("parse the page's markup: %w", err)
	}
	view, err := newPage(d)
	if err != nil {
		return err
	}
	if err := markup.Execute(out, view); err != nil {
		return fmt.Errorf("write the page of %s: %w", d.ID, err)
	}
	return nil
}

// Style is the style sheet of the page, for pages that are to look like it.
func Style() string { return pageStyle }

// pagePolicy allows the page's own style and script and nothing else, so that
// a name that got past the escaping could still load and run nothing.
func pagePolicy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		sourceHash(pageStyle), sourceHash(pageScript))
}

// sourceHash is how a Content-Security-Policy names an inline source.
func sourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// element is the page's own source inside its tag, byte for byte: the policy
// has its hash.
func element(tag, source string) template.HTML {
	return template.HTML("<" + tag + ">" + source + "</" + tag + ">")
}
