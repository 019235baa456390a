package evidence

import "io"

// Form is one of the forms in which a document is kept.
type Form struct {
	Ending    string // of its file's name
	MediaType string
	Write     func(io.Writer, Document) error
}

// Forms are all that are kept. The first is the document itself, whose bytes
// the next report's predecessor names.
func Forms() []Form {
	return []Form{
		{".json", "application/json", WriteJSON},
		{".html", "text/html; charset=utf-8", WritePage},
		{".fedramp.json", "application/json", WriteFedRAMP},
		{".oscal.json", "application/json", WriteOSCAL},
	}
}
