package integrity

import (
	"slices"
	"strings"
)

// request is one call, as IAM sees it.
type request struct {
	principal string
	isService bool // AWS's own, which no service control policy binds
	action    string
	resource  string
	context   map[string]string
}

// denies evaluates a policy of denials as IAM does, for the operators used here.
func (p Policy) denies(r request) bool {
	return slices.ContainsFunc(p.Statement, func(s Statement) bool {
		return s.Effect == "Deny" &&
			slices.ContainsFunc(s.Action, func(pattern string) bool {
				return like(strings.ToLower(pattern), strings.ToLower(r.action))
			}) &&
			slices.ContainsFunc(s.Resource, func(pattern string) bool { return likeARN(pattern, r.resource) }) &&
			s.Condition.holds(r)
	})
}

func (c Condition) holds(r request) bool {
	for operator, keys := range c {
		for key, values := range keys {
			text, present := r.value(key)
			any := func(matches func(value, text string) bool) bool {
				return present && slices.ContainsFunc(values, func(value string) bool { return matches(value, text) })
			}
			var holds bool
			switch operator {
			case "ArnNotLike": // holds, too, where the key is absent
				holds = !any(likeARN)
			case "ArnLike":
				holds = any(likeARN)
			case "StringEquals":
				holds = any(func(value, text string) bool { return value == text })
			case "StringEqualsIgnoreCase":
				holds = any(strings.EqualFold)
			case "BoolIfExists":
				holds = !present || any(strings.EqualFold)
			default:
				panic("an operator that the evaluator does not know: " + operator)
			}
			if !holds {
				return false
			}
		}
	}
	return true
}

func (r request) value(key string) (string, bool) {
	switch key {
	case "aws:PrincipalArn":
		return r.principal, !r.isService
	case "aws:PrincipalIsAWSService":
		return map[bool]string{true: "true", false: "false"}[r.isService], true
	}
	text, present := r.context[key]
	return text, present
}

// likeARN compares the parts of two ARNs: no wildcard reaches beyond a colon,
// but in the last part.
func likeARN(pattern, text string) bool {
	if pattern == "*" {
		return true
	}
	patterns, texts := strings.SplitN(pattern, ":", 6), strings.SplitN(text, ":", 6)
	if len(patterns) != len(texts) {
		return false
	}
	for i := range patterns {
		if !like(patterns[i], texts[i]) {
			return false
		}
	}
	return true
}

func like(pattern, text string) bool {
	for i, p := range []byte(pattern) {
		switch {
		case p == '*':
			for j := i; j <= len(text); j++ {
				if like(pattern[i+1:], text[j:]) {
					return true
				}
			}
			return false
		case i >= len(text) || p != '?' && p != text[i]:
			return false
		}
	}
	return len(pattern) == len(text)
}
