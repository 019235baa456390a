package main

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"
)

// decompress is what no audit can go below: it decompresses all log files and
// throws the bytes away, or hashes them first.
func decompress(dir string, hashed bool) error {
	names, err := files(dir, "/CloudTrail/")
	if err != nil {
		return err
	}
	queue := make(chan string)
	var workers errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() error {
			var w worker
			var err error
			for name := range queue { // to the end, or the queue would block
				err = errors.Join(err, w.decompress(name, hashed))
			}
			return err
		})
	}
	for _, name := range names {
		queue <- name
	}
	close(queue)
	return workers.Wait()
}

// worker is what is used again for each file.
type worker struct {
	packed bytes.Buffer
	reader gzip.Reader
}

func (w *worker) open(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	w.packed.Reset()
	if _, err := w.packed.ReadFrom(file); err != nil {
		return err
	}
	return w.reader.Reset(bytes.NewReader(w.packed.Bytes()))
}

func (w *worker) decompress(name string, hashed bool) error {
	if err := w.open(name); err != nil {
		return err
	}
	if !hashed {
		_, err := w.reader.WriteTo(io.Discard)
		return err
	}
	hash := sha256.New()
	_, err := w.reader.WriteTo(hash)
	hash.Sum(nil)
	return err
}

func files(dir, with string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(filepath.ToSlash(path), with) {
			names = append(names, path)
		}
		return err
	})
	return names, err
}

// verifyDigests reads all digests and checks their signatures.
func verifyDigests(dir, keysFile, signaturesFile string) error {
	var keys struct{ PublicKeyList []struct{ Value []byte } }
	var signatures map[string]string
	if err := errors.Join(readJSON(keysFile, &keys), readJSON(signaturesFile, &signatures)); err != nil {
		return err
	}
	key, err := x509.ParsePKCS1PublicKey(keys.PublicKeyList[0].Value)
	if err != nil {
		return err
	}
	names, err := files(dir, "/CloudTrail-Digest/")
	if err != nil {
		return err
	}
	var w worker
	for _, name := range names {
		if err := w.verify(name, key, signatures); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) verify(name string, key *rsa.PublicKey, signatures map[string]string) error {
	if err := w.open(name); err != nil {
		return err
	}
	plain, err := io.ReadAll(&w.reader)
	if err != nil {
		return err
	}
	var d struct {
		DigestEndTime, DigestS3Bucket, DigestS3Object string
		PreviousDigestSignature                       *string
		LogFiles                                      []struct{ S3Object, HashValue string }
	}
	if err := json.Unmarshal(plain, &d); err != nil {
		return err
	}
	previous := "null"
	if d.PreviousDigestSignature != nil {
		previous = *d.PreviousDigestSignature
	}
	sum := sha256.Sum256(plain)
	text := sha256.Sum256([]byte(d.DigestEndTime + "\n" + d.DigestS3Bucket + "/" + d.DigestS3Object + "\n" + hex.EncodeToString(sum[:]) + "\n" + previous))
	signature, err := hex.DecodeString(signatures[d.DigestS3Object])
	if err != nil {
		return err
	}
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, text[:], signature)
}

func readJSON(name string, to any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
