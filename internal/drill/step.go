package drill

import (
	"errors"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// StepID names a step.
type StepID string

// The steps.
const (
	DefinitionStep StepID = "definition-arm64"
	OverrideStep   StepID = "override"
	OldLaunchStep  StepID = "launch-1.3.0"
	ARMLaunchStep  StepID = "launch-arm64"
	CanaryStep     StepID = "canary"
	WitnessStep    StepID = "witness"
	DefaultStep    StepID = "account-default"
)

const (
	exposed = 60 * time.Second // for which FIPS mode is off, at most
	usual   = 5 * time.Minute  // for an event to arrive and the guard to act
)

// Step is one thing that a drill breaks, as data.
type Step struct {
	ID      StepID
	Breaks  string        // what the drill does
	Expects string        // what the guard has to do about it
	Within  time.Duration // from the call
	CleanUp string
	Worst   string   // what happens if all goes wrong
	Relates []string // controls of NIST SP 800-53 r5, as people write them
	Needs   string   // the options that it needs; empty for none
	Calls   []Call
}

// Steps are all steps, in the order in which they are taken.
func Steps() []Step {
	relates := []string{"IR-4", "CM-6(2)", "CA-7"}
	return []Step{
		{
			ID: DefinitionStep, Breaks: "registers a task definition for ARM64, of family " + armFamily,
			Expects: "the guard deregisters it and alerts", Within: usual,
			CleanUp: "deregisters and deletes the revision", Worst: "a definition that nothing can run stays registered",
			Relates: relates, Calls: definitionCalls(),
		},
		{
			ID: OverrideStep, Breaks: "turns FIPS mode off for the drill's own role, which runs nothing",
			Expects: "the guard turns it on again, or asks a person to, and alerts", Within: usual,
			CleanUp: "removes the override", Worst: "tasks that the drill's role launches start without FIPS mode; no one else's do",
			Relates: relates, Calls: overrideCalls(),
		},
		{
			ID: OldLaunchStep, Breaks: "launches a task on platform version 1.3.0, of family " + x86Family,
			Expects: "the guard stops it before it runs, and alerts", Within: usual,
			CleanUp: "stops the task, deletes the revision", Worst: "a task fails to pull its image, billed for up to a minute",
			Relates: relates, Needs: "--launch --subnets", Calls: slices.Concat(definitionCalls(), launchCalls()),
		},
		{
			ID: ARMLaunchStep, Breaks: "launches a task on ARM64, of family " + armFamily,
			Expects: "the guard stops it before it runs; it joins the alert with that of the launch before", Within: usual,
			CleanUp: "stops the task, deletes the revision", Worst: "a task fails to pull its image, billed for up to a minute",
			Relates: relates, Needs: "--launch --subnets", Calls: slices.Concat(definitionCalls(), launchCalls()),
		},
		{
			ID: CanaryStep, Breaks: "reads when the enforcer received the last canary, the harmless call of each hourly scan",
			Expects: "the enforcer received one", Within: guard.CanaryPatience,
			CleanUp: "nothing: it changes nothing", Worst: "nothing", Relates: relates, Calls: canaryCalls(),
		},
		{
			ID: WitnessStep, Breaks: "launches the witness, a task that reads the kernel that it gets",
			Expects: "its kernel is in FIPS mode", Within: usual,
			CleanUp: "nothing: the task ends by itself", Worst: "a task of 0.25 vCPU, billed for a minute",
			Relates: relates, Needs: "--witness --subnets, and -c witnessSubnets", Calls: witnessCalls(),
		},
		{
			ID: DefaultStep, Breaks: "turns FIPS mode off for the account, where no Fargate task runs or is starting",
			Expects: "the guard turns it on again and alerts", Within: exposed,
			CleanUp: "turns FIPS mode on after 60 s at the latest, whatever the guard did",
			Worst:   "what is launched in these 60 s runs without FIPS mode until it is replaced; if the program and its network die then, and the guard fails, FIPS mode stays off until someone turns it on",
			Relates: relates, Needs: "--accept-exposure", Calls: defaultCalls(),
		},
	}
}

// Options say which steps a drill takes.
type Options struct {
	Launch   bool
	Witness  bool
	Cluster  string // that tasks are launched in
	Subnets  []string
	Groups   []string // security groups
	Exposure bool     // the account default may be off for a minute
	Signed   bool
}

// Check refuses options that do not go together.
func (o Options) Check() error {
	switch {
	case (o.Launch || o.Witness) && len(o.Subnets) == 0:
		return errors.New("--launch and --witness need --subnets: a Fargate task lives in a subnet")
	case !o.Launch && !o.Witness && len(o.Subnets)+len(o.Groups) > 0:
		return errors.New("--subnets and --security-groups are for --launch and --witness, which are missing")
	case o.Witness && len(o.Groups) > 1:
		return errors.New("--witness takes one of --security-groups, at most")
	}
	return nil
}

// Steps are those that the options choose.
func (o Options) Steps() []Step {
	return slices.DeleteFunc(Steps(), func(s Step) bool {
		switch s.ID {
		case OldLaunchStep, ARMLaunchStep:
			return !o.Launch
		case WitnessStep:
			return !o.Witness
		case DefaultStep:
			return !o.Exposure
		case DefinitionStep, OverrideStep, CanaryStep:
		}
		return false
	})
}
