package trail

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The tolerant types below read a value of the kind they want and skip any
// other: what is not legible stays unknown, which never passes.

type text string

func (t *text) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '"' {
		return in.SkipValue()
	}
	token, err := in.ReadToken()
	*t = text(token.String())
	return err
}

// flag is a boolean that some records write as a text.
type flag string

func (f *flag) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	switch in.PeekKind() {
	case '"', 't', 'f':
		token, err := in.ReadToken()
		*f = flag(token.String())
		return err
	}
	return in.SkipValue()
}

type count int

func (c *count) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '0' {
		return in.SkipValue()
	}
	token, err := in.ReadToken()
	if err != nil {
		return err
	}
	// A number that is no integer stays 0.
	if n, err := token.Int(); err == nil {
		*c = count(n)
	}
	return nil
}

// object is a JSON object that may be absent.
type object[T any] struct{ value *T }

func (o object[T]) present() bool { return o.value != nil }

// orZero is the object, or one without members when it is absent.
func (o object[T]) orZero() T {
	if o.value == nil {
		var zero T
		return zero
	}
	return *o.value
}

func (o *object[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '{' {
		return in.SkipValue()
	}
	o.value = new(T)
	if s, ok := any(o.value).(structured); ok {
		return s.members().read(in)
	}
	return json.UnmarshalDecode(in, o.value)
}

type list[T any] []T

func (l *list[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '[' {
		return in.SkipValue()
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	*l = list[T]{}
	for in.PeekKind() != ']' {
		var item T
		if err := any(&item).(json.UnmarshalerFrom).UnmarshalJSONFrom(in); err != nil {
			return err
		}
		*l = append(*l, item)
	}
	_, err := in.ReadToken()
	return err
}
