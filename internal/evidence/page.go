package evidence

import "io"

// WritePage writes a document as one page.
func WritePage(out io.Writer, d Document) error { return WriteText(out, d) }
