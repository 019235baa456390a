package audit

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path"
	"strings"
	"time"
)

// digest is one of CloudTrail's digest files: which log files were delivered in
// a time, and their hashes.
type digest struct {
	name      name
	path      string
	object    string // digestS3Object, its own key
	bucket    string
	key       string // fingerprint of the public key
	endTime   string // as it is written, for it is signed
	window    span
	previous  *string // previousDigestSignature
	before    string  // previousDigestS3Object
	beforeSum string  // previousDigestHashValue
	logs      []listed
	sum       [sha256.Size]byte // of the digest's own text
	signature string            // hexadecimal; empty where it is not known
	state     state
	fault     string // of one that is unsound
	why       string
}

// listed is a log file as a digest has it.
type listed struct {
	object string
	sum    string // hexadecimal SHA-256 of the uncompressed bytes
	events span   // from the oldest event to the newest; empty when it is not said
}

// state is how far a digest is believed.
type state uint8

const (
	unchecked state = iota // without key or signature: it lists, and vouches for nothing
	sound
	unsound  // altered, or no digest: it lists nothing
	unopened // it is about a time in which nothing can matter
)

// isUsed reports whether a digest lists files and has a window.
func (d *digest) isUsed() bool { return d.state == sound || d.state == unchecked }

// digestText is a digest as CloudTrail writes it. Members that the AWS CLI
// requires are pointers.
type digestText struct {
	Start     *string          `json:"digestStartTime"`
	End       *string          `json:"digestEndTime"`
	Bucket    *string          `json:"digestS3Bucket"`
	Object    *string          `json:"digestS3Object"`
	Key       *string          `json:"digestPublicKeyFingerprint"`
	Previous  *json.RawMessage `json:"previousDigestSignature"`
	Before    string           `json:"previousDigestS3Object"`
	BeforeSum string           `json:"previousDigestHashValue"`
	Logs      *[]struct {
		Object string `json:"s3Object"`
		Sum    string `json:"hashValue"`
		Newest string `json:"newestEventTime"`
		Oldest string `json:"oldestEventTime"`
	} `json:"logFiles"`
}

// digestOf reads a digest's text. What is none is unsound.
func digestOf(file string, text []byte, signature string) *digest {
	d := &digest{name: nameOf(file), path: file, sum: sha256.Sum256(text), signature: signature}
	if err := d.read(text); err != nil {
		d.distrust(err.Error())
	}
	return d
}

// distrust makes a digest unsound: it lists nothing.
func (d *digest) distrust(why string) {
	d.state, d.fault, d.why, d.logs = unsound, faultAltered, why, nil
}

func (d *digest) read(text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var t digestText
	if err := json.Unmarshal(text, &t); err != nil {
		return errors.New("it is no digest: " + err.Error())
	}
	if t.Start == nil || t.End == nil || t.Bucket == nil || t.Object == nil || t.Key == nil || t.Logs == nil || !hasMember(text, "previousDigestSignature") {
		return errors.New("it is no digest: a member is missing")
	}
	start, err1 := time.Parse(time.RFC3339, *t.Start)
	end, err2 := time.Parse(time.RFC3339, *t.End)
	if err1 != nil || err2 != nil || end.Before(start) {
		return errors.New("it is no digest: its times are none")
	}
	if t.Previous != nil && string(*t.Previous) != "null" {
		d.previous = new(string)
		if err := json.Unmarshal(*t.Previous, d.previous); err != nil {
			return errors.New("it is no digest: previousDigestSignature is no text")
		}
	}
	d.bucket, d.object, d.key, d.endTime = *t.Bucket, *t.Object, *t.Key, *t.End
	d.before, d.beforeSum = t.Before, strings.ToLower(t.BeforeSum)
	d.window = span{start.Unix(), end.Unix()}
	if !strings.HasSuffix(d.object, path.Base(d.path)) {
		return errors.New("it was another file: its own key is " + d.object)
	}
	for _, l := range *t.Logs {
		d.logs = append(d.logs, listed{l.Object, strings.ToLower(l.Sum), eventsOf(l.Oldest, l.Newest)})
	}
	return nil
}

// hasMember reports whether an object has a member, even null.
func hasMember(text []byte, name string) bool {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(text, &members) // it was read before
	_, ok := members[name]
	return ok
}

// eventsOf is the time of a log file's events, as its digest says.
func eventsOf(oldest, newest string) span {
	from, err1 := time.Parse(time.RFC3339, oldest)
	until, err2 := time.Parse(time.RFC3339, newest)
	if err1 != nil || err2 != nil {
		return span{}
	}
	return span{from.Unix(), until.Unix() + 1}
}

// check finds out whether a digest is sound: whether CloudTrail's signature is
// right. Signatures are those that it may have: its own, or those that other
// digests name.
func (d *digest) check(keys Keys, signatures []string) {
	if !d.isUsed() || keys == nil || len(signatures) == 0 {
		return
	}
	key, ok := keys[d.key]
	if !ok {
		d.distrust("its key " + d.key + " is none of the public keys")
		return
	}
	for _, signature := range signatures {
		if d.signedBy(key, signature) {
			d.state, d.signature = sound, signature
			return
		}
	}
	d.distrust("its signature is wrong")
}

// signedBy checks a signature as the AWS CLI does.
func (d *digest) signedBy(key *rsa.PublicKey, signature string) bool {
	previous := "null"
	if d.previous != nil {
		previous = *d.previous
	}
	sign, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	text := d.endTime + "\n" + d.bucket + "/" + d.object + "\n" + hex.EncodeToString(d.sum[:]) + "\n" + previous
	sum := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sign) == nil
}
