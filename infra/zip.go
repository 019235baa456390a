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
type zips struct{ enforcer, verifier zip }

func findZips(folder, arch string) (zips, error) {
	enforcer, err := findZip(folder, "enforcer", arch)
	if err != nil {
		return zips{}, err
	}
	verifier, err := findZip(folder, "verifier", arch)
	return zips{enforcer, verifier}, err
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
