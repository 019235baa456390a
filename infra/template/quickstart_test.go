package template_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fipsguard/infra/template"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/simulation"
)

// TestQuickstart types the commands of docs/quickstart.md into bash, in a
// release's folder: the AWS CLI checks their parameters, moto is CloudFormation,
// S3 and SNS, and the simulated account is ECS. Then a guard is deployed where
// one has been, as docs/deploy.md says.
func TestQuickstart(t *testing.T) {
	t.Parallel() // it waits more than it works
	independent.Program(t, "aws")
	shell := bash(t)
	blocks := commands(t, "../../docs/quickstart.md", "#")
	if len(blocks) != 8 {
		t.Fatalf("%d blocks of commands, want 8: this test knows what each does", len(blocks))
	}
	const created = "aws s3 ls --recursive s3://example-fipsguard-us-gov-west-1; aws logs describe-log-groups --query 'logGroups[].logGroupName' --output text; aws s3 ls; aws lambda list-functions --query 'join(`,`, Functions[].FunctionName)'\n"

	out := shell(blocks[0], blocks[1], blocks[2], blocks[3], blocks[4], created, blocks[5], blocks[7])
	var expected struct {
		Parameters map[string]struct{ Default string }
	}
	if err := json.Unmarshal(template.OrganizationJSON(), &expected); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		expected.Parameters["EnforcerKey"].Default, expected.Parameters["GateKey"].Default, expected.Parameters["VerifierKey"].Default,
		"Successfully created/updated stack - fipsguard",
		`"value": "enabled"`, // of the account setting
		"COMPLIANT  account", // of verify
		`"value": "disabled"`, "/aws/lambda/fipsguard-enforcer", `"fipsguard-enforcer,fipsguard-gate,fipsguard-verifier"`, "fipsguard-evidence-111122223333-us-gov-west-1-",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("after the deployment there is no %q:\n%s", want, out)
		}
	}

	out = shell(blocks[0], blocks[6], created, "aws kms list-keys --query 'length(Keys)'\n")
	if !strings.Contains(out, "/aws/lambda/fipsguard-enforcer") || !strings.Contains(out, "fipsguard-evidence-") || !strings.Contains(out, "\"\"\n") || !strings.Contains(out, "\n2\n") {
		t.Errorf("log groups, bucket and keys should stay when the stack goes, and no function:\n%s", out)
	}

	again := strings.Replace(blocks[2], "Email1=", "LogGroups=existing Email1=", 1)
	out = shell(blocks[0], again, created)
	if !strings.Contains(out, "Successfully created/updated stack - fipsguard") || len(buckets.FindAllString(out, -1)) != 2 {
		t.Errorf("the second guard in the account, beside what the first left:\n%s", out)
	}
	shell(append(blocks[:1:1], commands(t, "../../docs/deploy.md", "## Again in the same account")...)...)
}

// TestOrganization types those of docs/organization.md.
func TestOrganization(t *testing.T) {
	t.Parallel()
	independent.Program(t, "aws")
	shell := bash(t)
	page := "../../docs/organization.md"
	// The buckets refuse what does not come by HTTPS, and moto holds them to it.
	const byHTTP = `for REGION in us-gov-west-1 us-gov-east-1; do aws s3api delete-bucket-policy --region $REGION --bucket $PREFIX-$REGION; done`
	shell(slices.Concat(commands(t, page, "## Once"), []string{byHTTP}, commands(t, page, "## Each version"))...)

	unit := strings.Fields(shell(`export AWS_DEFAULT_REGION=us-gov-west-1
aws organizations create-organization --feature-set ALL > organization.json
aws organizations create-organizational-unit --parent-id $(aws organizations list-roots --query 'Roots[0].Id' --output text) --name fargate --query OrganizationalUnit.Id --output text`))[0]
	policies := strings.ReplaceAll(commands(t, page, "## The SCPs")[0], "ou-exam-ple12345", unit)
	out := shell(policies, "for TYPE in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do aws organizations list-policies-for-target --target-id "+unit+" --filter $TYPE --query 'Policies[].Name' --output text; done")
	for _, name := range []string{"fipsguard-scp-setting", "fipsguard-scp-integrity", "fipsguard-rcp-integrity"} {
		if !strings.Contains(out, name) {
			t.Errorf("%s is not attached:\n%s", name, out)
		}
	}
	if text := shell("cat policies/*.json"); strings.Contains(text, "fipsguard-deployment") || !strings.Contains(text, "stacksets-exec-0123456789abcdef0123456789abcdef") {
		t.Errorf("the policies exempt the published roles:\n%s", text)
	}
}

var buckets = regexp.MustCompile(`fipsguard-evidence-111122223333-us-gov-west-1-[0-9a-f]{8}\b`)

// commands are the blocks of a page's section that are marked as commands of a
// shell.
func commands(t *testing.T, page, section string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut("\n"+string(text), "\n"+section)
	if section != "#" {
		part, _, _ = strings.Cut(part, "\n## ")
	}
	var blocks []string
	for _, found := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(part, -1) {
		blocks = append(blocks, found[1])
	}
	return blocks
}

// unknownToMoto are calls that moto 5.2 does not have, or not as AWS does: of
// these the AWS CLI checks the parameters.
var unknownToMoto = []string{
	"cloudformation update-termination-protection", "cloudformation activate-organizations-access", "cloudformation create-stack-set",
	"cloudformation create-stack-instances", "cloudformation update-stack-instances", "cloudformation update-stack-set", "resourcegroupstaggingapi get-resources", "logs associate-kms-key",
}

var describeKey = regexp.MustCompile(`\$\(aws kms describe-key [^)]*\)`)

// bash runs commands, the first failure ends them, in a release's folder with
// the committed template.
func bash(t *testing.T) func(blocks ...string) string {
	t.Helper()
	program := independent.Program(t, "bash")
	folder := release(t)
	build := exec.CommandContext(t.Context(), independent.Program(t, "go"), "build", "-o", filepath.Join(folder, "fipsguard-linux-amd64"), "fipsguard/cmd/fipsguard")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	account, err := simulation.Start(t.Context(), guard.DefaultPolicy(), simulation.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.AWS.Close() })
	environment := append(os.Environ(), "AWS_ENDPOINT_URL="+moto(t), "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=",
		"AWS_ENDPOINT_URL_ECS="+account.AWS.Endpoint(), "AWS_ENDPOINT_URL_CLOUDTRAIL="+account.AWS.Endpoint(), "AWS_ENDPOINT_URL_STS="+account.AWS.Endpoint(),
		"AWS_ACCESS_KEY_ID="+account.People.Admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+account.People.Admin.SecretAccessKey)
	return func(blocks ...string) string {
		t.Helper()
		script := strings.Join(blocks, "\n")
		for _, call := range unknownToMoto {
			script = strings.ReplaceAll(script, call, call+" --generate-cli-skeleton output")
		}
		// moto fails on keys that CloudFormation made.
		script = describeKey.ReplaceAllString(script, "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0a1b")
		run := exec.CommandContext(t.Context(), program, "-euo", "pipefail", "-c", script)
		run.Dir, run.Env = folder, environment
		out, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
}

// release is a folder as `make release` fills it, as far as a deployment needs
// it: with the zips that the committed template was synthesized with.
func release(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	var sums strings.Builder
	write := func(name string, content []byte) {
		sum := sha256.Sum256(content)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), name)
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"enforcer-amd64.zip", "gate-amd64.zip", "verifier-amd64.zip"} {
		write(name, []byte("placeholder of "+name))
	}
	write("fipsguard-organization.template.json", forMoto(t, template.OrganizationJSON()))
	for _, policy := range []string{"scp-setting.json", "scp-integrity.json", "rcp-integrity.json"} {
		content, err := os.ReadFile("../../docs/" + policy)
		if err != nil {
			t.Fatal(err)
		}
		write(policy, content)
	}
	if err := os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}
