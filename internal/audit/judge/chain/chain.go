// Package chain makes digest files as CloudTrail makes and signs them, for
// tests and benchmarks of those who check them.
package chain

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

const timeLayout = "2006-01-02T15:04:05Z"

// Key signs digests.
type Key struct {
	private     *rsa.PrivateKey
	fingerprint string
}

// NewKey generates a key.
func NewKey() (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	return &Key{private, hex.EncodeToString(sum[:16])}, nil // any stable text does: it is only compared
}

// PublicKeys returns what `aws cloudtrail list-public-keys` prints.
func PublicKeys(keys ...*Key) ([]byte, error) {
	type publicKey struct {
		Value                                           []byte
		ValidityStartTime, ValidityEndTime, Fingerprint string
	}
	list := struct{ PublicKeyList []publicKey }{[]publicKey{}}
	for _, k := range keys {
		list.PublicKeyList = append(list.PublicKeyList, publicKey{
			Value:             x509.MarshalPKCS1PublicKey(&k.private.PublicKey),
			ValidityStartTime: "2020-01-01T00:00:00+00:00",
			ValidityEndTime:   "2040-01-01T00:00:00+00:00",
			Fingerprint:       k.fingerprint,
		})
	}
	return json.MarshalIndent(list, "", "    ")
}

// Chain is a trail's digests in one Region. Next makes them, the oldest first.
type Chain struct {
	Account, Region, Trail, Home, Bucket string
	Key                                  *Key

	previous *Digest
}

// LogFile is a log file for a digest to list. Oldest and Newest are the times
// of its events.
type LogFile struct {
	Key            string
	Hash           string // Hash of its uncompressed bytes
	Oldest, Newest time.Time
}

// Digest is a digest file.
type Digest struct {
	Key       string // in the bucket
	Plain     []byte // uncompressed
	Signature string // hex
}

// document has the members in CloudTrail's order.
type document struct {
	Account           string    `json:"awsAccountId"`
	Start             string    `json:"digestStartTime"`
	End               string    `json:"digestEndTime"`
	Bucket            string    `json:"digestS3Bucket"`
	Key               string    `json:"digestS3Object"`
	Fingerprint       string    `json:"digestPublicKeyFingerprint"`
	Algorithm         string    `json:"digestSignatureAlgorithm"`
	Newest            *string   `json:"newestEventTime"`
	Oldest            *string   `json:"oldestEventTime"`
	PreviousBucket    *string   `json:"previousDigestS3Bucket"`
	PreviousKey       *string   `json:"previousDigestS3Object"`
	PreviousHash      *string   `json:"previousDigestHashValue"`
	PreviousAlgorithm *string   `json:"previousDigestHashAlgorithm"`
	PreviousSignature *string   `json:"previousDigestSignature"`
	LogFiles          []logFile `json:"logFiles"`
}

type logFile struct {
	Bucket    string `json:"s3Bucket"`
	Key       string `json:"s3Object"`
	Hash      string `json:"hashValue"`
	Algorithm string `json:"hashAlgorithm"`
	Newest    string `json:"newestEventTime"`
	Oldest    string `json:"oldestEventTime"`
}

// Next makes the digest of what was delivered from start to end.
func (c *Chain) Next(start, end time.Time, logs []LogFile) (Digest, error) {
	d := document{
		Account: c.Account, Start: start.Format(timeLayout), End: end.Format(timeLayout),
		Bucket: c.Bucket, Fingerprint: c.Key.fingerprint, Algorithm: "SHA256withRSA", LogFiles: []logFile{},
		Key: fmt.Sprintf("AWSLogs/%s/CloudTrail-Digest/%s/%s/%[1]s_CloudTrail-Digest_%[2]s_%[4]s_%s_%s.json.gz",
			c.Account, c.Region, end.Format("2006/01/02"), c.Trail, c.Home, end.Format("20060102T150405Z")),
	}
	for _, l := range logs {
		oldest, newest := l.Oldest.Format(timeLayout), l.Newest.Format(timeLayout)
		d.LogFiles = append(d.LogFiles, logFile{c.Bucket, l.Key, l.Hash, "SHA-256", newest, oldest})
		if d.Oldest == nil || oldest < *d.Oldest {
			d.Oldest = &oldest
		}
		if d.Newest == nil || newest > *d.Newest {
			d.Newest = &newest
		}
	}
	previous := "null"
	if p := c.previous; p != nil {
		sum, algorithm := Hash(p.Plain), "SHA-256"
		d.PreviousBucket, d.PreviousKey, d.PreviousHash, d.PreviousAlgorithm, d.PreviousSignature = &c.Bucket, &p.Key, &sum, &algorithm, &p.Signature
		previous = p.Signature
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return Digest{}, err
	}
	text := sha256.Sum256([]byte(d.End + "\n" + d.Bucket + "/" + d.Key + "\n" + Hash(plain) + "\n" + previous))
	signature, err := rsa.SignPKCS1v15(nil, c.Key.private, crypto.SHA256, text[:])
	if err != nil {
		return Digest{}, err
	}
	c.previous = &Digest{d.Key, plain, hex.EncodeToString(signature)}
	return *c.previous, nil
}

// Hash returns SHA-256 in hex.
func Hash(plain []byte) string {
	sum := sha256.Sum256(plain)
	return hex.EncodeToString(sum[:])
}
