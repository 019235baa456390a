// Command infra is the CDK app that deploys the guard: one stack for an
// account and Region, and a template for StackSets. It needs the zips of
// `go run ./build`.
//
//	CDK_OUTDIR=cdk.out go run ./infra    writes the templates; needs Node, no npm
//	npx aws-cdk@2.1148.1 deploy fipsguard --parameters Email1=soc@example.gov
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"fipsguard/infra/template"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	if err := synthesize("cdk.json", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		jsii.Close()
		os.Exit(1)
	}
}

// synthesize writes the templates of both stacks to the folder that CDK_OUTDIR
// names. The arguments choose as the CDK's own do: -c NAME=VALUE.
// The CDK panics where it cannot go on: one line says why.
func synthesize(settings string, args []string) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			first, _, _ := strings.Cut(fmt.Sprint(cause), "\n")
			err = fmt.Errorf("the CDK stopped: %s", first)
		}
	}()
	context, err := readContext(settings)
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("infra", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main prints the error, in one line
	flags.Func("c", "`NAME=VALUE` of an option (docs/deploy.md); may be repeated", func(choice string) error {
		name, value, ok := strings.Cut(choice, "=")
		if !ok || name == "" {
			return errors.New("write NAME=VALUE")
		}
		context[name] = value
		return nil
	})
	zips := flags.String("zips", "dist", "the `folder` of the zips")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(os.Stdout)
		flags.Usage()
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag; options are given as -c NAME=VALUE", flags.Arg(0))
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: jsii.Bool(false)})
	deployments, err := declare(app, *zips)
	if err != nil {
		return err
	}
	_, err = write(app, deployments, template.Components())
	return err
}

// declare adds all stacks to an app, with the options that its context holds.
func declare(app awscdk.App, folder string) ([]deployment, error) {
	context, ok := app.Node().GetAllContext(nil).(map[string]any)
	if !ok {
		return nil, errors.New("the CDK's context cannot be read")
	}
	options, err := readOptions(context)
	if err != nil {
		return nil, err
	}
	code, err := findZips(folder, options.Architecture)
	if err != nil {
		return nil, err
	}
	account, err := newAccountStack(app, options, code)
	if err != nil {
		return nil, err
	}
	newSecurityStack(app, options)
	organization, err := newOrganizationStack(app, options, code)
	if err != nil {
		return nil, err
	}
	return []deployment{account, organization}, nil
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
