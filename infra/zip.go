package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// zip is a function's built code.
type zip struct {
	file   string
	sha256 string // of the file, in hexadecimal
}

// zips are those of the guard's functions.
type zips struct{ enforcer, gate, verifier zip }

func findZips(folder, arch string) (found zips, err error) {
	for name, to := range map[string]*zip{"enforcer": &found.enforcer, "gate": &found.gate, "verifier": &found.verifier} {
		if *to, err = findZip(folder, name, arch); err != nil {
			return zips{}, err
		}
	}
	return found, nil
}

// findZip finds a function's zip among those that `go run ./build` writes.
func findZip(folder, function, arch string) (zip, error) {
	file := filepath.Join(folder, function+"-"+arch+".zip")
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return zip{}, fmt.Errorf("%s is missing: first build the functions with `go run ./build`", file)
	}
	if err != nil {
		return zip{}, err
	}
	sum := sha256.Sum256(content)
	return zip{file: file, sha256: hex.EncodeToString(sum[:])}, nil
}
