package config

import (
	"strings"
	"testing"

	"fipsguard/internal/guard"
)

// patterns are resources of exemptions: why each is refused, or empty.
var patterns = map[string]string{
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*": "",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:7": "",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy-*": "",
	"arn:aws-us-gov:ecs:*:*:task-definition/l*":                              "",
	"arn:aws-us-gov:ecs:us-gov-east-1:*:task/batch/*":                        "",
	"arn:aws-us-gov:ecs:*:111122223333:task/0123456789abcdef":                "",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/prod/le*cy":       "",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/_/*":              "",
	"":                               "must be arn:",
	"*":                              "must be arn:",
	"**":                             "must be arn:",
	"arn:*":                          "must be arn:",
	"arn:aws-us-gov:ecs:*":           "must be arn:",
	"arn:*:ecs:*:*:task/batch/*":     "must be arn:",
	"arn:aws-us-gov:*:*:*:task/b/*":  "must be arn:",
	"arn:aws-us-gov:ecs*:*:*:task/b": "must be arn:",
	"arn:aws:ecs:us-gov-west-1:111122223333:task/batch/*":                "must be arn:",
	" arn:aws-us-gov:ecs:*:*:task/batch/*":                               "must be arn:",
	"arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts":               "must be arn:",
	"arn:aws-us-gov:ecs:*:*:*":                                           `the type "*"`,
	"arn:aws-us-gov:ecs:*:*:*/*":                                         `the type "*"`,
	"arn:aws-us-gov:ecs:*:*:task*/batch":                                 `the type "task*"`,
	"arn:aws-us-gov:ecs:*:*:cluster/batch":                               `the type "cluster"`,
	"arn:aws-us-gov:ecs:*:*:":                                            `the type ""`,
	"arn:aws-us-gov:ecs:*:*:task":                                        "matches every task",
	"arn:aws-us-gov:ecs:*:*:task/":                                       "matches every task",
	"arn:aws-us-gov:ecs:*:*:task/*":                                      "matches every task",
	"arn:aws-us-gov:ecs:*:*:service/*/*":                                 "matches every service",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/*:*":  "matches every task-definition",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/*:1":  "must begin with",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/*/legacy":     "must begin with",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/?legacy":      "must begin with",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/le?acy":       "characters that no service has",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/legacy ":      "characters that no service has",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/a/b*": "characters that no task-definition has",
	"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/a":    "matches no revision; write a:*",
	"arn:aws-us-gov:ecs:us-gov-*:111122223333:task/batch/*":              `the Region "us-gov-*"`,
	"arn:aws-us-gov:ecs:us-east-1:111122223333:task/batch/*":             `the Region "us-east-1"`,
	"arn:aws-us-gov:ecs::111122223333:task/batch/*":                      `the Region ""`,
	"arn:aws-us-gov:ecs:us-gov-west-1:1111*:task/batch/*":                `the account "1111*"`,
	"arn:aws-us-gov:ecs:us-gov-west-1::task/batch/*":                     `the account ""`,
	"fargateFIPSMode@111122223333/us-gov-west-1":                         "account setting cannot be exempted",
	"*fargatefipsmode*":                                                  "account setting cannot be exempted",
	"fargateFIPSMode@*/arn:aws-us-gov:iam::111122223333:role/app":        "account setting cannot be exempted",
	"arn:aws-us-gov:iam::111122223333:role/app":                          "account setting cannot be exempted",
	"arn:aws-us-gov:iam::111122223333:root":                              "account setting cannot be exempted",
}

func TestCheckPattern(t *testing.T) {
	for pattern, why := range patterns {
		err := checkPattern(pattern)
		switch {
		case why == "" && err != nil:
			t.Errorf("%q refused: %v", pattern, err)
		case why != "" && err == nil:
			t.Errorf("%q accepted", pattern)
		case why != "" && !strings.Contains(err.Error(), why):
			t.Errorf("%q: %q does not say %q", pattern, err, why)
		}
	}
}

// exemptsTooMuch names two things that no single exemption may cover.
func exemptsTooMuch(pattern string) bool {
	p := guard.Policy{Exemptions: []guard.Exemption{{Resource: pattern, Expires: now.AddDate(1, 0, 0)}}}
	exempt := func(resource string) bool {
		_, ok := p.Exempt("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"+resource, now)
		return ok
	}
	for _, kind := range []string{"task-definition/", "task/", "service/"} {
		if exempt(kind+"a/b:1") && exempt(kind+"z/b:1") {
			return true
		}
	}
	return exempt("task/a/b") && exempt("service/a/b")
}

func TestAcceptedPatternsMatchWhatTheyNameAndNoMore(t *testing.T) {
	for pattern, why := range patterns {
		if why == "" && exemptsTooMuch(pattern) {
			t.Errorf("%q covers too much", pattern)
		}
	}
	for _, pattern := range []string{"*", "arn:*", "arn:aws-us-gov:ecs:*:*:*", "arn:aws-us-gov:ecs:*:*:task/*"} {
		if !exemptsTooMuch(pattern) {
			t.Errorf("the test does not see that %q covers everything", pattern)
		}
	}
	p, err := ParsePolicy([]byte(exempting("", "")), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Exempt("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:12", now); !ok {
		t.Error("the exemption does not hold for a revision of its family")
	}
}
