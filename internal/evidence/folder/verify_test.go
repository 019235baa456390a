package folder_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/product"
	"fipsguard/internal/scan"
	"fipsguard/internal/verifier"
)

const keyARN = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1"

// key is a key of KMS.
type key struct{ private *ecdsa.PrivateKey }

func newKey(t testing.TB) key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key{private}
}

func (key) KeyARN() string { return keyARN }

func (k key) PublicKey(context.Context) (seal.Key, error) {
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		return seal.Key{}, err
	}
	return seal.ParseKey(der)
}

func (k key) Sign(_ context.Context, digest []byte) ([]byte, error) {
	return ecdsa.SignASN1(rand.Reader, k.private, digest)
}

// bucket is an evidence bucket, and a folder that it was copied to.
type bucket map[string][]byte

const state = "state/111122223333/us-gov-west-1.dsse.json"

func (b bucket) Names() ([]string, error) { return slices.Collect(maps.Keys(b)), nil }

func (b bucket) Read(name string) ([]byte, error) {
	data, ok := b[name]
	if !ok {
		return nil, errors.New("no such file " + name)
	}
	return data, nil
}

func reportKey(id, ending string) string { return "reports/111122223333/us-gov-west-1/" + id + ending }

func (b bucket) ReadState(context.Context) (content []byte, version, before string, err error) {
	if content = b[state]; content == nil {
		return nil, "", "", nil
	}
	envelope, err := seal.Parse(content)
	if err != nil {
		return nil, "", "", err
	}
	var s struct{ Replaces string }
	err = json.Unmarshal(envelope.Payload, &s)
	return content, s.Replaces + "1", s.Replaces, err
}

func (b bucket) WriteState(_ context.Context, content []byte) (string, error) {
	_, version, _, err := b.ReadState(context.Background())
	b[state] = bytes.Clone(content)
	return version + "1", err
}

func (b bucket) ReadReport(_ context.Context, id string) ([]byte, error) {
	return b[reportKey(id, ".dsse.json")], nil
}

func (b bucket) ReportLocation(id string) (string, error) {
	return "s3://evidence/" + reportKey(id, ".dsse.json"), nil
}

func (b bucket) KeepReport(_ context.Context, id, ending, _ string, content []byte) (string, error) {
	b[reportKey(id, ending)] = bytes.Clone(content)
	return "s3://evidence/" + reportKey(id, ending), nil
}

func (bucket) Publish(context.Context, alert.Message) error { return nil }

func (bucket) Receive(context.Context) (map[string][]byte, error) { return nil, nil }

func (bucket) Delete(context.Context, string) error { return nil }

// scans lets a verifier scan an account every hour, and something of interest
// happen in it.
func scans(t testing.TB, k key, b bucket, from time.Time, n int) {
	t.Helper()
	w := guardtest.NewWorld(from)
	w.Tasks = []guard.Task{guardtest.RunningTask("a", from.Add(-time.Hour)), guardtest.RunningTask("b", from.Add(-time.Hour))}
	v := &verifier.Verifier{
		Scanner: &scan.Scanner{Account: w, Exec: w, History: w, Components: w, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()), Now: w.Now},
		Store:   b, Signer: k, Notifier: b, Inbox: b, Now: w.Now,
		Tool: evidence.Tool(product.ThisBuild()), Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard),
	}
	for i := range n {
		if i%7 == 3 {
			w.Default = guard.ModeOff
		}
		if err := v.Run(t.Context(), guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}, verifier.Request{Why: "hourly scan"}); err != nil {
			t.Fatal(err)
		}
		w.Clock = w.Clock.Add(time.Hour + time.Duration(i)*time.Millisecond)
	}
}

var start = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

// fifty is a folder of 50 reports, and what it is held against.
func fifty(t testing.TB) (bucket, key, folder.Options) {
	t.Helper()
	b, k := bucket{}, newKey(t)
	scans(t, k, b, start, 50)
	return b, k, options(t, k)
}

func options(t testing.TB, keys ...key) folder.Options {
	t.Helper()
	o := folder.Options{Tool: evidence.Tool(product.ThisBuild())}
	for _, k := range keys {
		public, err := k.PublicKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		o.Keys = append(o.Keys, public)
	}
	return o
}

func verified(t testing.TB, files folder.Files, o folder.Options) folder.Result {
	t.Helper()
	r, err := folder.Verify(files, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnUntouchedFolderIsWhole(t *testing.T) {
	b, _, o := fifty(t)
	r := verified(t, b, o)
	if !r.Whole || r.Reports != 50 || r.Signed != 50 || len(r.Chains) != 1 || len(r.Notes) != 0 {
		t.Errorf("verified as %+v", r)
	}
	if c := r.Chains[0]; c.Reports != 50 || c.Key != keyARN || c.Begins == "" || c.Longest != "1h0m0.048s" && c.Longest != "1h0m0s" {
		t.Errorf("the chain is %+v", c)
	}
}

var tamperings = flag.Int("tamperings", 42, "how many to try; each takes a tenth of a second")

// TestEveryTamperingIsFound, with the file that was tampered with.
func TestEveryTamperingIsFound(t *testing.T) {
	n := *tamperings
	if testing.Short() {
		n = 14
	}
	b, k, o := fifty(t)
	forger := newKey(t)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	names := slices.Sorted(maps.Keys(b))
	pick := func(ending string) string {
		for {
			if name := names[random.IntN(len(names))]; strings.HasSuffix(name, ending) && (ending != ".dsse.json" || name != state) {
				return name
			}
		}
	}
	kinds := []struct {
		name   string
		tamper func(bucket) []string // one of these files has to be named
	}{
		{"a byte is changed", func(b bucket) []string {
			name := pick("")
			data := bytes.Clone(b[name])
			data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
			b[name] = data
			return []string{name}
		}},
		{"a byte is added", func(b bucket) []string {
			name := pick("")
			b[name] = slices.Insert(bytes.Clone(b[name]), random.IntN(len(b[name])), byte(random.IntN(256)))
			return []string{name}
		}},
		{"a file is cut", func(b bucket) []string {
			name := pick("")
			b[name] = b[name][:random.IntN(len(b[name]))]
			return []string{name}
		}},
		{"a file is deleted", func(b bucket) []string {
			name := pick("")
			delete(b, name)
			return []string{name}
		}},
		{"a report is deleted, with all its formats", func(b bucket) []string {
			id := strings.TrimSuffix(path.Base(pick(".dsse.json")), ".dsse.json")
			remove(b, id)
			return []string{id + ".dsse.json"}
		}},
		{"the last reports are deleted", func(b bucket) []string {
			ids := reports(b)
			first := len(ids) - 1 - random.IntN(10)
			for _, id := range ids[first:] {
				remove(b, id)
			}
			return []string{ids[len(ids)-1] + ".dsse.json"}
		}},
		{"the first reports are deleted", func(b bucket) []string {
			ids := reports(b)
			last := random.IntN(10)
			for _, id := range ids[:last+1] {
				remove(b, id)
			}
			return []string{ids[last] + ".dsse.json"}
		}},
		{"two files change places", func(b bucket) []string {
			one := pick("")
			other := pick(one[strings.IndexByte(one, '.'):])
			if one == other || bytes.Equal(b[one], b[other]) {
				delete(b, one)
				return []string{one}
			}
			b[one], b[other] = b[other], b[one]
			return []string{one, other}
		}},
		{"a report is rewritten and signed with another key", func(b bucket) []string {
			name := pick(".dsse.json")
			forge(t, b, forger, strings.TrimSuffix(path.Base(name), ".dsse.json"), func(payload []byte) []byte {
				return bytes.Replace(payload, []byte(`"NON_COMPLIANT"`), []byte(`"COMPLIANT"`), 1)
			})
			return []string{name}
		}},
		{"all from a report on is chained anew, without the key", func(b bucket) []string {
			ids := reports(b)
			from := random.IntN(len(ids))
			digest := ""
			for i, id := range ids[from:] {
				digest = forge(t, b, forger, id, func(payload []byte) []byte {
					payload = bytes.Replace(payload, []byte(`"hourly scan"`), []byte(`"nightly scan"`), 1)
					if i > 0 {
						at := bytes.Index(payload, []byte(`"sha256":"`)) + len(`"sha256":"`)
						copy(payload[at:], digest)
					}
					return payload
				})
			}
			return []string{reportKey(ids[from], ".dsse.json")}
		}},
		{"the signature of another report is taken", func(b bucket) []string {
			one, other := pick(".dsse.json"), pick(".dsse.json")
			for one == other {
				other = pick(".dsse.json")
			}
			first, second := parsed(t, b[one]), parsed(t, b[other])
			first.Signatures = second.Signatures
			b[one], _ = first.Bytes()
			return []string{one}
		}},
		{"a report's signature is taken away", func(b bucket) []string {
			name := pick(".dsse.json")
			e := parsed(t, b[name])
			e.Signatures = nil
			b[name], _ = e.Bytes()
			return []string{name}
		}},
		{"the state is an older one", func(b bucket) []string {
			e := parsed(t, b[state])
			ids := reports(b)
			id := ids[random.IntN(len(ids)-1)]
			old := fmt.Appendf(nil, `{"latest":{"id":%q,"sha256":%q}}`, id, evidence.Digest(parsed(t, b[reportKey(id, ".dsse.json")]).Payload))
			data, err := seal.Seal(t.Context(), k.Sign, keyARN, e.PayloadType, old)
			if err != nil {
				t.Fatal(err)
			}
			b[state] = data
			return []string{state}
		}},
		{"an envelope names another key", func(b bucket) []string {
			name := pick(".dsse.json")
			e := parsed(t, b[name])
			e.Signatures[0].KeyID += "0"
			b[name], _ = e.Bytes()
			return []string{name}
		}},
		{"an envelope is written otherwise", func(b bucket) []string {
			name := pick(".dsse.json")
			b[name] = append(bytes.Clone(b[name]), '\n')
			return []string{name}
		}},
		{"a report is rewritten with the key itself", func(b bucket) []string {
			name := pick(".dsse.json")
			forge(t, b, k, strings.TrimSuffix(path.Base(name), ".dsse.json"), func(payload []byte) []byte {
				return bytes.Replace(payload, []byte(`"hourly scan"`), []byte(`"nightly scan"`), 1)
			})
			return []string{name}
		}},
		{"a format says something else", func(b bucket) []string {
			name := pick([]string{".html", ".txt", ".fedramp.json", ".oscal.json"}[random.IntN(4)])
			b[name] = bytes.Replace(b[name], []byte("111122223333"), []byte("444455556666"), 1)
			return []string{name}
		}},
	}
	for i := range n {
		kind := kinds[i%len(kinds)]
		tampered := maps.Clone(b)
		files := kind.tamper(tampered)
		r := verified(t, tampered, o)
		named := slices.ContainsFunc(r.Faults, func(f folder.Fault) bool {
			return slices.ContainsFunc(files, func(name string) bool { return strings.HasSuffix(f.File, path.Base(name)) })
		})
		if r.Whole || !named {
			t.Fatalf("number %d, %s: %v: whole %t, faults %+v", i, kind.name, files, r.Whole, r.Faults)
		}
	}
	if r := verified(t, b, o); !r.Whole {
		t.Errorf("the folder that nobody touched has faults %+v", r.Faults)
	}
}

func remove(b bucket, id string) {
	maps.DeleteFunc(b, func(name string, _ []byte) bool { return strings.HasPrefix(path.Base(name), id+".") })
}

// reports are the IDs of a folder's reports.
func reports(b bucket) []string {
	var ids []string
	for name := range b {
		if id, ok := strings.CutSuffix(path.Base(name), ".html"); ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int { return strings.Compare(instant(x), instant(y)) })
	return ids
}

// instant makes an ID comparable: a fraction follows the second.
func instant(id string) string {
	id = strings.TrimSuffix(id, "Z")
	if strings.Count(id, "-") == 4 {
		return id + "-0"
	}
	return id
}

func parsed(t *testing.T, data []byte) seal.Envelope {
	t.Helper()
	e, err := seal.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// forge rewrites a report with a key that the guard does not have, and returns
// its digest.
func forge(t *testing.T, b bucket, k key, id string, change func([]byte) []byte) string {
	t.Helper()
	payload := change(parsed(t, b[reportKey(id, ".dsse.json")]).Payload)
	data, err := seal.Seal(t.Context(), k.Sign, keyARN, evidence.PayloadType, payload)
	if err != nil {
		t.Fatal(err)
	}
	b[reportKey(id, ".dsse.json")], b[reportKey(id, ".json")] = data, payload
	return evidence.Digest(payload)
}

// TestGapsHaveALength in reports and in time.
func TestGapsHaveALength(t *testing.T) {
	b, _, o := fifty(t)
	ids := reports(b)
	for _, id := range ids[10:13] {
		remove(b, id)
	}
	r := verified(t, b, o)
	if len(r.Gaps) != 1 || r.Gaps[0].Reports != 3 || r.Gaps[0].After != ids[9] || r.Gaps[0].Before != ids[13] || !strings.HasPrefix(r.Gaps[0].Lasted, "4h0m0") {
		t.Errorf("the gaps are %+v", r.Gaps)
	}
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].What, "3 reports between") {
		t.Errorf("the faults are %+v", r.Faults)
	}
}

// TestAPartOfTheReportsIsEnough for who says so: what is in it is whole, and
// what is missing in it is found.
func TestAPartOfTheReportsIsEnough(t *testing.T) {
	b, _, o := fifty(t)
	ids := reports(b)
	delete(b, state)
	for _, id := range slices.Concat(ids[:20], ids[40:]) {
		remove(b, id)
	}
	if r := verified(t, b, o); r.Whole {
		t.Error("a part is taken for all")
	}
	o.Part = true
	if r := verified(t, b, o); !r.Whole || len(r.Chains) != 1 || r.Chains[0].Reports != 20 {
		t.Errorf("verified as %+v", r)
	}
	remove(b, ids[30])
	if r := verified(t, b, o); r.Whole || len(r.Gaps) != 1 {
		t.Errorf("with a gap it is verified as %+v", r)
	}
}

// TestANewKeyBeginsANewChain that says so; with both public keys all is whole.
func TestANewKeyBeginsANewChain(t *testing.T) {
	b, first, second := bucket{}, newKey(t), newKey(t)
	scans(t, first, b, start, 3)
	scans(t, second, b, start.Add(10*time.Hour), 3)
	r := verified(t, b, options(t, first, second))
	if !r.Whole || len(r.Chains) != 2 || r.Chains[0].Public == r.Chains[1].Public || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].What, "not signed with the guard's key") {
		t.Errorf("verified as %+v", r)
	}
	if r := verified(t, b, options(t, second)); r.Whole || r.Signed != 3 {
		t.Errorf("with the second key alone it is verified as %+v", r)
	}
}

// TestTheLastReportKeepsToItsChain: it is signed with a key that is accepted,
// and the state knows it, and yet it is not the next one of its chain.
func TestTheLastReportKeepsToItsChain(t *testing.T) {
	second := newKey(t)
	for what, c := range map[string]struct {
		by     *key
		change func([]byte) []byte
	}{
		"it is number 55, and follows number 49": {nil, func(payload []byte) []byte {
			return bytes.Replace(payload, []byte(`"number":50`), []byte(`"number":55`), 1)
		}},
		"another key signed it than its predecessor": {&second, func(payload []byte) []byte { return payload }},
		"it names no predecessor, and does not say why": {nil, func(payload []byte) []byte {
			from := bytes.Index(payload, []byte(`"predecessor":{`))
			to := from + bytes.IndexByte(payload[from:], '}') + 1
			return slices.Replace(bytes.Clone(payload), from, to, []byte(`"predecessor":null`)...)
		}},
	} {
		b, k, _ := fifty(t)
		ids := reports(b)
		id, by := ids[len(ids)-1], k
		if c.by != nil {
			by = *c.by
		}
		digest := forge(t, b, by, id, c.change)
		data, err := seal.Seal(t.Context(), k.Sign, keyARN, parsed(t, b[state]).PayloadType, fmt.Appendf(nil, `{"latest":{"id":%q,"sha256":%q}}`, id, digest))
		if err != nil {
			t.Fatal(err)
		}
		b[state] = data
		r := verified(t, b, options(t, k, second))
		if !slices.ContainsFunc(r.Faults, func(f folder.Fault) bool {
			return strings.HasSuffix(f.File, id+".dsse.json") && strings.Contains(f.What, what)
		}) {
			t.Errorf("%s: the faults are %+v", what, r.Faults)
		}
	}
}

// TestWhatAPersonMadeStandsByItself, and a report that is not signed is not
// taken for one that is.
func TestWhatAPersonMadeStandsByItself(t *testing.T) {
	b, k, o := fifty(t)
	id := reports(b)[7]
	payload := parsed(t, b[reportKey(id, ".dsse.json")]).Payload
	d, err := evidence.Read(bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	d.Chain, d.Predecessor = evidence.Chain{Key: keyARN}, nil
	own := bucket{}
	if _, err := folder.Write(t.Context(), d, k, func(name string, data []byte) error { own[name] = data; return nil }); err != nil {
		t.Fatal(err)
	}
	if r := verified(t, own, o); !r.Whole || len(r.Notes) != 1 {
		t.Errorf("verified as %+v", r)
	}
	renamed := bucket{}
	for name, data := range own {
		renamed[strings.Replace(name, "us-gov-west-1-2026", "us-gov-west-1-2027", 1)] = data
	}
	if r := verified(t, renamed, o); r.Whole || !strings.Contains(r.Faults[0].What, "it is the report "+id) {
		t.Errorf("under another name it is verified as %+v", r)
	}
	d.Chain = evidence.Chain{}
	clear(own)
	if _, err := folder.Write(t.Context(), d, nil, func(name string, data []byte) error { own[name] = data; return nil }); err != nil {
		t.Fatal(err)
	}
	if r := verified(t, own, o); r.Whole || !strings.Contains(r.Faults[0].What, "not signed") || !bytes.Contains(own[id+".html"], []byte("not signed")) {
		t.Errorf("verified as %+v", r)
	}
}

func TestAnEmptyFolderIsNotWhole(t *testing.T) {
	if r := verified(t, bucket{}, options(t)); r.Whole {
		t.Error("an empty folder is whole")
	}
	if _, err := folder.Verify(folder.Dir(path.Join(t.TempDir(), "none")), options(t)); err == nil {
		t.Error("a folder that is not there is verified")
	}
}
