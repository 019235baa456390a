package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// timestamp is every zip's file time: the first that the format can hold.
var timestamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// pack compiles one function of the module in folder root, checks its
// cryptography and writes its zip. It answers the zip's SHA-256.
func pack(ctx context.Context, root, name, arch, file string) (string, error) {
	folder, err := os.MkdirTemp("", "fipsguard-build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "bootstrap")
	if err := compile(ctx, root, name, arch, binary); err != nil {
		return "", err
	}
	if err := checkFIPS(binary); err != nil {
		return "", err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	archive, err := zipped(content)
	if err != nil {
		return "", fmt.Errorf("zip %s: %w", name, err)
	}
	if err := os.WriteFile(file, archive, 0o644); err != nil {
		return "", err
	}
	sum := sha256.Sum256(archive)
	return hex.EncodeToString(sum[:]), nil
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
