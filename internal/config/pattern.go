package config

import (
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/syntax"
)

// errPattern is the one shape of an exemption's resource. Each wildcard has its
// place in it, so no pattern can match everything of a kind.
var errPattern = errors.New("it must be arn:aws-us-gov:ecs:REGION:ACCOUNT:TYPE/NAME, where REGION and ACCOUNT may be * and NAME may have * after its first character")

// checkPattern says why a pattern cannot be an exemption's resource. Task
// definitions, tasks and services are what the guard fixes besides the
// account setting. The name, which begins with the family or the cluster, must
// begin with a character of its own.
func checkPattern(pattern string) error {
	parts := strings.SplitN(pattern, ":", 6)
	if namesSetting(pattern, parts) {
		return errors.New("the account setting cannot be exempted, nor a user's or role's override of it")
	}
	if len(parts) != 6 || parts[0] != "arn" || parts[1] != "aws-us-gov" || parts[2] != "ecs" {
		return errPattern
	}
	region, account := parts[3], parts[4]
	switch {
	case region != "*" && !guard.InScope(region):
		return fmt.Errorf("the Region %s is neither * nor one that has FIPS mode on Fargate", syntax.Quoted(region))
	case account != "*" && !product.IsAccount(account):
		return fmt.Errorf("the account %s is neither * nor 12 digits", syntax.Quoted(account))
	}
	return checkResourceName(parts[5])
}

// namesSetting reports whether a pattern means the account setting: by its
// name, or by a user or role.
func namesSetting(pattern string, parts []string) bool {
	return strings.Contains(strings.ToLower(pattern), strings.ToLower(guard.SettingName)) ||
		len(parts) > 2 && (parts[2] == "iam" || parts[2] == "sts")
}

func checkResourceName(resource string) error {
	kind, name, _ := strings.Cut(resource, "/")
	others := "_-:/*"
	switch kind {
	case "task-definition":
		others = "_-:*"
	case "task", "service":
	default:
		return fmt.Errorf("the type %s is not one that the guard fixes: task-definition, task or service", syntax.Quoted(kind))
	}
	switch {
	case strings.Trim(name, "*:/") == "":
		return fmt.Errorf("it matches every %s", kind)
	case !madeOf(name[:1], lower+upper+digits+"_-"):
		return fmt.Errorf("the name %s must begin with a letter, digit, _ or -", syntax.Quoted(name))
	case !madeOf(name, lower+upper+digits+others):
		return fmt.Errorf("the name %s has characters that no %s has", syntax.Quoted(name), kind)
	case kind == "task-definition" && !strings.ContainsAny(name, ":*"):
		return fmt.Errorf("it matches no revision; write %s:* for all of them", name)
	}
	return nil
}
