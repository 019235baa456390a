package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"fipsguard/internal/component"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/jsii-runtime-go"
)

// deployment is a stack with a guard, whose verifier has to know what the stack
// deploys.
type deployment struct {
	stack    awscdk.Stack
	verifier function
	code     zips
}

// write synthesizes twice: of the first templates it makes the component lists,
// which the second have in the environment of their verifiers, packed against the
// dictionary (docs/adr/0017).
func write(app awscdk.App, all []deployment, dictionary []byte) (cxapi.CloudAssembly, error) {
	first := app.Synth(nil)
	for _, d := range all {
		if err := d.describe(first, dictionary); err != nil {
			return nil, fmt.Errorf("stack %s: %w", *d.stack.StackName(), err)
		}
	}
	return app.Synth(&awscdk.StageSynthesisOptions{Force: jsii.Bool(true)}), nil
}

func (d deployment) describe(in cxapi.CloudAssembly, dictionary []byte) error {
	text, err := os.ReadFile(*in.GetStackByName(d.stack.StackName()).TemplateFullPath())
	if err != nil {
		return err
	}
	list, err := component.Of(text)
	if err != nil {
		return err
	}
	for name, code := range map[string]zip{product.Enforcer: d.code.enforcer, product.Gate: d.code.gate, product.Verifier: d.code.verifier} {
		sum, err := hex.DecodeString(code.sha256)
		if err != nil {
			return err
		}
		if err := list.SetCode(name, base64.StdEncoding.EncodeToString(sum)); err != nil {
			return err
		}
	}
	packed, err := component.Pack(list, dictionary)
	if err != nil {
		return err
	}
	if len(packed) > mostList {
		awscdk.Annotations_Of(d.stack).AddWarningV2(jsii.String("fipsguard:components"), jsii.String(fmt.Sprintf(
			"The list of what is deployed takes %d bytes and there is room for %d: the guard cannot compare itself with what was meant, and guard-components will be INSUFFICIENT_DATA. Name less in the options.", len(packed), mostList)))
		return nil
	}
	known := make([]*string, 0, len(list.Unknown()))
	for _, name := range list.Unknown() {
		known = append(known, jsii.String(name+"="+*valueOf(name)))
	}
	d.verifier.AddEnvironment(jsii.String(component.Packed), jsii.String(packed), nil)
	d.verifier.AddEnvironment(jsii.String(component.Known), awscdk.Fn_Join(jsii.String("\n"), &known), nil)
	return nil
}

// mostList is what the list may take of an environment's 4096 bytes.
const mostList = 2048

// valueOf is what CloudFormation alone knows: "Email1", "Key.Arn".
func valueOf(name string) *string {
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return awscdk.Token_AsString(awscdk.Fn_GetAtt(jsii.String(id), jsii.String(attribute)), nil)
	}
	return awscdk.Fn_Ref(jsii.String(name))
}
