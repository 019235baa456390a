package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	"go.yaml.in/yaml/v3"
)

// TestWorkflows: actionlint accepts them, and they type what people type.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	lint := exec.Command(independent.Program(t, "go"), append([]string{"tool", "-modfile=../tools/go.mod", "actionlint", "-no-color"}, files...)...)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v: %s", err, out)
	}
	types(t, "../.github/workflows/ci.yml", ".ci/run")
	types(t, "../.github/workflows/release.yml", "make release")
}

// TestGitLabPipeline: gitlab-ci-local holds it against GitLab's schema and finds the
// two jobs.
func TestGitLabPipeline(t *testing.T) {
	types(t, "../.gitlab-ci.yml", ".ci/run")
	types(t, "../.gitlab-ci.yml", "make release")
	program := independent.Program(t, "gitlab-ci-local")
	text, err := os.ReadFile("../.gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	list := func(pipeline string) (string, error) {
		folder := t.TempDir()
		write(t, filepath.Join(folder, ".gitlab-ci.yml"), pipeline)
		if out, err := exec.Command(independent.Program(t, "git"), "init", "-q", folder).CombinedOutput(); err != nil {
			t.Fatalf("git init: %v: %s", err, out)
		}
		run := exec.Command(program, "--list-all")
		run.Dir = folder
		out, err := run.CombinedOutput()
		return string(out), err
	}
	out, err := list(string(text))
	if err != nil || !strings.Contains(out, "release") || !strings.Contains(out, "test") {
		t.Errorf("gitlab-ci-local: %v: %s", err, out)
	}
	if out, err := list(strings.Replace(string(text), "artifacts:\n    paths: [dist/]", "artifacts: 5", 1)); err == nil {
		t.Errorf("artifacts that are a number pass: %s", out)
	}
}

// TestDependabotAndForms are YAML with the members that GitHub asks for.
func TestDependabotAndForms(t *testing.T) {
	var bot struct {
		Version int
		Updates []struct {
			Ecosystem string `yaml:"package-ecosystem"`
			Schedule  struct{ Interval string }
		}
	}
	read(t, "../.github/dependabot.yml", &bot)
	if bot.Version != 2 || len(bot.Updates) != 2 || bot.Updates[0].Ecosystem != "gomod" || bot.Updates[0].Schedule.Interval == "" {
		t.Errorf("dependabot: %+v", bot)
	}
	var form struct {
		Name, Description string
		Body              []struct{ Type string }
	}
	read(t, "../.github/ISSUE_TEMPLATE/problem.yml", &form)
	if form.Name == "" || form.Description == "" || len(form.Body) == 0 {
		t.Errorf("issue form: %+v", form)
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func types(t *testing.T, file, command string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), command) {
		t.Errorf("%s does not run %s", file, command)
	}
}
