package witness

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

//go:embed program.elf
var program []byte

// Digest is that of the image's manifest. Image makes it again; a test compares.
const Digest = "sha256:ec2ac57b70648d216fbc67b4d331097cf838df59fa0a02fc06351779ac337dc6"

// Tag is how the image is called in its repository besides its digest.
const Tag = "1"

// Blob is one of the parts of an image.
type Blob struct {
	MediaType string
	Digest    string // "sha256:" and 64 hexadecimal digits
	Content   []byte
}

// Image is an OCI image of one layer. A registry takes the layer and the
// configuration first, then the manifest that names them.
type Image struct {
	Layer    Blob
	Config   Blob
	Manifest Blob
}

// NewImage makes the image, the same bytes every time.
func NewImage() (Image, error) {
	files, err := archive()
	if err != nil {
		return Image{}, fmt.Errorf("archive the witness: %w", err)
	}
	layer, err := zipped(files)
	if err != nil {
		return Image{}, fmt.Errorf("compress the witness: %w", err)
	}
	image := Image{Layer: blob("application/vnd.oci.image.layer.v1.tar+gzip", layer)}
	config := configuration{Architecture: "amd64", OS: "linux"}
	config.Config.Entrypoint, config.Config.User = []string{"/" + name}, "65534"
	config.RootFS.Type, config.RootFS.DiffIDs = "layers", []string{digest(files)}
	if image.Config, err = written("application/vnd.oci.image.config.v1+json", config); err != nil {
		return Image{}, err
	}
	const manifestType = "application/vnd.oci.image.manifest.v1+json"
	image.Manifest, err = written(manifestType, manifest{
		SchemaVersion: 2, MediaType: manifestType, Config: image.Config.descriptor(), Layers: []descriptor{image.Layer.descriptor()},
	})
	return image, err
}

// name is the program's in the image.
const name = "witness"

// archive is the layer's one file: no time, no owner.
func archive() ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o555, Size: int64(len(program)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
		return nil, err
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// zipped is a gzip file that compresses nothing: how well a version of Go
// compresses would be in the digest.
func zipped(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// The parts of an image as the OCI image specification 1.1 writes them.
type (
	configuration struct {
		Architecture string `json:"architecture"`
		OS           string `json:"os"`
		Config       struct {
			User       string
			Entrypoint []string
		} `json:"config"`
		RootFS struct {
			Type    string   `json:"type"`
			DiffIDs []string `json:"diff_ids"`
		} `json:"rootfs"`
	}
	manifest struct {
		SchemaVersion int          `json:"schemaVersion"`
		MediaType     string       `json:"mediaType"`
		Config        descriptor   `json:"config"`
		Layers        []descriptor `json:"layers"`
	}
	descriptor struct {
		MediaType string `json:"mediaType"`
		Digest    string `json:"digest"`
		Size      int    `json:"size"`
	}
)

func (b Blob) descriptor() descriptor { return descriptor{b.MediaType, b.Digest, len(b.Content)} }

func written(mediaType string, value any) (Blob, error) {
	content, err := json.Marshal(value)
	return blob(mediaType, content), err
}

func blob(mediaType string, content []byte) Blob { return Blob{mediaType, digest(content), content} }

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}
