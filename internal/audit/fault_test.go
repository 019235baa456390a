package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
)

// day is a bucket of a quiet day with FIPS mode on from 06:00: a log file and a
// digest for each hour from 06:00 to 12:00.
type day struct {
	*bucket
	logs    map[string]string // by the end of the hour
	digests map[string]string
}

func newDay(t testing.TB) *day {
	d := &day{newBucket(t), map[string]string{}, map[string]string{}}
	d.logs["07:00"] = d.log("06:05", d.put("on", "06:00", "enabled"))
	d.digests["07:00"] = d.digest("07:00", d.logs["07:00"])
	for _, hour := range []string{"07", "08", "09", "10", "11", "12"} {
		end := map[string]string{"07": "08:00", "08": "09:00", "09": "10:00", "10": "11:00", "11": "12:00", "12": "13:00"}[hour]
		d.logs[end] = d.log(hour+":30", d.run("run-"+hour, hour+":20", 1))
		d.digests[end] = d.digest(end, d.logs[end])
	}
	return d
}

// TestFaults: what becomes of the answer when one thing is wrong with a file of
// the day.
func TestFaults(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const sound = "on 06:00-12:00 set on"
	name := func(hour string) string {
		return "111122223333_CloudTrail-Digest_us-gov-west-1_main_us-gov-west-1_20261120T" + hour + "0000Z.json.gz"
	}
	name10 := name("10")
	tests := []struct {
		name   string
		change func(*day)
		faults string
		want   string // the default
		trust  Trust
		status int
	}{
		{"nothing", func(d *day) {}, "", sound, Trust{6, 0, 0, 0}, 0},
		{"empty", func(d *day) { d.files[d.logs["10:00"]] = nil }, "4 empty", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"not gzip", func(d *day) { d.files[d.logs["10:00"]] = []byte("<Error/>") }, "4 not-gzip", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"plain JSON, named as gzip", func(d *day) { d.files[d.logs["10:00"]] = unzipped(d.t, d.files[d.logs["10:00"]]) }, "", sound, Trust{6, 0, 0, 0}, 0},
		{"packed anew", func(d *day) {
			d.files[d.logs["10:00"]] = append(zipped(d.t, unzipped(d.t, d.files[d.logs["10:00"]])[:9]), zipped(d.t, unzipped(d.t, d.files[d.logs["10:00"]])[9:])...)
		}, "", sound, Trust{6, 0, 0, 0}, 0},
		{"truncated", func(d *day) { d.files[d.logs["10:00"]] = d.files[d.logs["10:00"]][:40] }, "4 truncated", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"corrupt", func(d *day) { d.files[d.logs["10:00"]][len(d.files[d.logs["10:00"]])-6] ^= 1 }, "4 corrupt", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"altered", func(d *day) {
			d.files[d.logs["10:00"]] = zipped(d.t, text(d.t, d.run("run-09", "09:20", 7)))
		}, "4 altered", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"altered, and no JSON", func(d *day) { d.files[d.logs["10:00"]] = zipped(d.t, []byte("{")) }, "4 altered", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"missing", func(d *day) { delete(d.files, d.logs["10:00"]) }, "4 missing", "on 06:00-09:20 set on, unknown 09:20-12:00 gap", Trust{5, 1, 0, 1}, 2},
		{"unlisted", func(d *day) { d.log("09:40", d.put("off", "09:35", "disabled")) }, "8 unlisted", sound, Trust{6, 0, 1, 0}, 2},
		{"unlisted, and no JSON", func(d *day) { d.files[d.log("09:40")] = zipped(d.t, []byte("{")) }, "8 truncated", "on 06:00-08:40 set on, unknown 08:40-12:00 gap", Trust{6, 0, 0, 0}, 2},
		{"outside of all windows", func(d *day) { d.log("13:30", d.put("off", "12:35", "disabled")) }, "", "on 06:00-12:30 set on, unknown 12:30-12:35 gap, off 12:35-12:35:01 set off", Trust{7, 0, 0, 0}, 1},
		{"no digest", func(d *day) { delete(d.files, d.digests["10:00"]) }, "", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"digest altered", func(d *day) {
			d.files[d.digests["10:00"]] = zipped(d.t, bytes.Replace(unzipped(d.t, d.files[d.digests["10:00"]]), []byte("09:20:00Z"), []byte("09:21:00Z"), 1))
		}, name10 + " altered", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"digest that is none", func(d *day) { d.files[d.digests["10:00"]] = zipped(d.t, []byte(`{"logFiles":[]}`)) }, name10 + " altered", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"digest truncated", func(d *day) { d.files[d.digests["10:00"]] = d.files[d.digests["10:00"]][:50] }, name10 + " truncated", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"digest empty", func(d *day) { d.files[d.digests["10:00"]] = nil }, name10 + " empty", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 0, 0}, 2},
		{"digest of another file", func(d *day) { d.files[d.digests["10:00"]] = d.files[d.digests["09:00"]] }, name10 + " altered", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"another's signature", func(d *day) { d.signatures[d.digests["10:00"]] = sign(d.t, other, "x") }, name10 + " altered", "on 06:00-08:00 set on, unknown 08:00-12:00 gap", Trust{5, 1, 1, 0}, 2},
		{"no record", func(d *day) {
			d.files[d.log("13:30")] = zipped(d.t, []byte(`{"configurationItems":[]}`))
		}, "8 no-records", "on 06:00-12:30 set on", Trust{7, 0, 0, 0}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDay(t)
			test.change(d)
			a := d.audit(Options{Keys: keysOf(signingKey())})
			p := only(t, a)
			if got := faults(a); got != test.faults {
				t.Errorf("faults %q, want %q", got, test.faults)
			}
			if got := short(p.Intervals); got != test.want {
				t.Errorf("the default was\n     %s\nwant %s", got, test.want)
			}
			if p.Trust != test.trust {
				t.Errorf("trust %+v, want %+v", p.Trust, test.trust)
			}
			if a.Status() != test.status {
				t.Errorf("status %d, want %d", a.Status(), test.status)
			}
			if n := a.Files.Read + a.Files.Skipped + len(a.Files.Faulty) - strings.Count(test.faults, "missing"); n != len(d.files) {
				t.Errorf("%d files are accounted for, of %d", n, len(d.files))
			}
		})
	}
}

// TestWithoutKeys: digests that cannot be checked list files and have windows,
// and vouch for nothing.
func TestWithoutKeys(t *testing.T) {
	d := newDay(t)
	d.files[d.logs["10:00"]] = zipped(t, text(t, d.run("run-09", "09:20", 7)))
	delete(d.files, d.logs["12:00"])
	d.log("09:40")
	a := d.audit(Options{})
	p := only(t, a)
	if got, want := faults(a), "4 altered, 8 unlisted, 6 missing"; got != want {
		t.Errorf("faults %q, want %q", got, want)
	}
	if want := (Trust{0, 6, 2, 1}); p.Trust != want {
		t.Errorf("trust %+v, want %+v", p.Trust, want)
	}
}

func TestSignatures(t *testing.T) {
	keys := keysOf(signingKey())
	d := newDay(t)
	d.onDisk = true
	last := d.digests["13:00"]
	tests := []struct {
		name       string
		keys       Keys
		signatures map[string]string
		faults     string
		vouched    int
	}{
		// The last digest's is in none: it is unchecked.
		{"of the next digest", keys, nil, "", 6},
		{"of a file", keys, map[string]string{last: d.signatures[last]}, "", 6},
		{"of a file, wrong", keys, map[string]string{d.digests["10:00"]: d.signatures[last]}, "altered", 5},
		{"of a file, no hexadecimal", keys, map[string]string{d.digests["10:00"]: "x"}, "altered", 5},
		{"another key", Keys{}, nil, "altered altered altered altered altered altered", 0},
		{"no key", nil, d.signatures, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := d.audit(Options{Keys: test.keys, Signatures: test.signatures})
			var got []string
			for _, f := range a.Files.Faulty {
				word, _, _ := strings.Cut(f.Fault, ":")
				got = append(got, word)
			}
			if strings.Join(got, " ") != test.faults {
				t.Errorf("faults %v, want %s", got, test.faults)
			}
			if p := only(t, a); p.Trust.VouchedHours != test.vouched {
				t.Errorf("%d vouched hours, want %d", p.Trust.VouchedHours, test.vouched)
			}
		})
	}
}

// TestAReplacedDigestIsNotedWithoutKeys: the next one has another hash for it.
func TestAReplacedDigestIsNotedWithoutKeys(t *testing.T) {
	d := newDay(t)
	key := d.digests["10:00"]
	d.files[key] = zipped(t, bytes.Replace(unzipped(t, d.files[key]), []byte("09:20:00Z"), []byte("09:21:00Z"), 1))
	if a := d.audit(Options{}); len(a.Notes) != 1 || len(d.audit(Options{Keys: keysOf(signingKey())}).Notes) != 0 {
		t.Errorf("notes %v, want one without keys, and none for a digest that is known to be unsound", a.Notes)
	}
}
