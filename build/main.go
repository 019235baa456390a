// Command build makes the zips of the Lambda functions, one for each folder
// under functions/ and each architecture: dist/NAME-ARCH.zip. The same source
// and Go toolchain give the same bytes in every folder and at any time, so a
// zip's SHA-256 tells what is deployed.
//
//	go run ./build [-out dist]
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
	out := flag.String("out", "dist", "the folder of the zips")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	functions, err := filepath.Glob(filepath.Join("functions", "*", "main.go"))
	if err != nil {
		return err
	}
	if len(functions) == 0 {
		return fmt.Errorf("no functions/*/main.go here; run it in the module's top folder")
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, main := range functions {
		name := filepath.Base(filepath.Dir(main))
		for _, arch := range architectures {
			sum, err := pack(ctx, ".", name, arch, filepath.Join(out, name+"-"+arch+".zip"))
			if err != nil {
				return err
			}
			fmt.Printf("%s  %s\n", sum, filepath.Join(out, name+"-"+arch+".zip"))
		}
	}
	return nil
}
