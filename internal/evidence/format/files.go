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

// Derived are the formats that are kept beside the document. Each is made of
// nothing but the document that was read, so that anybody can make it again.
func Derived() []File {
	return []File{
		{".html", "text/html; charset=utf-8", page.Write},
		{".txt", "text/plain; charset=utf-8", WriteText},
		{".fedramp.json", "application/json", WriteFedRAMP},
		{".oscal.json", "application/json", WriteOSCAL},
	}
}
