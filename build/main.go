// Command build makes the zips of the Lambda functions, one for each folder
// under functions/ and each architecture: dist/NAME-ARCH.zip. The same source
// and Go toolchain give the same bytes in every folder and at any time, so a
// zip's SHA-256 tells what is deployed. With -release it makes all that people
// get: the command line for every system, the templates (which need Node), the
// manual page, an SBOM, a provenance statement and checksums.
//
//	go run ./build [-release] [-out dist]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	out := flag.String("out", "dist", "the folder of what is made")
	all := flag.Bool("release", false, "make a release, into a folder that is empty or not there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := functions
	if *all {
		do = release
	}
	if err := do(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// functions makes the zips.
func functions(ctx context.Context, out string) error {
	_, err := packAll(ctx, out)
	return err
}

func packAll(ctx context.Context, out string) ([]artifact, error) {
	programs, err := filepath.Glob(filepath.Join("functions", "*", "main.go"))
	if err != nil {
		return nil, err
	}
	if len(programs) == 0 {
		return nil, fmt.Errorf("no functions/*/main.go here; run it in the module's top folder")
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	var all []artifact
	for _, main := range programs {
		name := filepath.Base(filepath.Dir(main))
		for _, arch := range architectures {
			made, err := pack(ctx, ".", name, arch, filepath.Join(out, name+"-"+arch+".zip"))
			if err != nil {
				return nil, err
			}
			fmt.Printf("%s  %s\n", made.sha256, made.file)
			all = append(all, made)
		}
	}
	return all, nil
}
