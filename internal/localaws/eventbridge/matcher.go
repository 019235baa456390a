package eventbridge

import (
	"encoding/json"
	"maps"

	"quamina.net/go/quamina"
)

// matcher matches events with a pattern. Quamina knows no
// {"anything-but": {"wildcard": …}}, which is why there are two: what matches
// the pattern with the member being there, and not with the wildcard.
type matcher struct{ matches, except *quamina.Quamina }

func newMatcher(pattern string) (matcher, error) {
	var m matcher
	var parsed map[string]any
	if err := json.Unmarshal([]byte(pattern), &parsed); err != nil {
		return m, err
	}
	there, not := split(parsed)
	var err error
	if m.matches, err = quaminaOf(there); err == nil {
		m.except, err = quaminaOf(not...)
	}
	return m, err
}

func quaminaOf(patterns ...map[string]any) (*quamina.Quamina, error) {
	q, err := quamina.New()
	if err != nil {
		return nil, err
	}
	for _, p := range patterns {
		text, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		if err := q.AddPattern("pattern", string(text)); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// split makes of a pattern the one that matches where every member with an
// excluded wildcard is there, and for each of them the one that matches what it
// excludes.
func split(pattern map[string]any) (there map[string]any, not []map[string]any) {
	there = maps.Clone(pattern)
	var excluded []map[string]any
	for name, value := range pattern {
		if below, ok := value.(map[string]any); ok {
			var notBelow []map[string]any
			there[name], notBelow = split(below)
			for _, n := range notBelow {
				excluded = append(excluded, map[string]any{name: n})
			}
		} else if wildcard, ok := anythingBut(value); ok {
			there[name] = []any{map[string]any{"exists": true}}
			excluded = append(excluded, map[string]any{name: []any{map[string]any{"shellstyle": wildcard}}})
		}
	}
	for _, e := range excluded {
		whole := maps.Clone(there)
		maps.Copy(whole, e)
		not = append(not, whole)
	}
	return there, not
}

// anythingBut is the wildcard that a member's values exclude.
func anythingBut(values any) (wildcard string, ok bool) {
	list, _ := values.([]any)
	if len(list) != 1 {
		return "", false
	}
	operator, _ := list[0].(map[string]any)
	excluded, _ := operator["anything-but"].(map[string]any)
	wildcard, ok = excluded["wildcard"].(string)
	return wildcard, ok
}

// match reports whether an event matches.
func (m matcher) match(event []byte) bool {
	return matchesAny(m.matches, event) && !matchesAny(m.except, event)
}

func matchesAny(q *quamina.Quamina, event []byte) bool {
	found, err := q.MatchesForEvent(event)
	return err == nil && len(found) > 0
}
