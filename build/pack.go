package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// timestamp is every zip's file time: the first that the format can hold.
var timestamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// artifact is a file with a program in it.
type artifact struct {
	file   string
	sha256 string
	about  *buildinfo.BuildInfo // of the program
}

// pack compiles one function of the module in folder root, checks its
// cryptography and writes its zip.
func pack(ctx context.Context, root, name, arch, file string) (artifact, error) {
	folder, err := os.MkdirTemp("", "fipsguard-build-")
	if err != nil {
		return artifact{}, err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "bootstrap")
	about, err := program(ctx, root, function(name, arch), binary)
	if err != nil {
		return artifact{}, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return artifact{}, err
	}
	archive, err := zipped(content)
	if err != nil {
		return artifact{}, fmt.Errorf("zip %s: %w", name, err)
	}
	if err := os.WriteFile(file, archive, 0o644); err != nil {
		return artifact{}, err
	}
	return artifact{file, hexSum(archive), about}, nil
}

// program compiles a program and checks its cryptography.
func program(ctx context.Context, root string, t target, binary string) (*buildinfo.BuildInfo, error) {
	if err := compile(ctx, root, t, binary); err != nil {
		return nil, err
	}
	about, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("read build information: %w", err)
	}
	return about, checkFIPS(about)
}

func hexSum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// zipped is an archive of one executable named bootstrap, as the provided.al2023
// runtime wants it.
func zipped(content []byte) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: timestamp}
	header.SetMode(0o755)
	file, err := w.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
