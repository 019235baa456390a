package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
)

// Enforcer is the configuration of the enforcer function.
type Enforcer struct {
	TopicARN string           // SNS topic of the alerts
	Mode     guard.PolicyMode // guard.Enforce or guard.Audit
	LogLevel slog.Level
	Policy   string // the policy document, unread; empty means the defaults
}

// variable ties one environment variable to one field of a configuration.
type variable struct {
	name  string
	value string                   // the field as text; empty is left out of the environment
	read  func(value string) error // sets the field; empty is "not set". An error says what is allowed
}

// variables is the one table between the struct and its environment.
func (e *Enforcer) variables() []variable {
	return []variable{
		{"FIPSGUARD_TOPIC_ARN", e.TopicARN, e.readTopicARN},
		{"FIPSGUARD_MODE", string(e.Mode), e.readMode},
		{"FIPSGUARD_LOG_LEVEL", e.LogLevel.String(), e.readLogLevel},
		{"FIPSGUARD_POLICY", e.Policy, e.readPolicy},
	}
}

// ReadEnforcer reads the configuration from the environment variables that
// Environment writes. Without FIPSGUARD_MODE it enforces, without
// FIPSGUARD_LOG_LEVEL it logs at level info. The error has one line for every
// bad variable: its name, what it holds, what is allowed.
//
// The policy document is not read here: PolicyOrDefault does that, so that a
// bad one never keeps the guard from starting.
func ReadEnforcer(getenv func(string) string) (Enforcer, error) {
	var e Enforcer
	if err := readVariables(e.variables(), getenv); err != nil {
		return Enforcer{}, err
	}
	return e, nil
}

// Environment is the inverse of ReadEnforcer, which reads an equal Enforcer
// from it when TopicARN and Mode are set. Nothing is validated: the topic's ARN
// may not be known before it is deployed.
func (e Enforcer) Environment() map[string]string {
	return writeVariables(e.variables())
}

func readVariables(variables []variable, getenv func(string) string) error {
	var errs []error
	for _, v := range variables {
		value := getenv(v.name)
		err := v.read(value)
		switch {
		case err == nil:
		case value == "":
			errs = append(errs, fmt.Errorf("%s is not set; %w", v.name, err))
		default:
			errs = append(errs, fmt.Errorf("%s is %s; %w", v.name, syntax.Quoted(value), err))
		}
	}
	return errors.Join(errs...)
}

func writeVariables(variables []variable) map[string]string {
	environment := map[string]string{}
	for _, v := range variables {
		if v.value != "" {
			environment[v.name] = v.value
		}
	}
	return environment
}

func (e *Enforcer) readTopicARN(value string) error {
	e.TopicARN = value
	return checkTopicARN(value)
}

func (e *Enforcer) readMode(value string) error {
	e.Mode = cmp.Or(guard.PolicyMode(value), guard.Enforce)
	if e.Mode != guard.Enforce && e.Mode != guard.Audit {
		return errors.New("it must be enforce or audit")
	}
	return nil
}

func (e *Enforcer) readLogLevel(value string) error {
	if err := e.LogLevel.UnmarshalText([]byte(cmp.Or(value, "info"))); err != nil {
		return errors.New("it must be debug, info, warn or error")
	}
	return nil
}

func (e *Enforcer) readPolicy(value string) error {
	e.Policy = value
	return nil
}

// MaxEnvironment is how many bytes a function's environment may have. Lambda
// measures all of its variables together, written as one JSON object, so the
// quotation marks and line breaks of a policy document count twice (seen in
// the refusals of UpdateFunctionConfiguration).
const MaxEnvironment = 4096

// CheckEnvironment refuses an environment that Lambda would refuse for its
// size. A value that is still a placeholder counts as long as the placeholder.
func CheckEnvironment(environment map[string]string) error {
	text, err := json.Marshal(environment)
	if err != nil {
		return fmt.Errorf("measure the environment: %w", err)
	}
	if len(text) > MaxEnvironment {
		return fmt.Errorf("the environment has %d bytes as JSON; Lambda allows %d, so the policy document has to be shorter", len(text), MaxEnvironment)
	}
	return nil
}
