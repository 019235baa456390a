package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Build compiles a package of the main module to a binary for
// Start, as functions are deployed, and returns which of the module's
// files it was built from. It reads them: `go test` takes the result of a test
// from its cache while nothing that the test itself opened or links has
// changed, and what a build in another process reads it does not know.
func Build(pkg, binary string) (sources []string, err error) {
	const files = `{{if not .Standard}}{{$dir := .Dir}}{{if .Module.Main}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	listed, err := exec.Command("go", "list", "-deps", "-f", files, pkg).Output()
	if err != nil {
		return nil, fmt.Errorf("list the sources of %s: %w", pkg, err)
	}
	sources = strings.Fields(string(listed))
	for _, file := range sources {
		if _, err := os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", binary, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFIPS140=v1.0.0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return sources, nil
}
