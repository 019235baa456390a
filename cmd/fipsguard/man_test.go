package main

import (
	"os/exec"
	"strings"
	"testing"

	"fipsguard/internal/independent"
)

// TestManualPage: mandoc reads it without an error, and it has every flag.
func TestManualPage(t *testing.T) {
	code, page, talk := fipsguard("", "man")
	if code != 0 {
		t.Fatalf("exits %d: %s", code, talk)
	}
	for _, command := range []string{"simulate", "check", "verify", "audit"} {
		for _, flag := range flagsInHelp(t, command) {
			if !strings.Contains(page, strings.ReplaceAll(flag, "-", `\-`)) {
				t.Errorf("the page does not have %s of %s", flag, command)
			}
		}
	}
	mandoc := independent.Program(t, "mandoc")
	lint := exec.Command(mandoc, "-Tlint", "-W", "error")
	lint.Stdin = strings.NewReader(page)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("mandoc: %v: %s", err, out)
	}
}
