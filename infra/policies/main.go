// Policies writes the two service control policies and the resource control
// policy that protect the guard, for an organization's own role names:
//
//	go run ./infra/policies -deployment NAME… -break-glass NAME -approver NAME [-keep-off ARN…] DIR
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fipsguard/infra/integrity"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "policies:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	exempt := integrity.DefaultExempt()
	flags := flag.NewFlagSet("policies", flag.ContinueOnError)
	var deployment []string
	flags.Func("deployment", "`name` of a role that deploys the guard, with its path; may be repeated", func(name string) error {
		deployment = append(deployment, name)
		return nil
	})
	flags.StringVar(&exempt.BreakGlass, "break-glass", exempt.BreakGlass, "`name` of the role for emergencies, with its path")
	flags.StringVar(&exempt.Approver, "approver", exempt.Approver, "`name` of the role that changes the policy document, with its path")
	var providers []string
	flags.Func("keep-off", "`ARN` of a capacity provider with FIPS mode off, on which nobody launches anything; may be repeated", func(arn string) error {
		providers = append(providers, arn)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if deployment != nil {
		exempt.Deployment = deployment
	}
	for _, name := range append(exempt.Deployment, exempt.BreakGlass, exempt.Approver) {
		if strings.Trim(name, "*/") == "" || strings.Contains(name, ":") {
			return fmt.Errorf("%q is no name of a role; write it as in arn:aws-us-gov:iam::ACCOUNT:role/NAME, without what stands before NAME", name)
		}
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("name one folder to write to")
	}
	policies := integrity.Policies(exempt)
	setting, err := policies["scp-setting"].KeepingOff(exempt, providers)
	if err != nil {
		return err
	}
	policies["scp-setting"] = setting
	for name, policy := range policies {
		text, err := policy.JSON()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(flags.Arg(0), name+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
