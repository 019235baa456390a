package judge

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"os"
	"path"
	"strings"
)

// signed is a digest that is not unsound.
type signed struct {
	document
	start, end second
	sound      bool // else unchecked
}

// document is what is used of a digest's JSON.
type document struct {
	Start             *string `json:"digestStartTime"`
	End               *string `json:"digestEndTime"`
	Bucket            string  `json:"digestS3Bucket"`
	Key               string  `json:"digestS3Object"`
	Fingerprint       string  `json:"digestPublicKeyFingerprint"`
	PreviousKey       *string `json:"previousDigestS3Object"`
	PreviousSignature *string `json:"previousDigestSignature"`
	LogFiles          *[]struct {
		Key    string  `json:"s3Object"`
		Hash   string  `json:"hashValue"`
		Newest *string `json:"newestEventTime"`
		Oldest *string `json:"oldestEventTime"`
	} `json:"logFiles"`

	plain []byte
}

// listed is a file in a digest's list.
type listed struct {
	key, hash string
	digest    *file
	events    *hole // from the oldest to behind the newest event, if they are known
}

func baseOfKey(key string) string { return path.Base(key) }

// readDigests reads all digests, checks them, and collects what they list.
func (a *archive) readDigests(o Options) error {
	keys, err := publicKeys(o.PublicKeys)
	if err != nil {
		return err
	}
	signatures := map[string]string{}
	if o.Signatures != "" {
		if err := readJSON(o.Signatures, &signatures); err != nil {
			return err
		}
	}
	documents := map[*file]*document{}
	inSuccessors := map[string]string{}
	for _, f := range a.files {
		if f.kind != digest {
			continue
		}
		if documents[f], err = f.readDocument(); err != nil {
			return err
		}
		if d := documents[f]; d != nil && d.PreviousKey != nil && d.PreviousSignature != nil {
			inSuccessors[*d.PreviousKey] = *d.PreviousSignature
		}
	}
	for f, d := range documents {
		if d == nil {
			continue
		}
		signature, has := signatures[d.Key]
		if !has {
			signature, has = inSuccessors[d.Key]
		}
		checked := o.PublicKeys != "" && has
		foreign := o.PublicKeys != "" && keys[d.Fingerprint] == nil // also where no signature is known
		if !strings.HasSuffix(d.Key, f.base) || foreign || checked && !d.verify(keys, signature) {
			f.fault = "altered"
			continue
		}
		start, _ := parseSecond(*d.Start)
		end, _ := parseSecond(*d.End)
		f.digest = &signed{document: *d, start: start, end: end, sound: checked}
		a.list(f)
	}
	return nil
}

// readDocument reads a digest; nil, and a fault, if it is none.
func (f *file) readDocument() (*document, error) {
	raw, err := os.ReadFile(f.path)
	if err != nil {
		return nil, err
	}
	var c content
	if c, f.fault = uncompress(f.base, raw); f.fault != "" {
		return nil, nil
	}
	d := &document{plain: c.plain}
	if json.Unmarshal(withoutMark(c.plain), d) != nil || d.LogFiles == nil || d.Start == nil || d.End == nil {
		f.fault = "altered"
		return nil, nil
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(withoutMark(c.plain), &members) // it was read already
	for _, name := range []string{"digestS3Bucket", "digestS3Object", "digestPublicKeyFingerprint", "previousDigestSignature"} {
		if _, ok := members[name]; !ok { // the AWS CLI refuses a digest without it
			f.fault = "altered"
			return nil, nil
		}
	}
	_, started := parseSecond(*d.Start)
	_, ended := parseSecond(*d.End)
	if !started || !ended {
		f.fault = "altered"
		return nil, nil
	}
	return d, nil
}

// list notes what a digest lists.
func (a *archive) list(f *file) {
	for _, entry := range *f.digest.LogFiles {
		l := listed{key: entry.Key, hash: entry.Hash, digest: f}
		if entry.Oldest != nil && entry.Newest != nil {
			oldest, known := parseSecond(*entry.Oldest)
			newest, both := parseSecond(*entry.Newest)
			if known && both {
				l.events = &hole{oldest, newest + 1}
			}
		}
		a.lists[baseOfKey(entry.Key)] = append(a.lists[baseOfKey(entry.Key)], l)
	}
}

// verify checks a signature as the AWS CLI does.
func (d *document) verify(keys map[string]*rsa.PublicKey, signature string) bool {
	key := keys[d.Fingerprint]
	bytes, err := hex.DecodeString(signature)
	if key == nil || err != nil {
		return false
	}
	previous := "null"
	if d.PreviousSignature != nil {
		previous = *d.PreviousSignature
	}
	sum := sha256.Sum256(d.plain)
	text := *d.End + "\n" + d.Bucket + "/" + d.Key + "\n" + hex.EncodeToString(sum[:]) + "\n" + previous
	hash := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, hash[:], bytes) == nil
}

// publicKeys reads what `aws cloudtrail list-public-keys` prints.
func publicKeys(name string) (map[string]*rsa.PublicKey, error) {
	keys := map[string]*rsa.PublicKey{}
	if name == "" {
		return keys, nil
	}
	var list struct {
		PublicKeyList []struct {
			Value       []byte
			Fingerprint string
		}
	}
	if err := readJSON(name, &list); err != nil {
		return nil, err
	}
	for _, k := range list.PublicKeyList {
		key, err := x509.ParsePKCS1PublicKey(k.Value)
		if err != nil {
			return nil, err
		}
		keys[k.Fingerprint] = key
	}
	return keys, nil
}

func readJSON(name string, to any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
