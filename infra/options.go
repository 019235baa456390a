package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// Options are what cdk.json's context and the command line (-c NAME=VALUE)
// choose. Lists are separated by commas. docs/deploy.md explains each.
type Options struct {
	Audit               bool // report, change nothing; the role cannot write either
	Architecture        string
	LogLevel            slog.Level
	LogRetention        awslogs.RetentionDays
	ReservedConcurrency *float64 // the enforcer's; the gate has two executions then and the verifier one. nil reserves none
	Policy              string   // the policy document; empty means the defaults
	RollBackRoles       []string
	Check               string // schedule expression of the enforcer's checks of the setting
	Hourly, Daily       string // schedule expressions of the verifier's scans
	Class               guard.Class // FedRAMP's, by whose cycle kernel checks are renewed; empty is C
	Sample              int    // tasks whose kernel an hourly scan checks
	EvidenceDays        int    // for which reports are locked
	TrailLogs           string // BUCKET or BUCKET/PREFIX of CloudTrail's log files
	KeysToRead          []string
	SecurityHub         bool
	Tracing             bool // X-Ray traces of the functions
	Emails              []string
	Queues              []string
	HTTPSEndpoints      []string
	SecurityAccount     string
	Subnets             []string
	SecurityGroups      []string
	VPC                 string   // of the subnets; needed for endpoints only
	Endpoints           []string // interface endpoints to create, such as "ecs" and "sns"
}

// readOptions asks lookup for every option by its context name. The error has
// one line for every bad one. A policy file is read and checked.
func readOptions(lookup func(name string) string) (Options, error) {
	o := Options{
		RollBackRoles:   list(lookup("rollBackRoles")),
		Check:           cmp.Or(lookup("check"), "rate(1 minute)"),
		Hourly:          cmp.Or(lookup("hourly"), "cron(7 * * * ? *)"),
		Daily:           cmp.Or(lookup("daily"), "cron(37 5 * * ? *)"),
		TrailLogs:       lookup("trailLogs"),
		KeysToRead:      list(lookup("keysToRead")),
		Emails:          list(lookup("emails")),
		Queues:          list(lookup("queues")),
		HTTPSEndpoints:  list(lookup("httpsEndpoints")),
		SecurityAccount: lookup("securityAccount"),
		Subnets:         list(lookup("subnets")),
		SecurityGroups:  list(lookup("securityGroups")),
		VPC:             lookup("vpc"),
		Endpoints:       list(lookup("endpoints")),
	}
	var errs []error
	bad := func(name, allowed string) {
		errs = append(errs, fmt.Errorf("context %s is %q; it must be %s", name, lookup(name), allowed))
	}
	switch lookup("mode") {
	case "enforce", "":
	case "audit":
		o.Audit = true
	default:
		bad("mode", "enforce or audit")
	}
	switch o.Architecture = lookup("architecture"); o.Architecture {
	case "":
		o.Architecture = "amd64"
	case "amd64", "arm64":
	default:
		bad("architecture", "amd64 or arm64")
	}
	if text := lookup("logLevel"); text != "" && o.LogLevel.UnmarshalText([]byte(text)) != nil {
		bad("logLevel", "debug, info, warn or error")
	}
	var known bool
	if o.LogRetention, known = retentions[lookup("logRetentionDays")]; !known {
		bad("logRetentionDays", "90, 180, 365, 731, 1096 or 2557")
	}
	for name, expression := range map[string]string{"check": o.Check, "hourly": o.Hourly, "daily": o.Daily} {
		if !schedule.MatchString(expression) {
			bad(name, "an EventBridge schedule, rate(…) or cron(…)")
		}
	}
	number := func(name string, otherwise, most int) int {
		n, err := strconv.Atoi(cmp.Or(lookup(name), strconv.Itoa(otherwise)))
		if err != nil || n < 1 || n > most {
			bad(name, fmt.Sprintf("a number from 1 to %d", most))
		}
		return n
	}
	o.Sample = number("proofSample", config.DefaultSample, config.MaxSample)
	if o.Class = guard.Class(lookup("class")); o.Class != "" {
		if _, err := guard.ParseClass(string(o.Class)); err != nil {
			bad("class", "B, C or D, the FedRAMP certification class")
		}
	}
	o.EvidenceDays = number("evidenceDays", 365, 36_500)
	for name, on := range map[string]*bool{"securityHub": &o.SecurityHub, "tracing": &o.Tracing} {
		switch lookup(name) {
		case "", "false":
		case "true":
			*on = true
		default:
			bad(name, "true or false")
		}
	}
	for _, key := range o.KeysToRead {
		if !strings.Contains(key, ":kms:") || !strings.Contains(key, ":key/") {
			bad("keysToRead", "ARNs of KMS keys")
			break
		}
	}
	if text := lookup("reservedConcurrency"); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			bad("reservedConcurrency", "a number of executions, or empty to reserve none")
		}
		o.ReservedConcurrency = jsii.Number(n)
	}
	if o.SecurityAccount != "" && !product.IsAccount(o.SecurityAccount) {
		bad("securityAccount", "an account's 12 digits")
	}
	for _, queue := range o.Queues {
		if strings.Count(queue, ":") != 5 || !strings.Contains(queue, ":sqs:") {
			bad("queues", "ARNs of SQS queues")
			break
		}
	}
	for _, endpoint := range o.HTTPSEndpoints {
		if !strings.HasPrefix(endpoint, "https://") {
			bad("httpsEndpoints", "URLs that begin with https://")
			break
		}
	}
	if (len(o.Subnets) == 0) != (len(o.SecurityGroups) == 0) {
		bad("subnets", "given together with securityGroups")
	}
	if len(o.Endpoints) > 0 && (o.VPC == "" || len(o.Subnets) == 0) {
		bad("endpoints", "given together with vpc, subnets and securityGroups")
	}
	policy, err := readPolicy(lookup("policyFile"))
	if err != nil {
		errs = append(errs, err)
	}
	o.Policy = policy
	return o, errors.Join(errs...)
}

// retentions are CloudWatch Logs' numbers of days that are worth choosing from:
// FedRAMP wants at least 90 days at hand.
var retentions = map[string]awslogs.RetentionDays{
	"":     awslogs.RetentionDays_ONE_YEAR,
	"90":   awslogs.RetentionDays_THREE_MONTHS,
	"180":  awslogs.RetentionDays_SIX_MONTHS,
	"365":  awslogs.RetentionDays_ONE_YEAR,
	"731":  awslogs.RetentionDays_TWO_YEARS,
	"1096": awslogs.RetentionDays_THREE_YEARS,
	"2557": awslogs.RetentionDays_SEVEN_YEARS,
}

// schedule is what EventBridge takes in a rule.
var schedule = regexp.MustCompile(`^(rate\(\d+ (minute|hour|day)s?\)|cron\([0-9A-Z*?/,#\- ]+\))$`)

func readPolicy(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	document, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("context policyFile: %w", err)
	}
	if _, err := config.ParsePolicy(document, time.Now()); err != nil {
		return "", fmt.Errorf("context policyFile %s: %w", file, err)
	}
	return string(document), nil
}

func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
