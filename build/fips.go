package main

import (
	"debug/buildinfo"
	"fmt"
	"strings"
)

// checkFIPS refuses a binary without the validated cryptographic module, or
// one that does not start in FIPS mode.
func checkFIPS(binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("read build information: %w", err)
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	// The toolchain writes the version with the sum of the module's source.
	if version, _, _ := strings.Cut(settings["GOFIPS140"], "-"); version != fipsModule {
		return fmt.Errorf("%s has Go Cryptographic Module %q, not %s", binary, settings["GOFIPS140"], fipsModule)
	}
	for _, word := range strings.Split(settings["DefaultGODEBUG"], ",") {
		if word == "fips140=on" {
			return nil
		}
	}
	return fmt.Errorf("%s starts with GODEBUG %q, without fips140=on", binary, settings["DefaultGODEBUG"])
}
