package main

import (
	"strings"
	"testing"

	"fipsguard/internal/simulation"
)

// TestWitnessPush pushes to an account with the guard's repository, and to one
// without.
func TestWitnessPush(t *testing.T) {
	s := verified(t)
	if code, _, talk := fipsguard("", "witness", "push"); code != exitUnreadable || !strings.Contains(talk, "RepositoryNotFoundException") {
		t.Errorf("without a repository: exits %d: %s", code, talk)
	}
	if err := s.AWS.CreateRepository(simulation.Region, "fipsguard-witness"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{": pushed, account 111122223333", ": there already, account"} {
		if code, out, talk := fipsguard("", "witness", "push"); code != 0 || !strings.HasPrefix(out, "fipsguard-witness@sha256:") || !strings.Contains(out, want) {
			t.Errorf("exits %d: %s%s", code, out, talk)
		}
	}
}
