// Package independent gives tests the programs that we did not write and that the
// project is held against: the AWS CLI, moto, cfn-lint, Chromium, Node for the
// CDK. None of them is a requirement of the product.
package independent

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// usedFolder names the environment variable with the folder in which a test
// run notes which programs it used. tools/independent reads it.
const usedFolder = "FIPSGUARD_INDEPENDENT_USED"

// Program returns the path of a program, which may have several names. The
// test is skipped where the program is missing, and with -short, which starts
// no other programs.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("-short starts no other programs, such as %s", names[0])
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		note(t, names[0])
		return path
	}
	t.Skipf("%s is not installed", strings.Join(names, " or "))
	return ""
}

func note(t testing.TB, name string) {
	folder := os.Getenv(usedFolder)
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
		t.Errorf("note that %s is used: %v", name, err)
	}
}
