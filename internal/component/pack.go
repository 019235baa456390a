package component

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// mostBytes bounds a list that is unpacked.
const mostBytes = 4 << 20

// dictionary is the ID of the dictionary that a base is.
const dictionary = 1

// Pack makes a list so short that it fits into an environment: it is compressed
// against another list, the base, that whoever unpacks it has, too.
func Pack(list, base List) (string, error) {
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write the list of components: %w", err)
	}
	known, err := json.Marshal(base)
	if err != nil {
		return "", fmt.Errorf("write the list of components: %w", err)
	}
	writer, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(dictionary, known), zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return "", fmt.Errorf("compress the list of components: %w", err)
	}
	defer writer.Close()
	return base64.StdEncoding.EncodeToString(writer.EncodeAll(text, nil)), nil
}

// Unpack is the inverse of Pack.
func Unpack(packed string, base List) (List, error) {
	known, err := json.Marshal(base)
	if err != nil {
		return List{}, fmt.Errorf("write the list of components: %w", err)
	}
	reader, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(dictionary, known), zstd.WithDecoderMaxMemory(mostBytes), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return List{}, fmt.Errorf("unpack the list of components: %w", err)
	}
	defer reader.Close()
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return List{}, fmt.Errorf("unpack the list of components: %w", err)
	}
	text, err := reader.DecodeAll(raw, nil)
	if err != nil {
		return List{}, fmt.Errorf("unpack the list of components, which may be of another build than the verifier: %w", err)
	}
	var list List
	if err := json.Unmarshal(text, &list); err != nil {
		return List{}, fmt.Errorf("read the list of components: %w", err)
	}
	return list, nil
}

// ParseKnown reads Place.Known as the template writes it: NAME=VALUE, one a line.
func ParseKnown(text string) map[string]string {
	known := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			known[name] = value
		}
	}
	return known
}
