package main

import (
	"github.com/alecthomas/kong"
)

// versionFlag prints the version and ends the program, wherever it stands.
type versionFlag bool

// BeforeReset is called by kong where the flag is given.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	if err := (versionCommand{}).Run(&terminal{out: app.Stdout}); err != nil {
		return err
	}
	app.Exit(0)
	return nil
}

// helpCommand prints what the flag --help prints.
type helpCommand struct {
	Command string `arg:"" optional:"" help:"The command to explain."`
}

func (h helpCommand) Run(t *terminal) error {
	args := []string{"--help"}
	if h.Command != "" {
		args = []string{h.Command, "--help"}
	}
	return runCommand(args, t)
}
