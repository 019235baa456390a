package main

import (
	"debug/buildinfo"
	"fmt"
	"strings"
)

// checkFIPS refuses a program without the validated cryptographic module, or
// one that does not start in FIPS mode.
func checkFIPS(about *buildinfo.BuildInfo) error {
	settings := settingsOf(about)
	// The toolchain writes the version with the sum of the module's source.
	if version, _, _ := strings.Cut(settings["GOFIPS140"], "-"); version != fipsModule {
		return fmt.Errorf("%s has Go Cryptographic Module %q, not %s", about.Path, settings["GOFIPS140"], fipsModule)
	}
	for _, word := range strings.Split(settings["DefaultGODEBUG"], ",") {
		if word == "fips140=on" {
			return nil
		}
	}
	return fmt.Errorf("%s starts with GODEBUG %q, without fips140=on", about.Path, settings["DefaultGODEBUG"])
}

func settingsOf(about *buildinfo.BuildInfo) map[string]string {
	settings := map[string]string{}
	for _, s := range about.Settings {
		settings[s.Key] = s.Value
	}
	return settings
}
