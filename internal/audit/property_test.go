package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTheAnswerDependsOnTheSetOfFilesOnly: neither the order of files and
// records, the number of workers, white space, the order of members, nor
// escapes change it; nor does whether the search or the scanner reads, or an
// index remembers.
func TestTheAnswerDependsOnTheSetOfFilesOnly(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 4))
		b := randomBucket(t, r)
		want := asJSON(t, b.audit(Options{Workers: 1, Thorough: true, Keys: keysOf(signingKey())}))

		other := newBucket(t)
		other.files, other.signatures = map[string][]byte{}, b.signatures
		for key, data := range b.files {
			other.files[key] = data
		}
		index := NewIndex()
		for _, o := range []Options{{Workers: 5}, {Workers: 2, Index: index}, {Workers: 2, Index: index}} {
			o.Keys = keysOf(signingKey())
			if got := asJSON(t, other.audit(o)); got != want {
				t.Fatalf("seed %d: the answer depends on %+v:\n%s\nnot\n%s", seed, o, got, want)
			}
		}

		// Rewritten files have other hashes: digests would notice.
		for key := range b.files {
			if strings.Contains(key, "Digest") {
				delete(b.files, key)
			}
		}
		want = asJSON(t, b.audit(Options{Thorough: true}))
		for key, data := range b.files {
			if plain, err := tryUnzip(data); err == nil && json.Valid(plain) {
				b.files[key] = zipped(t, rewritten(t, r, plain))
			}
		}
		if got := asJSON(t, b.audit(Options{Workers: 3})); got != want {
			t.Fatalf("seed %d: the answer depends on how the files are written:\n%s\nnot\n%s", seed, got, want)
		}
	}
}

func asJSON(t testing.TB, a *Answer) string {
	t.Helper()
	a.Records, a.Bytes = nil, 0 // how much there is to read may change
	for i, f := range a.Files.Faulty {
		a.Files.Faulty[i].Fault, _, _ = strings.Cut(f.Fault, ":")
	}
	text, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func tryUnzip(data []byte) ([]byte, error) {
	if len(data) < 20 {
		return nil, fmt.Errorf("too short")
	}
	var out bytes.Buffer
	err := unzip(&out, data)
	return out.Bytes(), err
}

// randomBucket is a day in two places, with damage.
func randomBucket(t testing.TB, r *rand.Rand) *bucket {
	b := newBucket(t)
	id := 0
	var repeats []record
	for hour := range 12 {
		for _, region := range []string{west, east} {
			var keys []string
			for range r.IntN(3) {
				var records []record
				for range r.IntN(4) {
					id++
					records = append(records, randomRecord(b, r, fmt.Sprintf("e%03d", id), hour).with(record{"awsRegion": region}))
				}
				if len(repeats) > 0 && r.IntN(3) == 0 {
					records = append(records, repeats[r.IntN(len(repeats))])
				}
				repeats = append(repeats, records...)
				keys = append(keys, b.logIn(place{account, region}, fmt.Sprintf("%02d:%02d", hour, r.IntN(60)), records...))
			}
			end := fmt.Sprintf("%02d:00", hour+1)
			if r.IntN(10) > 0 {
				b.digestIn(place{account, region}, "main", "", end, keys...)
			}
			for _, key := range keys {
				damage(b, r, key)
			}
		}
	}
	return b
}

func randomRecord(b *bucket, r *rand.Rand, id string, hour int) record {
	at := fmt.Sprintf("%02d:%02d:%02d", hour, r.IntN(60), r.IntN(2))
	value := []string{"enabled", "disabled", "on"}[r.IntN(3)]
	switch r.IntN(8) {
	case 0, 1, 2:
		return b.put(id, at, value)
	case 3:
		return b.override(id, at, role, value)
	case 4:
		return b.record(id, at, "ecs", "DeleteAccountSetting", map[string]any{"name": "fargateFIPSMode", "principalArn": role}, nil)
	case 5:
		return b.record(id, at, "cloudtrail", []string{"StopLogging", "StartLogging"}[r.IntN(2)], map[string]any{"name": "main"}, nil)
	case 6:
		return b.put(id, at, "").with(record{"requestParameters": map[string]any{"omitted": "true"}, "responseElements": nil})
	}
	return b.run(id, at, 1+r.IntN(3))
}

func damage(b *bucket, r *rand.Rand, key string) {
	data := b.files[key]
	switch r.IntN(30) {
	case 0:
		b.files[key] = nil
	case 1:
		b.files[key] = data[:len(data)-8]
	case 2:
		delete(b.files, key)
	case 3:
		b.files[key] = zipped(b.t, append(unzipped(b.t, data), ' '))
	case 4:
		b.files[key] = zipped(b.t, []byte(`{"Records":{}}`))
	}
}

// rewritten is the same JSON in other words.
func rewritten(t testing.TB, r *rand.Rand, plain []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(plain, &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var write func(v any)
	quote := func(text string) {
		b.WriteByte('"')
		for _, c := range text {
			if r.IntN(20) == 0 || c == '"' || c == '\\' {
				fmt.Fprintf(&b, `\u%04x`, c)
				continue
			}
			b.WriteRune(c)
		}
		b.WriteByte('"')
	}
	write = func(v any) {
		space := []string{"", "", "\n\t", " "}[r.IntN(4)]
		switch v := v.(type) {
		case map[string]any:
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			slices.Sort(names)
			r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			b.WriteByte('{')
			for i, name := range names {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(space)
				quote(name)
				b.WriteString(space + ":" + space)
				write(v[name])
			}
			b.WriteString(space + "}")
		case []any:
			r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
			b.WriteByte('[')
			for i, element := range v {
				if i > 0 {
					b.WriteByte(',')
				}
				write(element)
				b.WriteString(space)
			}
			b.WriteByte(']')
		case string:
			quote(v)
		default:
			text, _ := json.Marshal(v)
			b.Write(text)
		}
	}
	write(v)
	return []byte(b.String())
}
