package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnNamesAreExemptAndProtected(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{"-deployment", "stacksets-exec-0a1b", "-break-glass", "org/BreakGlass", dir}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "scp-setting.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"role/stacksets-exec-0a1b", "role/org/BreakGlass"} {
		if n := strings.Count(string(text), name); n < 5 {
			t.Errorf("%s stands in the policy %d times", name, n)
		}
	}
	const quick = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/quick"
	if err := run([]string{"-keep-off", quick, dir}); err != nil {
		t.Error(err)
	}
	if text, err = os.ReadFile(filepath.Join(dir, "scp-setting.json")); err != nil || strings.Count(string(text), quick) != 1 {
		t.Errorf("launches on %s are not refused, %v", quick, err)
	}
	for _, bad := range [][]string{{}, {"-keep-off", "quick", dir}, {"-deployment", "*", dir}, {"-break-glass", "arn:aws-us-gov:iam::1:role/x", dir}, {filepath.Join(dir, "none")}} {
		if err := run(bad); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
