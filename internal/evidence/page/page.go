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

// sharedMarkup is what the pages of a scan and of audits have in common.
//
//go:embed shared.html
var sharedMarkup string

//go:embed past.html
var pastMarkup string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Write writes a document as one self-contained HTML page: it loads
// nothing, and its policy forbids it to. Without JavaScript everything is
// visible; with it the tasks can be filtered and searched.
func Write(out io.Writer, d evidence.Document) error {
	if d.Past != nil {
		return WritePast(out, []evidence.Document{d})
	}
	view, err := newPage(d)
	if err != nil {
		return err
	}
	if err := execute(out, pageMarkup, view); err != nil {
		return fmt.Errorf("write the page of %s: %w", d.ID, err)
	}
	return nil
}

// WritePast writes the documents of one audit, one for each account and Region,
// as one such page.
func WritePast(out io.Writer, all []evidence.Document) error {
	view, err := newPastPage(all)
	if err != nil {
		return err
	}
	if err := execute(out, pastMarkup, view); err != nil {
		return fmt.Errorf("write the page of the audit: %w", err)
	}
	return nil
}

func execute(out io.Writer, markup string, view any) error {
	page, err := template.New("page").Parse(sharedMarkup)
	if err == nil {
		page, err = page.Parse(markup)
	}
	if err != nil {
		return err
	}
	return page.Execute(out, view)
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
