package main

import (
	"encoding/json"
	"fipsguard/internal/product"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

type denial struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  any
	Condition struct {
		StringEqualsIgnoreCase map[string]string
		ArnNotLike             map[string][]string
	}
}

// denies judges a call as the SCP's conditions do, for this file's operators.
func (d denial) denies(principal, action, resource, setting string) bool {
	if name, conditioned := d.Condition.StringEqualsIgnoreCase["ecs:account-setting"]; conditioned && !strings.EqualFold(name, setting) {
		return false
	}
	matches := func(text string) func(string) bool {
		return func(pattern string) bool {
			ok, err := path.Match(strings.ReplaceAll(pattern, "/", "|"), strings.ReplaceAll(text, "/", "|"))
			return ok && err == nil
		}
	}
	var resources []string
	switch r := d.Resource.(type) {
	case string:
		resources = []string{r}
	case []any:
		resources = texts(r)
	}
	return slices.Contains(d.Action, action) && slices.ContainsFunc(resources, matches(resource)) &&
		!slices.ContainsFunc(d.Condition.ArnNotLike["aws:PrincipalArn"], matches(principal))
}

// TestSCP judges calls of everybody with the published policy.
func TestSCP(t *testing.T) {
	content, err := os.ReadFile("../docs/scp-fargate-fips-mode.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(content) > 5120 {
		t.Errorf("%d characters; Organizations allows 5120", len(content))
	}
	var policy struct{ Statement []denial }
	if err := json.Unmarshal(content, &policy); err != nil {
		t.Fatal(err)
	}
	for _, d := range policy.Statement {
		if d.Effect != "Deny" {
			t.Errorf("%s is an %s", d.Sid, d.Effect)
		}
	}
	const (
		account    = "arn:aws-us-gov:iam::111122223333:"
		guard      = account + "role/" + product.Enforcer + "-us-gov-west-1"
		east       = account + "role/" + product.Enforcer + "-us-gov-east-1"
		likeGuard  = account + "role/" + product.Enforcer + "-us-gov-west-1-mine"
		inPath     = account + "role/mine/" + product.Enforcer + "-us-gov-west-1"
		admin      = account + "role/Admin"
		root       = account + "root"
		stackSets  = account + "role/stacksets-exec-0123456789abcdef"
		function   = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:" + product.Enforcer
		mode, logs = "fargateFIPSMode", "containerInsights"
	)
	for _, call := range []struct {
		principal, action, resource, setting string
		denied                               bool
	}{
		{guard, "ecs:PutAccountSettingDefault", "*", mode, false},
		{east, "ecs:PutAccountSetting", "*", mode, false},
		{account + "role/" + product.Verifier + "-us-gov-west-1", "ecs:PutAccountSettingDefault", "*", mode, false},
		{likeGuard, "ecs:PutAccountSettingDefault", "*", mode, true},
		{inPath, "ecs:PutAccountSettingDefault", "*", mode, true},
		{admin, "ecs:PutAccountSettingDefault", "*", mode, true},
		{admin, "ecs:PutAccountSetting", "*", mode, true},
		{admin, "ecs:DeleteAccountSetting", "*", "FARGATEFIPSMODE", true},
		{root, "ecs:DeleteAccountSetting", "*", mode, true},
		{admin, "ecs:PutAccountSettingDefault", "*", logs, false},
		{admin, "ecs:ListAccountSettings", "*", mode, false},
		{admin, "iam:PassRole", guard, "", true},
		{admin, "iam:CreateRole", east, "", true},
		{admin, "iam:PassRole", admin, "", false},
		{admin, "lambda:UpdateFunctionCode", function, "", true},
		{stackSets, "lambda:UpdateFunctionCode", function, "", false},
		{stackSets, "iam:CreateRole", guard, "", false},
		{stackSets, "ecs:PutAccountSettingDefault", "*", mode, true},
	} {
		denied := slices.ContainsFunc(policy.Statement, func(d denial) bool {
			return d.denies(call.principal, call.action, call.resource, call.setting)
		})
		if denied != call.denied {
			t.Errorf("%s by %s on %s %s: denied %v, want %v", call.action, call.principal, call.resource, call.setting, denied, call.denied)
		}
	}
}
