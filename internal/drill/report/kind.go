package report

import (
	"bytes"

	"fipsguard/internal/evidence/folder"
)

// Kind is how drills' reports lie in a folder of evidence.
func Kind() folder.Kind {
	return folder.Kind{Ending: ".drill", PayloadType: PayloadType, Open: open}
}

func open(payload []byte) (folder.Opened, error) {
	d, err := Read(payload)
	if err != nil {
		return folder.Opened{}, err
	}
	formats := map[string][]byte{}
	for ending, write := range map[string]func(*bytes.Buffer) error{
		".txt":       func(b *bytes.Buffer) error { return WriteText(b, d, func(word string) string { return word }) },
		".html":      func(b *bytes.Buffer) error { return WritePage(b, d) },
		".facts.txt": func(b *bytes.Buffer) error { return WriteFacts(b, d) },
	} {
		var made bytes.Buffer
		if err := write(&made); err != nil {
			return folder.Opened{}, err
		}
		formats[ending] = made.Bytes()
	}
	return folder.Opened{ID: d.ID, Key: d.Key, Tool: d.Tool, Formats: formats}, nil
}
