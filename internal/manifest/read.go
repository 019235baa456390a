package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"

	"fipsguard/internal/guard"
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
	"fipsguard/internal/syntax/yaml"
)

// Options are what whoever checks a file knows besides it.
type Options = launch.Options

// Contents are what a file says about Fargate.
type Contents struct {
	Items  []Item
	Nested []string // files beside this one that have a part of its template
	Faults []error  // in what the file wants to be ignored; each is of one line
	Plan   bool     // whether it is Terraform's plan or state
}

// ErrFormat is returned for a document of none of the known formats.
var ErrFormat = errors.New("neither a task definition, a service or another ECS document, a CloudFormation template nor a Terraform plan or state (terraform show -json)")

// The bounds on a file. A plan or a state may have more, because little of it is
// read.
const (
	MaxBytes     = 512 << 20
	maxDocuments = 16 << 20 // of other documents
)

// Read reads what a file says. The error for a file that cannot be read names the
// line where that is known.
func Read(data []byte, o launch.Options) (Contents, error) {
	if len(data) > MaxBytes {
		return Contents{}, fmt.Errorf("the file has more than %d MiB, which is the most that is read", MaxBytes>>20)
	}
	if len(o.Regions) == 0 {
		o.Regions = []string{"us-gov-west-1", "us-gov-east-1"}
	}
	text := inUTF8(data)
	start := bytes.TrimLeft(text, " \t\r\n")
	f := &file{options: o}
	var err error
	switch {
	case len(start) == 0:
		return Contents{}, errors.New("the file is empty")
	case start[0] == '{' || start[0] == '[':
		err = f.readJSON(text)
	default:
		err = f.readYAML(text)
	}
	if err != nil {
		return Contents{}, err
	}
	for _, read := range f.later {
		read()
	}
	f.contents.Faults = f.ignore(text)
	return f.contents, nil
}

// inUTF8 takes a byte order mark away, and what PowerShell writes (UTF-16) into
// UTF-8. Without a mark, a first character of ASCII tells.
func inUTF8(data []byte) []byte {
	marked := bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
	little, big := isUTF16(data)
	if !little && !big {
		return bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	begin := 0
	if marked {
		begin = 2
	}
	units := make([]uint16, 0, len(data)/2)
	for i := begin; i+1 < len(data); i += 2 {
		low, high := data[i], data[i+1]
		if big {
			low, high = high, low
		}
		units = append(units, uint16(low)|uint16(high)<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// isUTF16 reports in which order of bytes a text is UTF-16, if it is.
func isUTF16(data []byte) (little, big bool) {
	if len(data) < 2 {
		return false, false
	}
	first, second := data[0], data[1]
	return first == 0xff && second == 0xfe || first != 0 && second == 0, first == 0xfe && second == 0xff || first == 0 && second != 0
}

// file is a file while it is read.
type file struct {
	options  launch.Options
	contents Contents
	known    bool // whether one of its documents is of a known format
	roots    []*syntax.Value
	wishes   bool // whether there may be comments with wishes
	begins   int  // the line from which on comments are the document's

	definitions map[string][]*launch.Resource // by ARN, and by family and revision
	later       []func()                      // what is read when all definitions are known
}

func (f *file) readYAML(text []byte) error {
	if len(text) > maxDocuments {
		return fmt.Errorf("the document has %d MiB; at most %d are read", len(text)>>20, maxDocuments>>20)
	}
	roots, faults := yaml.Read(text)
	if len(faults) > 0 {
		return faults[0]
	}
	if len(roots) == 0 {
		return errors.New("the file is empty")
	}
	f.roots, f.wishes = roots, bytes.Contains(text, []byte(wishMark))
	f.begins = 1
	for _, root := range roots {
		f.document(root)
		if f.wishes {
			f.begins = lastLine(root) + 1
		}
	}
	return f.unlessKnown()
}

func (f *file) readJSON(text []byte) error {
	documents, faults := syntax.Documents(text)
	if len(faults) > 0 {
		return faults[0]
	}
	for _, d := range documents {
		if err := f.part(d, true); err != nil {
			return err
		}
	}
	return f.unlessKnown()
}

// part reads a JSON document if it is of a known format. Of a list each element
// is one.
func (f *file) part(p syntax.Part, list bool) error {
	members, faults := p.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	if p.Is('[') {
		if !list {
			return nil
		}
		for _, element := range members {
			if err := f.part(element, false); err != nil {
				return err
			}
		}
		return nil
	}
	names := map[string]bool{}
	for _, m := range members {
		names[m.Name] = true
	}
	switch {
	case isPlan(names):
		f.known = true
		return f.plan(members)
	case formatOf(func(name string) bool { return names[name] }) == nil:
		f.partWithin(p)
		return nil
	case len(p.Text) > maxDocuments:
		return fmt.Errorf("the document has %d MiB; at most %d are read", len(p.Text)>>20, maxDocuments>>20)
	}
	root, faults := p.Read()
	if len(faults) > 0 {
		return faults[0]
	}
	f.document(root)
	return nil
}

// partWithin reads the templates in a document of another format. What is wrong
// with such a document is not for this program to say.
func (f *file) partWithin(p syntax.Part) {
	if len(p.Text) > maxDocuments || LikenessOf(p.Text) != Surely {
		return
	}
	if root, faults := p.Read(); len(faults) == 0 {
		f.within(root, 0)
	}
}

func (f *file) unlessKnown() error {
	if !f.known {
		return ErrFormat
	}
	return nil
}

// Item is what a file says about Fargate in one place.
type Item struct {
	launch.Item
	Ignored *guard.Exemption // the file's own wish that the finding stands

	metadata *syntax.Value // of its resource, in a template
	lines    span          // of its resource, in YAML
}

// gather makes items of resources.
type gather struct {
	file     *file
	world    *launch.World
	metadata func(id string) *syntax.Value
	lines    func(id string) span
}

func (g gather) each(of, id string, read func() []launch.Statement) {
	found, nested := launch.Items(of, g.world, read, g.file.options)
	for _, i := range found {
		g.file.contents.Items = append(g.file.contents.Items, Item{Item: i, metadata: g.metadata(id), lines: g.lines(id)})
	}
	for _, name := range nested {
		if !slices.Contains(g.file.contents.Nested, name) {
			g.file.contents.Nested = append(g.file.contents.Nested, name)
		}
	}
}
