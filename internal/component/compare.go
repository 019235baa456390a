package component

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fipsguard/internal/grammar"
)

// mostFaults and mostText bound what is said of one component.
const (
	mostFaults = 6
	mostText   = 160
)

// Differences are what is not as it was meant, each the end of a sentence about
// the component. Order in lists means nothing, and one item is a list of one, as
// in IAM's policies. What AWS answers beyond what is compared is left out.
func (m Meant) Differences(is map[string]any) []string {
	var all []string
	is = withoutOwn(pick(is, kinds()[m.Type].compared))
	differ("", canonical(given(m.Properties)), canonical(given(is)), &all)
	if len(all) > mostFaults {
		all = append(all[:mostFaults], grammar.Count(len(all)-mostFaults, "more difference"))
	}
	return all
}

// given leaves out properties without a value.
func given(properties map[string]any) map[string]any {
	left := map[string]any{}
	for name, value := range properties {
		switch shown(value) {
		case "null", "", "[]", "{}":
		default:
			left[name] = value
		}
	}
	return left
}

func differ(path string, want, is any, all *[]string) {
	wants, wantsMap := want.(map[string]any)
	has, hasMap := is.(map[string]any)
	if wantsMap && hasMap {
		names := map[string]bool{}
		for name := range wants {
			names[name] = true
		}
		for name := range has {
			names[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			differ(strings.TrimPrefix(path+"."+name, "."), wants[name], has[name], all)
		}
		return
	}
	if shown(want) == shown(is) {
		return
	}
	switch {
	case want == nil:
		*all = append(*all, fmt.Sprintf("%s is %s, and was not deployed", path, brief(is)))
	case is == nil:
		*all = append(*all, fmt.Sprintf("%s is missing, and was deployed as %s", path, brief(want)))
	case isList(want) || isList(is):
		differInItems(path, items(want), items(is), all)
	default:
		*all = append(*all, fmt.Sprintf("%s is %s instead of %s", path, brief(is), brief(want)))
	}
}

func differInItems(path string, want, is []any, all *[]string) {
	lacks, more := without(want, is), without(is, want)
	if len(lacks) == 1 && len(more) == 1 {
		if _, ok := lacks[0].(map[string]any); ok {
			differ(path, lacks[0], more[0], all)
			return
		}
	}
	for _, item := range lacks {
		*all = append(*all, fmt.Sprintf("%s lacks %s", path, brief(item)))
	}
	for _, item := range more {
		*all = append(*all, fmt.Sprintf("%s also has %s", path, brief(item)))
	}
}

func without(list, others []any) []any {
	var left []any
	for _, item := range list {
		if !slices.ContainsFunc(others, func(other any) bool { return shown(item) == shown(other) }) {
			left = append(left, item)
		}
	}
	return left
}

func isList(value any) bool {
	_, ok := value.([]any)
	return ok
}

func items(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// canonical is the same for what means the same.
func canonical(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for name, item := range value {
			item = canonical(item)
			if anyone, ok := item.(map[string]any); ok && name == "Principal" && len(anyone) == 1 && anyone["AWS"] == "*" {
				item = "*"
			}
			all[name] = item
		}
		return all
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = canonical(item)
		}
		slices.SortFunc(list, func(a, b any) int { return cmp.Compare(shown(a), shown(b)) })
		if len(list) == 1 {
			return list[0]
		}
		return list
	case string:
		// A target's input and a dashboard are texts with JSON in them.
		var object map[string]any
		if strings.HasPrefix(value, "{") && json.Unmarshal([]byte(value), &object) == nil {
			return canonical(object)
		}
		return value
	case nil:
		return nil
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func shown(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// brief is a value, short enough for a sentence.
func brief(value any) string {
	text := []rune(shown(value))
	if len(text) <= mostText {
		return string(text)
	}
	return string(text[:mostText]) + "…"
}
