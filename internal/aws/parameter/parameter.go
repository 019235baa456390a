// Package parameter reads a parameter of Systems Manager and its versions.
package parameter

import (
	"context"
	"errors"
	"fmt"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/policydoc"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// reason is the same whenever the same is wrong: people are told of each reason
// once.
func reason(name string, err error) error {
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		return fmt.Errorf("%s: Systems Manager did not answer", name)
	}
	switch answered.ErrorCode() {
	case "ParameterNotFound", "ParameterVersionNotFound":
		return fmt.Errorf("%s: %w", name, policydoc.ErrNone)
	}
	return fmt.Errorf("%s: Systems Manager answered %s", name, answered.ErrorCode())
}

// Parameter is one, in the Region of the configuration.
type Parameter struct {
	Config aws.Config
	Name   string
}

// Read reads a version; 0 is the newest. Where there is none, the error is
// policydoc.ErrNone.
func (p Parameter) Read(ctx context.Context, version int64) (policydoc.Document, error) {
	name := p.Name
	if version > 0 {
		name = fmt.Sprintf("%s:%d", name, version)
	}
	var out struct {
		Parameter struct {
			Value   string
			Version int64
		}
	}
	in := struct{ Name string }{name}
	if err := signedcall.SystemsManager(p.Config).Call(ctx, "GetParameter", in, &out); err != nil {
		return policydoc.Document{}, reason(name, err)
	}
	if out.Parameter.Version < 1 {
		return policydoc.Document{}, fmt.Errorf("%s: the answer of Systems Manager has no version", name)
	}
	return policydoc.Document{Text: out.Parameter.Value, Version: out.Parameter.Version}, nil
}
