package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// choices reads the CDK's context strictly: every value is of its type or a
// fault, every name is known or a fault, and all faults are reported at once.
// An empty text and null are what is left out.
type choices struct {
	context map[string]any
	known   []string
	faults  []error
}

func (c *choices) value(name string) any {
	c.known = append(c.known, name)
	return c.context[name]
}

// refuse adds a fault: what a value must be.
func (c *choices) refuse(name, allowed string) {
	shown := fmt.Sprint(c.context[name])
	if text, ok := c.context[name].(string); ok {
		shown = strconv.Quote(text)
	}
	if c.context[name] == nil {
		shown = "missing"
	}
	c.faults = append(c.faults, fmt.Errorf("context %s is %s; it must be %s", name, shown, allowed))
}

func (c *choices) text(name, otherwise string) string {
	switch value := c.value(name).(type) {
	case nil:
	case string:
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	default:
		c.refuse(name, "a text")
	}
	return otherwise
}

// oneOf is a text among few.
func (c *choices) oneOf(name, otherwise string, allowed ...string) string {
	text := c.text(name, otherwise)
	if !slices.Contains(append(allowed, otherwise), text) {
		c.refuse(name, oneOf(allowed))
	}
	return text
}

func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (c *choices) yes(name string) bool { return c.yesOr(name, false) }

// yesOr is what is chosen, or otherwise where it is left out.
func (c *choices) yesOr(name string, otherwise bool) bool {
	switch value := c.value(name).(type) {
	case nil:
		return otherwise
	case bool:
		return value
	case string:
		switch value {
		case "true":
			return true
		case "false":
			return false
		case "":
			return otherwise
		}
	}
	c.refuse(name, "true or false")
	return false
}

// number is a whole one from 1 to most; otherwise where it is left out.
func (c *choices) number(name string, otherwise, most int) int {
	n := math.NaN()
	switch value := c.value(name).(type) {
	case nil:
		return otherwise
	case float64:
		n = value
	case string:
		if value == "" {
			return otherwise
		}
		if whole, err := strconv.Atoi(value); err == nil {
			n = float64(whole)
		}
	}
	if n >= 1 && n <= float64(most) && n == math.Trunc(n) {
		return int(n)
	}
	c.refuse(name, fmt.Sprintf("a whole number from 1 to %d", most))
	return otherwise
}

// list is a JSON list of texts, or a text with commas. Each item has to be
// what is allowed. What is named twice counts once.
func (c *choices) list(name, allowed string, isAllowed func(string) bool) []string {
	var items []string
	switch value := c.value(name).(type) {
	case nil:
	case string:
		for item := range strings.SplitSeq(value, ",") {
			items = append(items, item)
		}
	case []any:
		for _, item := range value {
			text, ok := item.(string)
			if !ok || strings.Contains(text, ",") {
				c.refuse(name, "a list of texts: "+allowed)
				return nil
			}
			items = append(items, text)
		}
	default:
		c.refuse(name, "a list of texts, or one text with commas: "+allowed)
	}
	var kept []string
	for _, item := range items {
		if item = strings.TrimSpace(item); item == "" || slices.Contains(kept, item) {
			continue
		}
		if !isAllowed(item) {
			c.refuse(name, allowed)
			return nil
		}
		kept = append(kept, item)
	}
	return kept
}

// parameterNames are what the deployment chooses, not the synthesis.
var parameterNames = map[string]string{
	"mode": "Mode", "emails": "Email1 to Email5", "silent": "Silent", "trailLogs": "TrailLogs", "accountName": "AccountName", "policyParameter": "PolicyParameter",
}

// refuseUnknown adds a fault for each name that nobody asked for. Names with a
// colon, an @ or a slash are the CDK's own.
func (c *choices) refuseUnknown() {
	for _, name := range slices.Sorted(maps.Keys(c.context)) {
		if slices.Contains(c.known, name) || strings.ContainsAny(name, ":@/") {
			continue
		}
		if parameter := parameterNames[name]; parameter != "" {
			c.faults = append(c.faults, fmt.Errorf("context %s: that is chosen when you deploy, by the template's parameter %s", name, parameter))
		} else {
			c.faults = append(c.faults, fmt.Errorf("context %s is unknown; did you mean %s?", strings.Trim(strconv.Quote(name), `"`), nearest(name, c.known)))
		}
	}
}

func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is Levenshtein's, of small and capital letters alike.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
