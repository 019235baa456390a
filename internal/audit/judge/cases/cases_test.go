package cases

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/audit/judge"
)

// TestTheSameSeedMakesTheSameCase: a failure can be looked at again.
func TestTheSameSeedMakesTheSameCase(t *testing.T) {
	keys := testKeys(t)
	for seed := range uint64(3) {
		a, b := t.TempDir(), t.TempDir()
		for _, dir := range []string{a, b} {
			if _, err := Make(dir, seed, keys); err != nil {
				t.Fatal(err)
			}
		}
		if err := filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			one, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			other, err := os.ReadFile(filepath.Join(b, strings.TrimPrefix(path, a)))
			if err == nil && !bytes.Equal(one, other) {
				t.Errorf("seed %d: %s differs", seed, path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCasesReachTheContract: among the cases are all faults, all reasons and
// all exit statuses, or the comparison would be worth little.
func TestCasesReachTheContract(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: judges 150 cases, which is work for a change to the cases")
	}
	keys := testKeys(t)
	seen := map[string]int{}
	const seeds = 150
	for seed := range uint64(seeds) {
		c, err := Make(t.TempDir(), seed, keys)
		if err != nil {
			t.Fatal(err)
		}
		answer, status, err := judge.Judge(judge.Options{Since: c.Since, Until: c.Until, PublicKeys: c.PublicKeys, Signatures: c.Signatures, Paths: c.Paths})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		count(seen, answer, status)
	}
	for _, what := range []string{
		"status 0", "status 1", "status 2",
		"fault empty", "fault not-gzip", "fault truncated", "fault corrupt", "fault no-records", "fault altered", "fault unlisted", "fault missing",
		"default on set", "default off set", "default off deleted", "default unknown start", "default unknown gap", "default unknown conflict",
		"default unknown omitted", "default unknown unclear",
		"override on set", "override off set", "override unknown gap", "override unknown conflict", "override unknown omitted",
		"launches", "vouched", "altered", "missing", "skipped", "two places",
	} {
		if seen[what] == 0 {
			t.Errorf("%q is in none of %d cases", what, seeds)
		}
	}
	t.Log(seen)
}

func count(seen map[string]int, a *judge.Answer, status int) {
	in := map[string]bool{"status " + string(rune('0'+status)): true, "two places": len(a.Places) > 1, "skipped": a.Files.Skipped > 0}
	for _, bad := range a.Files.Faulty {
		in["fault "+bad.Fault] = true
	}
	for _, p := range a.Places {
		in["launches"] = in["launches"] || p.LaunchesWhileOff > 0
		in["vouched"] = in["vouched"] || p.Trust.VouchedHours > 0
		in["altered"] = in["altered"] || p.Trust.AlteredFiles > 0
		in["missing"] = in["missing"] || p.Trust.MissingFiles > 0
		for _, i := range p.Intervals {
			in["default "+i.Mode+" "+i.Reason] = true
		}
		for _, o := range p.Overrides {
			for _, i := range o.Intervals {
				in["override "+i.Mode+" "+i.Reason] = true
			}
		}
	}
	for what, is := range in {
		if is {
			seen[what]++
		}
	}
}

func testKeys(t *testing.T) Keys {
	t.Helper()
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
