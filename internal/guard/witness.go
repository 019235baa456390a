package guard

import (
	"fmt"
	"time"
)

// Witness is a task of the guard's own that read the kernel under it and said by
// its exit code what it read: the kernel that tasks launched at its time get.
type Witness struct {
	Account string
	Region  string
	Task    string    // its ARN; empty when none was launched
	At      time.Time // when it was launched, or was to be
	FIPS    Answer    // whether its kernel runs in FIPS mode
	Read    string    // what it read
	Unknown string    // why FIPS is unknown, as the end of a sentence: "because …"
}

// Subject is launches@ACCOUNT/REGION.
func (w Witness) Subject() string {
	return "launches@" + orUnknown(w.Account) + "/" + orUnknown(w.Region)
}

// LaunchKernel is about the kernel that tasks launched now get.
const LaunchKernel RuleID = "launch-kernel"

func launchKernel() Rule {
	return Rule{
		ID:          LaunchKernel,
		Group:       GroupKernel,
		Requirement: "A Fargate task launched now runs on a kernel in FIPS mode.",
		Why:         "The account setting says what new tasks should get. A witness, a task of the guard's own, reads what they get.",
		Headlines:   headlines("New tasks get a kernel that is NOT in FIPS mode", "The kernel of new tasks could not be read"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SC13, CA7},
		Method:      Test,
		Evidence:    Log,
		Remedy:      always("Launch nothing on Fargate until a witness reads fips_enabled 1. If the account setting is enabled, open a case with AWS Support (docs/witness.md)."),
		Doubt:       "Find out why the witness did not end by itself: its image, subnets and security group, or capacity (docs/witness.md).",
	}
}

func checkWitness(w Witness) Finding {
	at := w.At.UTC().Format(time.RFC3339)
	switch w.FIPS {
	case Yes:
		return finding(LaunchKernel, w, Compliant, fmt.Sprintf("A witness launched at %s read %s.", at, w.Read))
	case No:
		return finding(LaunchKernel, w, NonCompliant, fmt.Sprintf("A witness launched at %s read %s. It stays so until another witness reads fips_enabled 1.", at, w.Read))
	case Unknown:
	}
	return finding(LaunchKernel, w, InsufficientData, fmt.Sprintf("A witness could not read the kernel of new tasks at %s%s.", at, because(w.Unknown)))
}
