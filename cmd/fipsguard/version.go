package main

import (
	"cmp"
	"fmt"
	"runtime"

	"fipsguard/internal/product"
)

type versionCommand struct{}

func (versionCommand) Run(t *terminal) error {
	build := product.ThisBuild()
	mode := "off"
	if build.FIPS {
		mode = "on"
	}
	_, err := fmt.Fprintf(t.out, "%s %s\nsources   %s\ngo        %s %s/%s\nfips140   %s (module %s)\n",
		build.Name, build.Version, cmp.Or(build.Source, "not stamped: built by go build or go run"), build.Go, runtime.GOOS, runtime.GOARCH, mode, build.Module)
	return err
}
