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

// tags leave out Lambda's old way of talking to functions.
const tags = "lambda.norpc"

// target is a program for a system.
type target struct{ pkg, os, arch string }

func function(name, arch string) target { return target{"./functions/" + name, "linux", arch} }

// compile builds one program of the module in folder root into a file. The program
// knows by which sources it was built.
func compile(ctx context.Context, root string, t target, binary string) error {
	source, err := sourceDigest(ctx, root, t)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build",
		"-trimpath", "-buildvcs=false", "-mod=readonly",
		"-tags", tags,
		"-ldflags", "-s -w -buildid= -X fipsguard/internal/product.source="+source,
		"-o", binary, t.pkg)
	cmd.Dir, cmd.Env = root, environment(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compile %s for %s/%s: %w\n%s", t.pkg, t.os, t.arch, err, out)
	}
	return nil
}

// environment is what the Go command is run in. GOFLAGS, GOEXPERIMENT and the
// processor levels of the machine that builds must not reach the binary.
func environment(t target) []string {
	return append(os.Environ(),
		"CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFIPS140="+fipsModule, "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
}
