// Command infra is the CDK app that deploys the guard: one stack for an
// account and Region, and a template for StackSets. It needs the zips of
// `go run ./build`.
//
//	CDK_OUTDIR=cdk.out go run ./infra    writes the templates; needs Node, no npm
//	npx aws-cdk@2.1148.1 deploy fipsguard
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	if err := synthesize("cdk.json", "dist"); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		jsii.Close()
		os.Exit(1)
	}
}

// synthesize writes the templates of both stacks to the folder that CDK_OUTDIR
// names.
func synthesize(settings, zips string) error {
	context, err := readContext(settings)
	if err != nil {
		return err
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: jsii.Bool(false)})
	if err := declare(app, zips); err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}

// declare adds both stacks to an app, with the options that its context holds.
func declare(app awscdk.App, folder string) error {
	options, err := readOptions(func(name string) string {
		text, _ := app.Node().TryGetContext(jsii.String(name)).(string)
		return text
	})
	if err != nil {
		return err
	}
	code, err := findZips(folder, options.Architecture)
	if err != nil {
		return err
	}
	if err := newAccountStack(app, options, code); err != nil {
		return err
	}
	return newOrganizationStack(app, options, code)
}

// readContext reads cdk.json's context, which only the CDK's command line
// applies by itself: so `go run ./infra` gives the same templates.
func readContext(file string) (map[string]any, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the context: %w", err)
	}
	var settings struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(content, &settings); err != nil {
		return nil, fmt.Errorf("read the context of %s: %w", file, err)
	}
	return settings.Context, nil
}
