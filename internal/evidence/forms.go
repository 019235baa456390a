package evidence

import "io"

// Form is one of the forms in which a document is kept.
type Form struct {
	Ending    string // of its file's name
	MediaType string
	Write     func(io.Writer, Document) error
}

// Original is the document itself, whose bytes the next report's predecessor
// names.
func Original() Form { return Form{".json", "application/json", WriteJSON} }

// Derived are made of the original, which is kept at a URI.
func Derived(original string) []Form {
	return []Form{
		{".html", "text/html; charset=utf-8", WritePage},
		{".fedramp.json", "application/json", func(out io.Writer, d Document) error { return WriteFedRAMP(out, d, original) }},
		{".oscal.json", "application/json", WriteOSCAL},
	}
}
