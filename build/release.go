package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// systems are those for which there is a command line.
var systems = []string{"linux", "darwin", "windows"}

// handedOn are the files that a release has as they are.
var handedOn = []string{
	"LICENSE", "docs/quickstart.md", "docs/iam-deployer.json", "docs/scp-setting.json", "docs/scp-integrity.json", "docs/rcp-integrity.json",
}

// release makes all that people get. Each file is the same at any time and in any
// folder, and so is the file of checksums.
func release(ctx context.Context, out string) error {
	if there, err := os.ReadDir(out); err == nil && len(there) > 0 {
		return fmt.Errorf("%s is not empty", out)
	}
	programs, err := packAll(ctx, out)
	if err != nil {
		return err
	}
	for _, system := range systems {
		for _, arch := range architectures {
			made, err := commandLine(ctx, out, system, arch)
			if err != nil {
				return err
			}
			fmt.Printf("%s  %s\n", made.sha256, made.file)
			programs = append(programs, made)
		}
	}
	err = errors.Join(templates(ctx, out), manual(ctx, out))
	for _, file := range handedOn {
		err = errors.Join(err, copyFile(file, filepath.Join(out, filepath.Base(file))))
	}
	if err != nil {
		return err
	}
	return describe(ctx, out, programs)
}

// describe writes what is in a release, and from what it was made.
func describe(ctx context.Context, out string, programs []artifact) error {
	version, err := versionOf(ctx, out)
	if err != nil {
		return err
	}
	if err := writeSBOM(filepath.Join(out, "sbom.cdx.json"), version, programs); err != nil {
		return err
	}
	subjects, err := sums(out)
	if err != nil {
		return err
	}
	if err := writeProvenance(filepath.Join(out, "provenance.intoto.json"), version, subjects, programs); err != nil {
		return err
	}
	return writeSums(out)
}

func commandLine(ctx context.Context, out, system, arch string) (artifact, error) {
	file := commandLineFile(out, system, arch)
	about, err := program(ctx, ".", target{"./cmd/fipsguard", system, arch}, file)
	if err != nil {
		return artifact{}, err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return artifact{}, err
	}
	return artifact{file, hexSum(content), about}, nil
}

func commandLineFile(out, system, arch string) string {
	file := filepath.Join(out, "fipsguard-"+system+"-"+arch)
	if system == "windows" {
		file += ".exe"
	}
	return file
}

// ours runs the command line that was made for this machine.
func ours(ctx context.Context, out, command string) ([]byte, error) {
	file, err := filepath.Abs(commandLineFile(out, runtime.GOOS, runtime.GOARCH))
	if err != nil {
		return nil, err
	}
	text, err := exec.CommandContext(ctx, file, command).Output()
	if err != nil {
		return nil, fmt.Errorf("run fipsguard %s: %w", command, err)
	}
	return text, nil
}

// versionOf is the version that the command line says it is.
func versionOf(ctx context.Context, out string) (string, error) {
	text, err := ours(ctx, out, "version")
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(line, "fipsguard "), nil
}

func manual(ctx context.Context, out string) error {
	page, err := ours(ctx, out, "man")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "fipsguard.1"), page, 0o644)
}

// templates lets the CDK app synthesize with the zips.
func templates(ctx context.Context, out string) error {
	if _, err := exec.LookPath("node"); err != nil {
		return errors.New("the templates are made by the CDK, which needs Node 20; there is none on the PATH")
	}
	folder, err := os.MkdirTemp("", "fipsguard-cdk-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	synth := exec.CommandContext(ctx, "go", "run", "./infra", "-zips", out)
	synth.Env = append(os.Environ(), "CDK_OUTDIR="+folder)
	if text, err := synth.CombinedOutput(); err != nil {
		return fmt.Errorf("synthesize the templates: %w\n%s", err, text)
	}
	found, err := filepath.Glob(filepath.Join(folder, "*.template.json"))
	if err != nil {
		return err
	}
	for _, template := range found {
		if err := copyFile(template, filepath.Join(out, filepath.Base(template))); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
