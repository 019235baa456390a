// Command fipsguard brings the guard's rules to a terminal and to CI.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"fipsguard/internal/simulation"

	"github.com/alecthomas/kong"
)

type commands struct {
	Simulate simulateCommand `cmd:"" help:"Run what goes wrong in a simulated AWS account, with the guard attached."`
	Explain  explainCommand  `cmd:"" help:"Show what the guard would do for recorded events, without calling AWS."`
	Check    checkCommand    `cmd:"" help:"Check task definitions, CloudFormation templates and Terraform plans."`
	Audit    auditCommand    `cmd:"" help:"Audit the past from CloudTrail's log files: when was FIPS mode on, off or unknown?"`
	Rehearse rehearseCommand `cmd:"" help:"Say what the guard would have done to the last 90 days and to what runs now, before it is deployed."`
	Verify   verifyCommand   `cmd:"" help:"Scan an account: the setting, what runs, and the kernels under it."`
	Drill    drillCommand    `cmd:"" help:"Break rules on purpose, time what the guard does about it, and clean up."`
	Evidence evidenceCommand `cmd:"" help:"Verify, render and sum up reports that were kept, offline."`
	Witness  witnessCommand  `cmd:"" help:"The task that reads the kernel which new tasks get: upload its image."`
	Version  versionCommand  `cmd:"" help:"Print version, sources, Go version and FIPS module."`

	Help       helpCommand       `cmd:"" help:"Explain a command."`
	Completion completionCommand `cmd:"" help:"Print what lets a shell complete command lines."`
	Man        manCommand        `cmd:"" help:"Print the manual page."`

	ShowVersion versionFlag `name:"version" help:"Print the version."`
}

func main() {
	t := &terminal{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		color: isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "", width: widthOf(os.Stdout), screen: isTerminal(os.Stdout),
	}
	os.Exit(int(run(os.Args[1:], t)))
}

// run runs one command line and says how to exit. Output that could not be
// written is an error, whatever else there is to say.
func run(args []string, t *terminal) exitCode {
	out := &output{to: t.out}
	checked := *t
	checked.out = out
	err := runCommand(args, &checked)
	var code exitCode
	switch failed := out.failure(); {
	case failed != nil:
		err = fmt.Errorf("write the output: %w", reasonOf(failed))
	case errors.As(err, &code):
		return code
	case err == nil:
		return 0
	}
	fmt.Fprintln(t.err, "fipsguard:", err)
	return exitUnreadable
}

func runCommand(args []string, t *terminal) error {
	var c commands
	ended, status := false, exitCode(0)
	parser, err := kong.New(&c,
		kong.Name("fipsguard"),
		kong.Description("Guards the FIPS mode of ECS's serverless compute (Fargate, Managed Instances) in GovCloud accounts."),
		kong.Writers(t.out, t.err),
		kong.Vars{"scenarios": strings.Join(simulation.Names(), ", ")},
		kong.Exit(func(code int) { ended, status = true, exitCode(code) }),
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if ended {
		return status // --help has been printed
	}
	if err != nil {
		return fmt.Errorf("%w (see fipsguard --help)", err)
	}
	return parsed.Run(t, parser.Model)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
