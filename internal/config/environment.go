package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// Enforcer is the configuration of the enforcer function, which the others
// have, too.
type Enforcer struct {
	TopicARN    string           // SNS topic of the alerts
	Mode        guard.PolicyMode // guard.Enforce or guard.Audit
	LogLevel    slog.Level
	AccountName string // what people call the account; may be empty
}

// Gate is the configuration of the gate function, which the verifier has, too.
type Gate struct {
	Enforcer
	PolicyParameter string // the parameter of Systems Manager that holds the policy document
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
		{"FIPSGUARD_ACCOUNT_NAME", e.AccountName, e.readAccountName},
	}
}

func (g *Gate) variables() []variable {
	return append(g.Enforcer.variables(), variable{"FIPSGUARD_POLICY_PARAMETER", g.PolicyParameter, g.readPolicyParameter})
}

// ReadEnforcer reads the configuration from the environment variables that
// Environment writes. Without FIPSGUARD_MODE it enforces, without
// FIPSGUARD_LOG_LEVEL it logs at level info. The error has one line for every
// bad variable: its name, what it holds, what is allowed.
func ReadEnforcer(getenv func(string) string) (Enforcer, error) {
	var e Enforcer
	if err := readVariables(e.variables(), getenv); err != nil {
		return Enforcer{}, err
	}
	return e, nil
}

// ReadGate reads the configuration of the gate, as ReadEnforcer does.
func ReadGate(getenv func(string) string) (Gate, error) {
	var g Gate
	if err := readVariables(g.variables(), getenv); err != nil {
		return Gate{}, err
	}
	return g, nil
}

// Environment is the inverse of ReadEnforcer, which reads an equal Enforcer
// from it when TopicARN and Mode are set. Nothing is validated: the topic's ARN
// may not be known before it is deployed.
func (e Enforcer) Environment() map[string]string {
	return writeVariables(e.variables())
}

// Environment is the inverse of ReadGate.
func (g Gate) Environment() map[string]string { return writeVariables(g.variables()) }

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

// longestName: an account's name stands beside its number in subjects of 100
// characters.
const longestName = 50

func (e *Enforcer) readAccountName(value string) error {
	e.AccountName = value
	if value != "" && (len(value) > longestName || !madeOf(value, lower+upper+digits+" ._-")) {
		return fmt.Errorf("it must have at most %d letters, digits, spaces, dots, _ and -", longestName)
	}
	return nil
}

func (g *Gate) readPolicyParameter(value string) error {
	g.PolicyParameter = value
	if !madeOf(value, lower+upper+digits+"._-/") {
		return errors.New("it must be the name of a parameter of Systems Manager")
	}
	return nil
}
