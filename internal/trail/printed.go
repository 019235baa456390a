package trail

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// printedObject is an object as Athena and CloudTrail Lake print it in a column:
// JSON, or {name=value, name={name=value}}, which has no quotes. Text that can be
// read in two ways is not ok.
func printedObject(text string) (jsontext.Value, bool) {
	p := printed{rest: text}
	if !strings.HasPrefix(text, "{") || !p.value(0) || p.rest != "" {
		return nil, false
	}
	if value := jsontext.Value(p.json); value.IsValid() {
		return value, true
	}
	return nil, false // a name is there twice
}

type printed struct {
	rest string
	json []byte
}

// value reads one value of an object or a list.
func (p *printed) value(depth int) bool {
	const deepest = 20
	switch {
	case depth > deepest:
		return false
	case strings.HasPrefix(p.rest, `{"`), strings.HasPrefix(p.rest, `[{"`), strings.HasPrefix(p.rest, `["`), strings.HasPrefix(p.rest, "{}"), strings.HasPrefix(p.rest, "[]"):
		return p.asJSON()
	case strings.HasPrefix(p.rest, "{"):
		return p.inBrackets(depth, '}')
	case strings.HasPrefix(p.rest, "["):
		return p.inBrackets(depth, ']')
	}
	end := p.plainEnd()
	if end < 0 {
		return false
	}
	plain := p.rest[:end]
	p.rest = p.rest[end:]
	if plain == "null" {
		p.json = append(p.json, "null"...)
		return true
	}
	quoted, err := jsontext.AppendQuote(p.json, plain)
	p.json = quoted
	return err == nil
}

// inBrackets reads an object's members, or a list's elements.
func (p *printed) inBrackets(depth int, closing byte) bool {
	p.json = append(p.json, p.rest[0])
	p.rest = p.rest[1:]
	for first := true; ; first = false {
		if !first {
			p.json = append(p.json, ',')
		}
		if closing == '}' && !p.name() || !p.value(depth+1) || p.rest == "" {
			return false
		}
		if p.rest[0] == closing {
			p.rest = p.rest[1:]
			p.json = append(p.json, closing)
			return true
		}
		after, ok := strings.CutPrefix(p.rest, ", ")
		if !ok {
			return false
		}
		p.rest = after
	}
}

// name reads a member's name with its equals sign.
func (p *printed) name() bool {
	length := nameLength(p.rest)
	if length == 0 {
		return false
	}
	p.json = append(append(append(p.json, '"'), p.rest[:length]...), '"', ':')
	p.rest = p.rest[length+1:]
	return true
}

// nameLength is how long the name is that a text begins with, if it is one:
// letters and the like, followed by an equals sign.
func nameLength(text string) int {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '=':
			return i
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '.', c == ':':
		default:
			return 0
		}
	}
	return 0
}

// asJSON copies a value that is written in JSON.
func (p *printed) asJSON() bool {
	var e extent
	for i := range len(p.rest) {
		switch e.add(p.rest[i]) {
		case ends:
			p.json = append(p.json, p.rest[:i+1]...)
			p.rest = p.rest[i+1:]
			return true
		case broken, follows:
			return false
		case belongs:
		}
	}
	return false
}

// plainEnd is where a text without brackets ends: at a bracket, or at a comma
// behind which another member or element begins; -1 when it does not end.
func (p *printed) plainEnd() int {
	for i := range len(p.rest) {
		switch p.rest[i] {
		case '}', ']':
			return i
		case '{', '[':
			return -1
		case ',':
			if strings.HasPrefix(p.rest[i:], ", ") && nameLength(p.rest[i+2:]) > 0 {
				return i
			}
		}
	}
	return -1
}
