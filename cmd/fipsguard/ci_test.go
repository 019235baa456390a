package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	"github.com/joshdk/go-junit"
	"go.yaml.in/yaml/v3"
)

const root = "../../"

// checkout makes a repository with one bad task definition, and a folder with the
// built program.
func checkout(t *testing.T) (repository, bin string) {
	t.Helper()
	repository, bin = t.TempDir(), t.TempDir()
	if out, err := exec.Command(independent.Program(t, "go"), "build", "-o", filepath.Join(bin, "fipsguard"), ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	bad, err := os.ReadFile(manifests + "fargate-arm64.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(repository, "bad.json"), bad, 0o644); err != nil {
		t.Fatal(err)
	}
	git := independent.Program(t, "git")
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "a"}} {
		if out, err := exec.Command(git, append([]string{"-C", repository}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	return repository, bin
}

// inShell runs a script as CI does: it ends at the first command that fails.
func inShell(t *testing.T, folder, bin, script string, environment ...string) (out string, code int) {
	t.Helper()
	run := exec.Command(independent.Program(t, "bash"), "-e", "-o", "pipefail", "-c", script)
	run.Dir = folder
	run.Env = append(append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH")), environment...)
	text, _ := run.CombinedOutput() // a status is what is looked for
	return string(text), run.ProcessState.ExitCode()
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(root + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestGitHubAction runs the action's own script.
func TestGitHubAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	check := action.Runs.Steps[len(action.Runs.Steps)-1]
	repository, bin := checkout(t)
	environment := func(set map[string]string) []string {
		all := []string{"RUNNER_TEMP=" + bin}
		for name, expression := range check.Env {
			input := strings.TrimSuffix(strings.TrimPrefix(expression, "${{ inputs."), " }}")
			value, ok := action.Inputs[input]
			if !ok {
				t.Errorf("%s is of an input that the action does not have: %s", name, expression)
			}
			text := value.Default
			if other, ok := set[input]; ok {
				text = other
			}
			all = append(all, name+"="+text)
		}
		return all
	}
	out, code := inShell(t, repository, bin, check.Run, environment(map[string]string{"sarif": "report.sarif", "region": "us-gov-west-1"})...)
	if code != 1 || !strings.Contains(out, "::error file=bad.json,line=5,col=42,title=task-definition-platform::sample-fargate: ") {
		t.Errorf("it exits %d: %s", code, out)
	}
	if report, err := os.ReadFile(filepath.Join(repository, "report.sarif")); err != nil || !strings.Contains(string(report), `"uri": "bad.json"`) {
		t.Errorf("SARIF: %v: %s", err, report)
	}
	if out, code := inShell(t, repository, bin, check.Run, environment(map[string]string{"fail-on": "nothing", "paths": "bad.json\n*.json"})...); code != 0 {
		t.Errorf("failing on nothing, it exits %d: %s", code, out)
	}
}

// TestWorkflowPassesActionlint: the workflow that docs/check.md shows, with the
// action of this repository.
func TestWorkflowPassesActionlint(t *testing.T) {
	text, err := os.ReadFile(root + "docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	_, workflow, ok := strings.Cut(string(text), "```yaml\n# .github/workflows/")
	workflow, _, ended := strings.Cut(workflow, "```")
	if !ok || !ended {
		t.Fatal("docs/check.md shows no workflow")
	}
	folder := t.TempDir()
	workflow = "# " + strings.Replace(workflow, "uses: OWNER/fipsguard@v1", "uses: ./fipsguard", 1)
	for name, text := range map[string]string{".github/workflows/check.yml": workflow, "fipsguard/action.yml": ""} {
		if name == "fipsguard/action.yml" {
			action, err := os.ReadFile(root + "action.yml")
			if err != nil {
				t.Fatal(err)
			}
			text = string(action)
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tools, err := filepath.Abs(root + "tools/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	lint := func() (string, error) {
		run := exec.Command(independent.Program(t, "go"), "tool", "-modfile="+tools, "actionlint", "-no-color", filepath.Join(folder, ".github/workflows/check.yml"))
		out, err := run.CombinedOutput()
		return string(out), err
	}
	if err := os.Mkdir(filepath.Join(folder, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := lint(); err != nil {
		t.Errorf("actionlint: %v: %s", err, out)
	}
	wrong := strings.Replace(workflow, "policy:", "polcy:", 1)
	if err := os.WriteFile(filepath.Join(folder, ".github/workflows/check.yml"), []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := lint(); err == nil || !strings.Contains(out, "polcy") {
		t.Errorf("an input that the action does not have passes: %s", out)
	}
}

// TestGitLabTemplate runs the job's script, and lets a program that we did not
// write read the template where it is installed.
func TestGitLabTemplate(t *testing.T) {
	var template struct {
		Variables map[string]string
		Job       struct {
			Script    []string
			Artifacts struct{ Reports map[string]string }
		} `yaml:"fipsguard-check"`
	}
	readYAML(t, "ci/check.gitlab-ci.yml", &template)
	repository, bin := checkout(t)
	var environment []string
	for name, value := range template.Variables {
		environment = append(environment, name+"="+value)
	}
	out, code := inShell(t, repository, bin, strings.Join(template.Job.Script, "\n"), environment...)
	if code != 1 || !strings.Contains(out, "bad.json:5:42: NON_COMPLIANT") {
		t.Errorf("it exits %d: %s", code, out)
	}
	quality, err := os.ReadFile(filepath.Join(repository, template.Job.Artifacts.Reports["codequality"]))
	if err != nil || !strings.Contains(string(quality), `"path": "bad.json"`) {
		t.Errorf("code quality: %v: %s", err, quality)
	}
	if suites, err := junit.IngestFile(filepath.Join(repository, template.Job.Artifacts.Reports["junit"])); err != nil || len(suites) != 1 || suites[0].Totals.Failed != 1 {
		t.Errorf("JUnit: %v: %+v", err, suites)
	}
	t.Run("read by gitlab-ci-local", func(t *testing.T) {
		reader := independent.Program(t, "gitlab-ci-local")
		text, err := os.ReadFile(root + "ci/check.gitlab-ci.yml")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(repository, ".gitlab-ci.yml"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		run := exec.Command(reader, "--list")
		run.Dir = repository
		if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), "fipsguard-check") {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// TestPreCommitHook runs the hook as pre-commit does.
func TestPreCommitHook(t *testing.T) {
	program := independent.Program(t, "pre-commit")
	hooks, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "validate-manifest", filepath.Join(hooks, ".pre-commit-hooks.yaml")).CombinedOutput(); err != nil {
		t.Errorf("not a manifest: %v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(hooks, ".git")); err != nil {
		t.Skip("pre-commit takes hooks from a repository; this is none")
	}
	repository, bin := checkout(t)
	out, code := inShell(t, repository, bin, program+" try-repo "+hooks+" fipsguard-check-installed --all-files")
	if code != 1 || !strings.Contains(out, "bad.json:5:42: NON_COMPLIANT") {
		t.Errorf("it exits %d: %s", code, out)
	}
}
