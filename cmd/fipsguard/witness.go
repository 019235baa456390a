package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"fipsguard/internal/wiring/scans"
	"fipsguard/internal/wiring/tools"
)

// witnessCommand is about the task with which the guard reads the kernel that new
// tasks get.
type witnessCommand struct {
	Push witnessPushCommand `cmd:"" help:"Upload the witness's image to the guard's repository."`
}

type witnessPushCommand struct {
	Profile string `placeholder:"NAME" help:"The AWS profile to use; else what AWS_PROFILE or the environment says."`
	Region  string `placeholder:"REGION" help:"The Region of the guard; else what AWS_REGION or the profile says."`
}

// Help is what kong prints below the usage.
func (witnessPushCommand) Help() string {
	return "Uploads the image that this program carries to the repository fipsguard-witness, which the stack makes with " +
		"-c witnessSubnets=…. The image is the same bytes every time; pushing it again changes nothing. No Docker is needed. " +
		exits("witness push")
}

func (c *witnessPushCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, caller, err := scans.Caller(ctx, scans.Choice{Profile: c.Profile, Region: c.Region})
	if err != nil {
		return err
	}
	name, there, err := tools.PushWitness(ctx, settings)
	if err != nil {
		return err
	}
	did := "pushed"
	if there {
		did = "there already"
	}
	fmt.Fprintf(t.out, "%s: %s, account %s, Region %s\n", name, did, caller.Account, caller.Region)
	return nil
}
