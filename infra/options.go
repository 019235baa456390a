package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// Options are what cdk.json's context and the command line (-c NAME=VALUE)
// choose when the templates are made: what is the same wherever they are
// deployed (see parameters). Lists are separated by commas. docs/deploy.md
// explains each.
type Options struct {
	Architecture        string
	LogLevel            slog.Level
	LogRetention        awslogs.RetentionDays
	ReservedConcurrency *float64 // the enforcer's; the gate has two executions then and the verifier one. nil reserves none
	Policy              string   // the policy document that the stack begins with; empty means the defaults
	RollBackRoles       []string
	Check               string      // schedule expression of the enforcer's checks of the setting
	Hourly, Daily       string      // schedule expressions of the verifier's scans
	Class               guard.Class // FedRAMP's, by whose cycle kernel checks are renewed; empty is C
	Sample              int         // tasks whose kernel an hourly scan checks
	EvidenceDays        int         // for which reports are locked
	ReportsDays         int         // after which reports are deleted; 0 is never
	KeysToRead          []string
	SecurityHub         bool
	Tracing             bool // X-Ray traces of the functions
	Dashboard           bool
	Drill               bool // a role and queues for fipsguard drill
	Queues              []string
	HTTPSEndpoints      []string
	SecurityAccount     string
	SecurityBus         string   // ARN of the security account's event bus, for the second channel
	Guarded             []string // accounts whose guards the security account's stack listens to
	Subnets             []string
	SecurityGroups      []string
	VPC                 string            // of the subnets, where it has no way out: endpoints are made in it
	RouteTables         []string          // of the subnets
	Endpoints           map[string]string // the endpoint of a service, chosen by hand
	WitnessSubnets      []string          // where the witness runs; none makes no witness
	WitnessGroup        string            // its security group
}

// readOptions reads the CDK's context. The error has one line for every fault.
// A policy file is read and checked.
func readOptions(context map[string]any) (Options, error) {
	c := &choices{context: context}
	o := Options{
		Architecture:    c.oneOf("architecture", "amd64", "amd64", "arm64"),
		RollBackRoles:   c.list("rollBackRoles", "ARNs of roles, with at least the beginning of a name, as in arn:aws-us-gov:iam::111122223333:role/app-*", rolePattern.MatchString),
		Check:           c.schedule("check", "rate(1 minute)"),
		Hourly:          c.schedule("hourly", "cron(7 * * * ? *)"),
		Daily:           c.schedule("daily", "cron(37 5 * * ? *)"),
		Class:           guard.Class(c.oneOf("class", "", string(guard.ClassB), string(guard.ClassC), string(guard.ClassD))),
		Sample:          c.number("proofSample", config.DefaultSample, config.MaxSample),
		EvidenceDays:    c.number("evidenceDays", 365, 36_500),
		ReportsDays:     c.number("reportsDays", 0, 36_500),
		KeysToRead:      c.list("keysToRead", "ARNs of KMS keys", keyARN.MatchString),
		SecurityHub:     c.yes("securityHub"),
		Tracing:         c.yes("tracing"),
		Dashboard:       c.yesOr("dashboard", true),
		Drill:           c.yes("drill"),
		Queues:          c.list("queues", "ARNs of SQS queues, none of them FIFO, which SNS does not send to", queueARN.MatchString),
		HTTPSEndpoints:  c.list("httpsEndpoints", "URLs that begin with https://", isHTTPS),
		SecurityAccount: c.text("securityAccount", ""),
		SecurityBus:     c.text("securityBus", ""),
		Guarded:         c.list("guardedAccounts", "accounts of 12 digits", product.IsAccount),
		Subnets:         c.list("subnets", "IDs as in subnet-0123456789abcdef0", subnetID.MatchString),
		SecurityGroups:  c.list("securityGroups", "IDs as in sg-0123456789abcdef0", groupID.MatchString),
		VPC:             c.text("vpc", ""),
		RouteTables:     c.list("routeTables", "IDs as in rtb-0123456789abcdef0", tableID.MatchString),
		WitnessSubnets:  c.list("witnessSubnets", "IDs as in subnet-0123456789abcdef0", subnetID.MatchString),
		WitnessGroup:    c.text("witnessSecurityGroup", ""),
	}
	if o.LogLevel.UnmarshalText([]byte(c.text("logLevel", "info"))) != nil {
		c.refuse("logLevel", "debug, info, warn or error")
	}
	var known bool
	if o.LogRetention, known = retentions[c.number("logRetentionDays", 365, 3653)]; !known {
		c.refuse("logRetentionDays", "90, 180, 365, 731, 1096 or 2557")
	}
	if n := c.number("reservedConcurrency", 0, 10_000); n > 0 {
		o.ReservedConcurrency = jsii.Number(n)
	}
	if o.ReportsDays > 0 && o.ReportsDays < o.EvidenceDays {
		c.refuse("reportsDays", "no less than evidenceDays, for which reports are locked")
	}
	if o.SecurityAccount != "" && !product.IsAccount(o.SecurityAccount) {
		c.refuse("securityAccount", "an account's 12 digits")
	}
	if o.SecurityBus != "" && !busARN.MatchString(o.SecurityBus) {
		c.refuse("securityBus", "the ARN of an event bus of another account")
	}
	if o.WitnessGroup != "" && (!groupID.MatchString(o.WitnessGroup) || len(o.WitnessSubnets) == 0) {
		c.refuse("witnessSecurityGroup", "an ID as in sg-0123456789abcdef0, given together with witnessSubnets")
	}
	if (len(o.Subnets) == 0) != (len(o.SecurityGroups) == 0) {
		c.refuse("subnets", "given together with securityGroups")
	}
	c.readEndpoints(&o)
	policy, err := readDocument(c.text("policyFile", ""))
	if err != nil {
		c.faults = append(c.faults, err)
	}
	o.Policy = policy
	c.refuseUnknown()
	return o, errors.Join(c.faults...)
}

// hasSubscriber reports whether someone gets alerts, as far as the options say.
func (o Options) hasSubscriber() bool {
	return len(o.Queues)+len(o.HTTPSEndpoints) > 0 || o.SecurityAccount != ""
}

// retentions are CloudWatch Logs' numbers of days that are worth choosing from:
// FedRAMP wants at least 90 days at hand.
var retentions = map[int]awslogs.RetentionDays{
	90:   awslogs.RetentionDays_THREE_MONTHS,
	180:  awslogs.RetentionDays_SIX_MONTHS,
	365:  awslogs.RetentionDays_ONE_YEAR,
	731:  awslogs.RetentionDays_TWO_YEARS,
	1096: awslogs.RetentionDays_THREE_YEARS,
	2557: awslogs.RetentionDays_SEVEN_YEARS,
}

var (
	// rolePattern: of the role's name at least a beginning, so that no option
	// lets the guard pass any role on.
	rolePattern    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|\*):role/([\w+=,.@-]+/)*[\w+=,.@-]+\*?$`)
	keyARN         = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+$`)
	queueARN       = regexp.MustCompile(`^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$`)
	busARN         = regexp.MustCompile(`^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus/[\w./-]+$`)
	subnetID       = regexp.MustCompile(`^subnet-[0-9a-f]+$`)
	groupID        = regexp.MustCompile(`^sg-[0-9a-f]+$`)
	vpcID          = regexp.MustCompile(`^vpc-[0-9a-f]+$`)
	tableID        = regexp.MustCompile(`^rtb-[0-9a-f]+$`)
	endpointChoice = regexp.MustCompile(`^[a-z0-9]+=[a-z0-9]+([.-][a-z0-9]+)*$`)
	// expression is what EventBridge takes in a rule.
	expression = regexp.MustCompile(`^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minute|hour|day)s)\)|cron\([0-9A-Z*?/,#\- ]+\))$`)
)

func (c *choices) schedule(name, otherwise string) string {
	text := c.text(name, otherwise)
	if !expression.MatchString(text) {
		c.refuse(name, "an EventBridge schedule, as in rate(5 minutes) or "+otherwise)
	}
	return text
}

func isHTTPS(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

func readDocument(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	document, err := os.ReadFile(file)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err // without the path, which may have several lines
		}
		return "", fmt.Errorf("context policyFile %q: %w", file, err)
	}
	if _, err := config.ParsePolicy(document, time.Now()); err != nil {
		return "", fmt.Errorf("context policyFile %s: %w", file, err)
	}
	return string(document), nil
}
