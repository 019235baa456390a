package main

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// TestTheSecondChannelLeavesCanariesOut: they come every hour and would be a mail
// each. Every other write of the setting goes to the security account, also one of
// somebody who calls it a canary.
func TestTheSecondChannelLeavesCanariesOut(t *testing.T) {
	stack := synthesizeFor(t, second)[accountStack]
	const verifier, admin = "arn:aws-us-gov:iam::111122223333:role/fipsguard-verifier-us-gov-west-1", "arn:aws-us-gov:iam::111122223333:role/Admin"
	for _, c := range []struct {
		what, issuer, agent string
		forwarded           bool
	}{
		{"the canary", verifier, "aws-sdk-go-v2/1.48.0 api/ecs#1.104.2 app/fipsguard-canary m/E", false},
		{"the verifier's repair", verifier, "aws-sdk-go-v2/1.48.0 api/ecs#1.104.2 app/fipsguard m/E", true},
		{"an administrator", admin, "aws-cli/2.31.0", true},
		{"an administrator who says that it is the canary", admin, "app/fipsguard-canary", true},
		{"root, who says so", "", "app/fipsguard-canary", true},
		{"a record without a user agent", admin, "", true},
	} {
		detail := map[string]any{"eventSource": "ecs.amazonaws.com", "eventName": "PutAccountSettingDefault"}
		if c.agent != "" {
			detail["userAgent"] = c.agent
		}
		if c.issuer != "" {
			detail["userIdentity"] = map[string]any{"sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": c.issuer}}}
		}
		event := map[string]any{"source": "aws.ecs", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
		forwarded := false
		for _, rule := range stack.resources("AWS::Events::Rule") {
			properties := rule["Properties"].(map[string]any)
			if strings.HasPrefix(properties["Name"].(string), "fipsguard-security-settings") {
				forwarded = forwarded || matches(deployed(properties["EventPattern"]).(map[string]any), event)
			}
		}
		if forwarded != c.forwarded {
			t.Errorf("%s: it goes to the security account: %t", c.what, forwarded)
		}
	}
}

// matches is EventBridge's comparison, as far as these rules use it: every member
// of the pattern has to hold, by any one of its conditions.
func matches(pattern, event map[string]any) bool {
	for member, wanted := range pattern {
		if below, ok := wanted.(map[string]any); ok {
			has, _ := event[member].(map[string]any)
			if !matches(below, has) {
				return false
			}
			continue
		}
		value, there := event[member].(string)
		if !slices.ContainsFunc(wanted.([]any), func(condition any) bool { return holds(condition, value, there) }) {
			return false
		}
	}
	return true
}

func holds(condition any, value string, there bool) bool {
	operator, ok := condition.(map[string]any)
	if !ok {
		return there && condition == value
	}
	if exists, ok := operator["exists"].(bool); ok {
		return there == exists
	}
	if wildcard, ok := operator["wildcard"].(string); ok {
		return there && like(wildcard, value)
	}
	switch but := operator["anything-but"].(type) {
	case []any:
		return there && !slices.Contains(but, any(value))
	case map[string]any:
		return there && !like(but["wildcard"].(string), value)
	}
	return false
}

// like reports whether a text matches a pattern in which * is any text.
func like(pattern, value string) bool {
	flat := strings.NewReplacer("/", "_") // a path's * does not cross it
	matched, err := path.Match(flat.Replace(pattern), flat.Replace(value))
	return err == nil && matched
}
