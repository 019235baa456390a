package format

import (
	"io"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/page"
)

// File is one of the files as which a document is kept.
type File struct {
	Ending    string // of its name
	MediaType string
	Write     func(io.Writer, evidence.Document) error
}

// Original is the document itself, whose bytes the next report's predecessor
// names.
func Original() File { return File{".json", "application/json", evidence.WriteJSON} }

// Derived are made of the original, which is kept at a URI.
func Derived(original string) []File {
	return []File{
		{".html", "text/html; charset=utf-8", page.Write},
		{".fedramp.json", "application/json", func(out io.Writer, d evidence.Document) error { return WriteFedRAMP(out, d, original) }},
		{".oscal.json", "application/json", WriteOSCAL},
	}
}
