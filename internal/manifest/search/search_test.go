package search

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	"github.com/google/go-cmp/cmp"
)

// tree makes files with texts below a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func names(t *testing.T, root string, files []File) []string {
	t.Helper()
	var all []string
	for _, f := range files {
		inside, err := filepath.Rel(root, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, filepath.ToSlash(inside))
	}
	return all
}

func TestFilesOfAFolder(t *testing.T) {
	root := tree(t, map[string]string{
		"a.json": "", "b.YML": "", "c.txt": "", "d.template": "", "main.tf": "", "machine.asl": "", "deep/er/e.yaml": "", ".github/f.yml": "", "lines.jsonl": "",
		".git/g.json": "", "node_modules/x/h.json": "", "deep/node_modules/i.json": "", ".terraform/modules/j.json": "",
		".gitignore": "out/\n*.plan.json\n!kept.plan.json\n", "out/k.json": "", "x.plan.json": "", "kept.plan.json": "", "deep/.gitignore": "/l.json\n", "deep/l.json": "", "deep/er/l.json": "",
	})
	if err := os.Symlink(filepath.Join(root, "a.json"), filepath.Join(root, "link.json")); err != nil {
		t.Fatal(err)
	}
	found, err := Files(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".github/f.yml", "a.json", "b.YML", "d.template", "deep/er/e.yaml", "deep/er/l.json", "kept.plan.json", "lines.jsonl", "machine.asl", "main.tf"}
	if diff := cmp.Diff(want, names(t, root, found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	below, err := Files(filepath.Join(root, "deep"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"deep/er/e.yaml", "deep/er/l.json"}, names(t, root, below)); diff != "" {
		t.Errorf("in a folder of a repository (-want +got):\n%s", diff)
	}
}

func TestWhatIsNamedIsRead(t *testing.T) {
	root := tree(t, map[string]string{".git/HEAD": "", ".gitignore": "*.json\n", "a.json": "", "x/b.txt": ""})
	for _, name := range []string{"a.json", "x/b.txt"} {
		found, err := Files(filepath.Join(root, name))
		if err != nil || len(found) != 1 || !found[0].Named {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	if found, err := Files("-"); err != nil || len(found) != 1 || !found[0].Named {
		t.Errorf("the standard input: %v, %v", found, err)
	}
	if _, err := Files(filepath.Join(root, "absent.json")); err == nil {
		t.Error("a file that is not there is found")
	}
}

func TestPatterns(t *testing.T) {
	root := tree(t, map[string]string{"a.json": "", "b.yaml": "", "x/c.yaml": "", "x/y/d.yaml": "", "x/y/e.txt": "", ".git/HEAD": "", ".gitignore": "d.yaml\n", "x/y/g.yaml": ""})
	for pattern, want := range map[string][]string{
		"*.yaml":       {"b.yaml"},
		"**/*.yaml":    {"b.yaml", "x/c.yaml", "x/y/g.yaml"},
		"x/*/*":        {"x/y/e.txt", "x/y/g.yaml"},
		"x/**":         {"x/c.yaml", "x/y/e.txt", "x/y/g.yaml"},
		"?.json":       {"a.json"},
		"[ab].*":       {"a.json", "b.yaml"},
		"[!a].*":       {"b.yaml"},
		"x/[a-c].yaml": {"x/c.yaml"},
	} {
		found, err := Files(root + "/" + pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		if diff := cmp.Diff(want, names(t, root, found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
	}
	if _, err := Files(root + "/*.none"); !errors.Is(err, ErrNone) {
		t.Errorf("a pattern that matches nothing: %v", err)
	}
}

// TestIgnoredAsGitDoes: git itself says which of many files many patterns ignore.
func TestIgnoredAsGitDoes(t *testing.T) {
	git := independent.Program(t, "git")
	patterns := []string{
		"*.json", "/a.json", "x/", "/x/", "x/*", "x/**", "**/y", "**/y/", "x/**/z", "!a.json", "!x/y/a.json", "y/a.json", "*", "!*/", "!*.yaml", `\!b.json`, `\#c.json`, "#c.json",
		"[ab].json", "[!a].json", "[^a].json", "[a-c].yaml", "?.yaml", "a.json ", `a.json\ `, "x/y/*.json", "/x/**/a.json", "**", "**/", "x/***/a.json", "a**.json", "[]a].json", "[a", "x//y", "/", "./x", "é*", "b?.json", "*/a.json", "**/**/a.json", "x\\y", "[[:alpha:]].json",
	}
	leaves := []string{"a.json", "b.json", "c.yaml", "!b.json", "#c.json", "é.json", "bé.json"}
	folders := []string{"", "x/", "x/y/", "x/y/z/", "y/", "z/y/"}
	files := map[string]string{}
	for _, folder := range folders {
		for _, leaf := range leaves {
			files[folder+leaf] = ""
		}
	}
	check := func(ignores map[string]string) {
		for name, text := range ignores {
			files[name] = text
		}
		root := tree(t, files)
		for name := range ignores {
			delete(files, name)
		}
		if out, err := exec.Command(git, "-C", root, "init", "-q").CombinedOutput(); err != nil {
			t.Fatalf("git init: %v: %s", err, out)
		}
		out, err := exec.Command(git, "-C", root, "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard").Output()
		if err != nil {
			t.Fatalf("git ls-files: %v", err)
		}
		var want []string
		for line := range strings.Lines(string(out)) {
			if name := strings.TrimSpace(line); hasEnding(name) {
				want = append(want, name)
			}
		}
		found, err := below(root, hasEnding)
		if err != nil {
			t.Fatal(err)
		}
		got := names(t, root, found)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-git +ours):\n%s", ignores, diff)
		}
	}
	for i, p := range patterns {
		check(map[string]string{".gitignore": p + "\n"})
		q := patterns[(i*7+3)%len(patterns)]
		check(map[string]string{".gitignore": p + "\n" + q + "\n", "x/.gitignore": patterns[(i*5+1)%len(patterns)] + "\n"})
	}
}
