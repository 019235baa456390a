package main

import (
	"crypto/fips140"
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// version is the release, set by the linker: -ldflags "-X main.version=v1.2.3".
var version = "devel"

func (versionCommand) Run(t *terminal) error {
	fmt.Fprintf(t.out, "fipsguard %s\ncommit    %s\ngo        %s %s/%s\nfips140   %s\n",
		version, commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH, fipsModule())
	return nil
}

// commit is what the Go toolchain stamped into the binary.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = " (modified)"
		}
	}
	return revision + modified
}

func fipsModule() string {
	if !fips140.Enabled() {
		return fmt.Sprintf("off (module %s)", fips140.Version())
	}
	return fmt.Sprintf("on (module %s)", fips140.Version())
}
