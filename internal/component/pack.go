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

// dictionaryID is the one dictionary's in what is packed.
const dictionaryID = 1

// Text is a list as it is packed, and as a dictionary is written.
func (l List) Text() ([]byte, error) {
	text, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the list of components: %w", err)
	}
	return append(text, '\n'), nil
}

// Pack makes a list so short that it fits into an environment: it is compressed
// against the text of another list, the dictionary, that whoever unpacks it has,
// too.
func Pack(list List, dictionary []byte) (string, error) {
	text, err := list.Text()
	if err != nil {
		return "", err
	}
	writer, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(dictionaryID, dictionary), zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return "", fmt.Errorf("compress the list of components: %w", err)
	}
	defer writer.Close()
	return base64.StdEncoding.EncodeToString(writer.EncodeAll(text, nil)), nil
}

// Unpack is the inverse of Pack.
func Unpack(packed string, dictionary []byte) (List, error) {
	reader, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(dictionaryID, dictionary), zstd.WithDecoderMaxMemory(mostBytes), zstd.WithDecoderConcurrency(1))
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
