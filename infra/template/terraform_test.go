package template_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fipsguard/internal/independent"
)

// terraformPlugins names the environment variable with a folder of Terraform's
// providers, as `terraform providers mirror` fills it.
const terraformPlugins = "FIPSGUARD_TERRAFORM"

// TestTerraform validates what docs/terraform.md shows with Terraform and the
// AWS provider, and applies the guard of one account to moto: twice, since what
// was applied must need no change.
func TestTerraform(t *testing.T) {
	t.Parallel()
	plugins := os.Getenv(terraformPlugins)
	if plugins == "" {
		t.Skipf("%s names no folder of Terraform's providers", terraformPlugins)
	}
	program := independent.Program(t, "terraform")
	settings := filepath.Join(t.TempDir(), "terraform.rc")
	write(t, settings, "disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = \""+plugins+"\"\n  }\n}\n")
	environment := append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "AWS_REGION=us-gov-west-1", "AWS_ACCESS_KEY_ID=moto",
		"AWS_SECRET_ACCESS_KEY=a-secret-long-enough-for-a-key-of-HMAC-in-FIPS-mode", "AWS_ENDPOINT_URL="+moto(t))
	text, err := os.ReadFile("../../docs/terraform.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(shown) != 2 {
		t.Fatalf("%d configurations, want 2", len(shown))
	}
	for i, configuration := range shown {
		folder := t.TempDir()
		terraform := func(arguments ...string) string {
			t.Helper()
			run := exec.CommandContext(t.Context(), program, arguments...)
			run.Dir, run.Env = folder, environment
			out, err := run.CombinedOutput()
			if err != nil {
				t.Fatalf("terraform %s: %v\n%s", arguments[0], err, out)
			}
			return string(out)
		}
		write(t, filepath.Join(folder, "main.tf"), configuration[1])
		if err := os.Rename(release(t), filepath.Join(folder, "fipsguard-release")); err != nil {
			t.Fatal(err)
		}
		terraform("fmt", "-check", "-diff")
		terraform("init", "-no-color")
		terraform("validate", "-no-color")
		if i > 0 {
			continue // moto has no service-managed StackSets
		}
		// moto has no bucket's own host names.
		write(t, filepath.Join(folder, "moto_override.tf"), "provider \"aws\" {\n  s3_use_path_style = true\n}\n")
		if out := terraform("apply", "-no-color", "-auto-approve"); !strings.Contains(out, "fipsguard-evidence-111122223333-us-gov-west-1-") {
			t.Errorf("the evidence's bucket is not among the outputs:\n%s", out)
		}
		terraform("plan", "-no-color", "-detailed-exitcode") // exits 2 where there is something to change
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
