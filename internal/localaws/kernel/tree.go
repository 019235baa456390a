package kernel

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// Tree is a value of the SDK's types as its service writes it down: maps, lists,
// strings, numbers and booleans, and times as they are. Members that are nil
// are left out, and so are enumerations without a value; numbers and booleans
// that cannot be nil are always there. The names are the types' own, in the
// service's way to write them, or those of their json tags. A tree shares
// nothing with the value.
func Tree(v any, name func(string) string) any { return branch(reflect.ValueOf(v), name) }

// branch is nil for what is left out.
func branch(v reflect.Value, name func(string) string) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return branch(v.Elem(), name)
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t
		}
		return members(v, name)
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = branch(v.Index(i), name)
		}
		return list
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		entries := map[string]any{}
		for key, value := range v.Seq2() {
			entries[key.String()] = branch(value, name)
		}
		return entries
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}

func members(v reflect.Value, name func(string) string) map[string]any {
	all := map[string]any{}
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if !field.IsExported() || field.Name == "ResultMetadata" || value.Kind() == reflect.String && value.Len() == 0 {
			continue
		}
		written := name(field.Name)
		if tag, ok := field.Tag.Lookup("json"); ok {
			written = tag
		}
		if member := branch(value, name); member != nil {
			all[written] = member
		}
	}
	return all
}

// WriteTimes is a tree whose times are written in a form of one's own.
func WriteTimes(tree any, form func(time.Time) any) any {
	switch node := tree.(type) {
	case time.Time:
		return form(node)
	case []any:
		list := make([]any, len(node))
		for i, member := range node {
			list[i] = WriteTimes(member, form)
		}
		return list
	case map[string]any:
		all := map[string]any{}
		for name, member := range node {
			all[name] = WriteTimes(member, form)
		}
		return all
	}
	return tree
}

// epoch is how AWS JSON writes times: in seconds since 1970.
func epoch(t time.Time) any {
	return json.Number(strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64))
}

// Types makes an operation of a function whose input and output are of the
// SDK's types. The answer is a tree, made at once, while the lock keeps it from
// changing.
func Types[In, Out any](name func(string) string, f func(*Request, *In) (*Out, error)) func(*Request) (any, error) {
	return func(r *Request) (any, error) {
		in := new(In)
		if err := json.Unmarshal(r.Parameters, in); err != nil {
			return nil, NotSerialized(err)
		}
		out, err := f(r, in)
		if err != nil {
			return nil, err
		}
		return Tree(out, name), nil
	}
}

// AsIs is of services that write names as the SDK does.
func AsIs(name string) string { return name }
