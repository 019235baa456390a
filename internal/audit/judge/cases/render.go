package cases

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

type object = map[string]any

// raw is JSON, or nearly, that is written as it is.
type raw string

// style is one way of many to write the same JSON.
type style struct {
	m       *maker
	escapes int // how many characters in a thousand are escaped
	spaces  int // how many gaps in a hundred have white space
}

func (m *maker) style() style {
	return style{m, pick(m, 0, 0, 2, 50, 900), pick(m, 0, 0, 0, 10, 100)}
}

// render writes a value. The order of members is chance.
func (s style) render(v any) string {
	var out strings.Builder
	s.value(&out, v)
	return out.String()
}

func (s style) value(out *strings.Builder, v any) {
	switch v := v.(type) {
	case object:
		names := slices.Sorted(maps.Keys(v))
		s.m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		s.list(out, '{', '}', len(names), func(i int) {
			s.text(out, names[i])
			s.space(out)
			out.WriteByte(':')
			s.space(out)
			s.value(out, v[names[i]])
		})
	case []object:
		s.list(out, '[', ']', len(v), func(i int) { s.value(out, v[i]) })
	case []any:
		s.list(out, '[', ']', len(v), func(i int) { s.value(out, v[i]) })
	case string:
		s.text(out, v)
	case raw:
		out.WriteString(string(v))
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case int:
		out.WriteString(strconv.Itoa(v))
	default:
		fmt.Fprintf(out, "%q", fmt.Sprint(v))
	}
}

func (s style) list(out *strings.Builder, open, end byte, n int, item func(int)) {
	out.WriteByte(open)
	for i := range n {
		if i > 0 {
			s.space(out)
			out.WriteByte(',')
		}
		s.space(out)
		item(i)
	}
	s.space(out)
	out.WriteByte(end)
}

func (s style) space(out *strings.Builder) {
	if s.spaces > 0 && s.m.chance(s.spaces) {
		out.WriteString(pick(s.m, " ", "\n", "\t", "\r\n", "    "))
	}
}

func (s style) text(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < ' ' || s.escapes > 0 && s.m.IntN(1000) < s.escapes:
			s.escape(out, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}

func (s style) escape(out *strings.Builder, r rune) {
	if r == '/' && s.m.chance(50) {
		out.WriteString(`\/`)
		return
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(out, pick(s.m, `\u%04x`, `\u%04X`), unit)
	}
}
