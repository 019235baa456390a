package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/audit/judge"
	"fipsguard/internal/audit/judge/cases"

	"github.com/google/go-cmp/cmp"
)

var (
	auditSeeds = flag.Uint64("audit-seeds", 150, "how many folders audit is held against its judge on")
	auditFirst = flag.Uint64("audit-first", 0, "the first seed")
)

// TestAuditAgreesWithTheJudge holds audit's JSON form and exit status against
// the judge's on many hostile folders. Of a folder on which they differ it
// says which files are enough to make them differ.
func TestAuditAgreesWithTheJudge(t *testing.T) {
	if testing.Short() {
		*auditSeeds = min(*auditSeeds, 8)
	}
	keys, err := cases.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	for seed := *auditFirst; seed < *auditFirst+*auditSeeds; seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			c, err := cases.Make(t.TempDir(), seed, keys)
			if err != nil {
				t.Fatal(err)
			}
			if difference(t, c) == "" {
				return
			}
			enough := shrink(t, c)
			t.Errorf("fipsguard audit --format json %s\nalone with these files\n\t%s\ndiffers from the judge (-judge +audit):\n%s\nThe case at first:\n\t%s\nAgain: go test ./cmd/fipsguard -run %s -audit-first %d -audit-seeds 1",
				strings.Join(c.Args(), " "), strings.Join(enough, "\n\t"), difference(t, c), strings.Join(c.Notes, "\n\t"), "TestAuditAgreesWithTheJudge", seed)
		})
	}
}

// difference returns how audit's answer differs from the judge's.
func difference(t *testing.T, c *cases.Case) string {
	t.Helper()
	answer, status, err := judge.Judge(judge.Options{Since: c.Since, Until: c.Until, PublicKeys: c.PublicKeys, Signatures: c.Signatures, Paths: c.Paths})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	want, err := comparableAnswer(string(text))
	if err != nil {
		t.Fatal(err)
	}
	code, out, talk := fipsguard("", append([]string{"audit", "--format", "json"}, c.Args()...)...)
	got, err := comparableAnswer(out)
	if err != nil {
		return fmt.Sprintf("the output is not one JSON object: %v\n%s\n%s", err, out, talk)
	}
	if got["records"] == nil { // not counted, which is allowed
		want["records"] = nil
	}
	if len(answer.Places) == 0 { // no place, no range
		delete(want, "from")
		delete(want, "until")
		delete(got, "from")
		delete(got, "until")
	}
	want["exit status"], got["exit status"] = status, int(code)
	return cmp.Diff(want, got)
}

// comparableAnswer decodes an answer and leaves out the sentences behind the faults'
// words, which are free.
func comparableAnswer(text string) (map[string]any, error) {
	var answer map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&answer); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more behind the object")
	}
	files, _ := answer["files"].(map[string]any)
	faulty, _ := files["faulty"].([]any)
	for _, f := range faulty {
		if f, is := f.(map[string]any); is {
			fault, _ := f["fault"].(string)
			f["fault"], _, _ = strings.Cut(fault, ":")
		}
	}
	return answer, nil
}

// shrink removes each file without which the answers still differ, and returns
// the names of the rest.
func shrink(t *testing.T, c *cases.Case) []string {
	t.Helper()
	var names []string
	for _, path := range c.Paths {
		err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !slices.Contains(c.Paths, path) { // a file that is asked for has to be there
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if difference(t, c) != "" {
			return true
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return false
	})
}
