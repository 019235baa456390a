package main

import (
	"os"
	"path/filepath"
	"strings"
)

// sum is a file's name and SHA-256.
type sum struct{ name, sha256 string }

// sums are those of all files in a folder, by their names.
func sums(folder string) ([]sum, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []sum
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, sum{f.Name(), hexSum(content)})
	}
	return all, nil
}

// writeSums writes what sha256sum -c reads.
func writeSums(folder string) error {
	all, err := sums(folder)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.sha256 + "  " + s.name + "\n")
	}
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(b.String()), 0o644)
}
