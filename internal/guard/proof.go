package guard

import (
	"fmt"
	"strings"
	"time"
)

// Proof is what a container of a running task answered when it was asked for
// /proc/sys/crypto/fips_enabled of the kernel under it. A running task keeps
// the kernel that it booted with, so an answer holds as long as the task runs.
type Proof struct {
	Task      Task
	Container string    // that was asked; empty when none was
	Answer    string    // what it printed, as it came; empty when nothing
	At        time.Time // when it was asked last; zero when it never was
	Unknown   string    // why there is no answer, as the end of a sentence: "because …"
}

// Subject is the task's.
func (p Proof) Subject() string { return p.Task.Subject() }

// Proven reports whether the kernel said that it runs in FIPS mode.
func (p Proof) Proven() bool { return strings.TrimSpace(p.Answer) == "1" }

// Refuted reports whether the kernel said that it does not.
func (p Proof) Refuted() bool { return strings.TrimSpace(p.Answer) == "0" }

// ProofResult is what is known of a kernel.
type ProofResult string

const (
	Proven       ProofResult = "proven"
	Refuted      ProofResult = "refuted"
	CannotVerify ProofResult = "cannot verify"
	NotAttempted ProofResult = "not attempted"
)

// Result sums a proof up.
func (p Proof) Result() ProofResult {
	switch {
	case p.Proven():
		return Proven
	case p.Refuted():
		return Refuted
	case p.At.IsZero():
		return NotAttempted
	}
	return CannotVerify
}

func checkProof(p Proof) Finding {
	at := p.At.UTC().Format(time.RFC3339)
	switch p.Result() {
	case Proven:
		return finding(TaskKernelProof, p, Compliant, fmt.Sprintf("Container %s read fips_enabled 1 at %s.", p.Container, at))
	case Refuted:
		return finding(TaskKernelProof, p, NonCompliant, fmt.Sprintf("Its kernel is not in FIPS mode: container %s read fips_enabled 0 at %s.", p.Container, at))
	case NotAttempted:
		return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Cannot verify, not attempted yet%s.", because(p.Unknown)))
	case CannotVerify:
	}
	if p.Answer != "" {
		return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Cannot verify: container %s answered neither 1 nor 0 at %s.", p.Container, at))
	}
	return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Cannot verify%s, at %s.", because(p.Unknown), at))
}
