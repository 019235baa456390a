package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// architectures are Lambda's, in Go's words.
var architectures = []string{"amd64", "arm64"}

// fipsModule is the version of the Go Cryptographic Module that is validated
// (docs/facts.md, "The guard's own cryptography"): a fixed one, never an alias
// that a later toolchain may point elsewhere.
const fipsModule = "v1.0.0"

// compile builds one function of the module in folder root into a file.
func compile(ctx context.Context, root, name, arch, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build",
		"-trimpath", "-buildvcs=false", "-mod=readonly",
		"-tags", "lambda.norpc",
		"-ldflags", "-s -w -buildid=",
		"-o", binary, "./functions/"+name)
	cmd.Dir = root
	// GOFLAGS, GOEXPERIMENT and the processor levels of the machine that builds
	// must not reach the binary.
	cmd.Env = append(os.Environ(),
		"CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFIPS140="+fipsModule, "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compile functions/%s for %s: %w\n%s", name, arch, err, out)
	}
	return nil
}
