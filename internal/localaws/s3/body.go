package s3

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"
)

// maxObject bounds an object. S3 takes 5 GB in one request.
const maxObject = 64 << 20

// checksum is one that an object came with: the header's name without
// x-amz-checksum-, and its value in base64.
type checksum struct{ algorithm, value string }

// The header before whose checksums the algorithm's name stands.
const checksumHeader = "X-Amz-Checksum-"

// readBody takes a body out of its encoding and compares it with its digests.
func (in *request) readBody(body []byte) error {
	digest := in.header.Get("X-Amz-Content-Sha256")
	headers := in.header
	if strings.HasPrefix(digest, "STREAMING-") {
		var err error
		if body, headers, err = in.dechunk(body); err != nil {
			return err
		}
	} else if len(digest) == hex.EncodedLen(sha256.Size) {
		if sum := sha256.Sum256(body); digest != hex.EncodeToString(sum[:]) {
			return failure(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	if len(body) > maxObject {
		return failure(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	}
	in.body = body
	return in.verify(headers)
}

// dechunk reads aws-chunked: HTTP's chunks, with or without signatures, and
// behind them the headers that were announced, which are known only after the
// last byte (S3 user guide, "Signature calculations […] Including trailing
// headers").
func (in *request) dechunk(body []byte) ([]byte, http.Header, error) {
	incomplete := func(err error) error {
		return failure(http.StatusBadRequest, "IncompleteBody", "The request body could not be read: %v", err)
	}
	reader := bufio.NewReader(bytes.NewReader(body))
	decoded, err := io.ReadAll(httputil.NewChunkedReader(reader))
	if err != nil {
		return nil, nil, incomplete(err)
	}
	trailer, err := textproto.NewReader(reader).ReadMIMEHeader()
	if err != nil {
		return nil, nil, incomplete(err)
	}
	if announced := in.header.Get("X-Amz-Decoded-Content-Length"); announced != strconv.Itoa(len(decoded)) {
		return nil, nil, failure(http.StatusBadRequest, "IncompleteBody", "The body has %d bytes, not %q as its header says.", len(decoded), announced)
	}
	headers := in.header.Clone()
	for _, name := range in.header.Values("X-Amz-Trailer") {
		values := trailer.Values(name)
		if len(values) == 0 {
			return nil, nil, failure(http.StatusBadRequest, "MalformedTrailerError", "The trailer %s was announced but is not there.", name)
		}
		headers[textproto.CanonicalMIMEHeaderKey(name)] = values
	}
	return decoded, headers, nil
}

// verify compares the body with the checksum among the headers. Without one
// the object gets the one that S3 computes itself.
func (in *request) verify(headers http.Header) error {
	given := checksum{algorithm: ownAlgorithm}
	for name := range headers {
		algorithm, ok := strings.CutPrefix(name, checksumHeader)
		if ok && algorithm != "Type" && algorithm != "Mode" {
			given = checksum{strings.ToLower(algorithm), headers.Get(name)}
		}
	}
	if newHash(given.algorithm) == nil {
		return failure(http.StatusNotImplemented, "NotImplemented", "This local account does not compute %s.", given.algorithm)
	}
	in.hasDigest = given.value != "" || headers.Get("Content-Md5") != ""
	in.checksum = checksumOf(given.algorithm, in.body)
	if given.value != "" && given != in.checksum {
		return failure(http.StatusBadRequest, "BadDigest", "The %s you specified did not match the calculated checksum.", strings.ToUpper(given.algorithm))
	}
	return nil
}

// ownAlgorithm is the one of the checksums that S3 computes by itself.
const ownAlgorithm = "crc64nvme"

func checksumOf(algorithm string, body []byte) checksum {
	sum := newHash(algorithm)
	_, _ = sum.Write(body) // a hash's Write does not fail
	return checksum{algorithm, base64.StdEncoding.EncodeToString(sum.Sum(nil))}
}

// newHash is nil for what is not computed here, such as SHA-1, which cannot be
// under fips140=only.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "crc32":
		return crc32.NewIEEE()
	case "crc32c":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "crc64nvme":
		return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5))
	case "sha256":
		return sha256.New()
	}
	return nil
}
