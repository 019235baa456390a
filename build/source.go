package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// sourceDigest is the SHA-256, in hexadecimal, of what a package of the module
// in folder root is built from: go.mod, go.sum, and the sources and embedded
// files of every package of the module in it, by their paths.
func sourceDigest(ctx context.Context, root string, t target) (string, error) {
	const ofPackage = `{{if not .Standard}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-tags", tags, "-f", ofPackage, t.pkg)
	list.Dir, list.Env = root, environment(t)
	listed, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("list the sources of %s: %w", t.pkg, err)
	}
	files := []string{filepath.Join(root, "go.mod")}
	if sums := filepath.Join(root, "go.sum"); exists(sums) {
		files = append(files, sums)
	}
	files = append(files, strings.Split(strings.TrimSpace(string(listed)), "\n")...)
	slices.Sort(files)
	digest := sha256.New()
	for _, file := range files {
		if err := addFile(digest, root, file); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// addFile adds a line to a digest: the file's own digest and its path.
func addFile(digest io.Writer, root, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(digest, "%x  %s\n", sha256.Sum256(content), filepath.ToSlash(name))
	return err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
