package manifest

import "strings"

// modulePath turns an address such as module.a["x"].module.b into the calls
// that lead there, .a.b.
func modulePath(address string) string {
	var path strings.Builder
	for _, s := range steps(address) {
		path.WriteString("." + s.name)
	}
	return path.String()
}

// moduleStep is a step of an address, such as module.a["x"].
type moduleStep struct{ name, whole string }

func steps(address string) []moduleStep {
	var all []moduleStep
	var name, whole strings.Builder
	depth := 0
	end := func() {
		if s := name.String(); s != "" && s != "module" {
			all = append(all, moduleStep{s, whole.String()})
		}
		name.Reset()
		whole.Reset()
	}
	for _, r := range address {
		switch {
		case r == '.' && depth == 0:
			end()
			continue
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			name.WriteRune(r)
		}
		whole.WriteRune(r)
	}
	end()
	return all
}
