package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/component"
	"fipsguard/internal/evidence/folder"
	"fipsguard/internal/evidence/summary"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// signingKey is a key of KMS with which the administrator may sign, and the file
// with its public key.
func signingKey(t *testing.T, s *simulation.Account) (arn, file string) {
	t.Helper()
	arn, err := s.AWS.CreateSigningKey(simulation.Region, s.People.Admin)
	if err != nil {
		t.Fatal(err)
	}
	return arn, publicKey(t, s, arn)
}

// publicKey is the file with the public key of one of KMS.
func publicKey(t *testing.T, s *simulation.Account, arn string) string {
	t.Helper()
	out, err := kms.NewFromConfig(s.AWS.Config(s.People.Admin, simulation.Region)).GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: aws.String(arn)})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: out.PublicKey}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestAPersonsReportIsSignedOrSaysThatItIsNot: verify writes all formats, and
// evidence verifies them, renders them anew and sums them up.
func TestAPersonsReportIsSignedOrSaysThatItIsNot(t *testing.T) {
	s := verified(t)
	arn, key := signingKey(t, s)
	dir := filepath.Join(t.TempDir(), "evidence")
	if code, out, talk := fipsguard("", "verify", "--no-exec", "--out", dir, "--sign-key", arn); code != 0 || talk != "" || !strings.Contains(out, "signed with KMS key "+arn) {
		t.Fatalf("verify --out exits %d: %s\n%s", code, talk, out)
	}
	names, err := folder.Dir(dir).Names()
	if err != nil || len(names) != 6 {
		t.Fatalf("the folder has %v, error %v", names, err)
	}
	code, out, talk := fipsguard("", "evidence", "verify", dir, "--key", key)
	if code != 0 || !strings.HasPrefix(out, "WHOLE  1 report, 1 signed") || talk != "" {
		t.Errorf("evidence verify exits %d: %s\n%s", code, talk, out)
	}
	var result folder.Result
	code, out, _ = fipsguard("", "evidence", "verify", dir, "--key", key, "--format", "json")
	if err := json.Unmarshal([]byte(out), &result); code != 0 || err != nil || !result.Whole {
		t.Errorf("as JSON it exits %d, %v: %s", code, err, out)
	}
	id := strings.TrimSuffix(filepath.Base(one(t, dir, "*.html")), ".html")
	original := filepath.Join(dir, id+".dsse.json")
	for format, ending := range map[string]string{"json": ".json", "html": ".html", "text": ".txt", "oscal": ".oscal.json", "fedramp": ".fedramp.json"} {
		want, err := os.ReadFile(filepath.Join(dir, id+ending))
		code, out, talk := fipsguard("", "evidence", "render", original, "--key", key, "--format", format)
		if err != nil || code != 0 || talk != "" || out != string(want) {
			t.Errorf("render %s exits %d: %s, %v; it makes other %d bytes than the %d that are kept", format, code, talk, err, len(out), len(want))
		}
	}
	if code, _, talk := fipsguard("", "evidence", "render", filepath.Join(dir, id+".json")); code != 0 || !strings.Contains(talk, "no signature was checked") {
		t.Errorf("render without a signature exits %d: %s", code, talk)
	}
	if code, out, talk := fipsguard("", "evidence", "summary", dir, "--key", key); code != 0 || !strings.Contains(out, "last 1 days") {
		t.Errorf("summary exits %d: %s\n%s", code, talk, out)
	}

	page := filepath.Join(dir, id+".html")
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, bytes.Replace(html, []byte("111122223333"), []byte("444455556666"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", dir, "--key", key); code != 1 || !strings.Contains(out, id+".html: it is not what the signed report makes") {
		t.Errorf("with a changed page it exits %d:\n%s", code, out)
	}

	unsigned := t.TempDir()
	code, _, talk = fipsguard("", "verify", "--no-exec", "--out", unsigned)
	if code != 0 || !strings.Contains(talk, "not signed") {
		t.Errorf("without a key verify exits %d: %s", code, talk)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", unsigned, "--key", key); code != 1 || !strings.Contains(out, "the report is not signed") {
		t.Errorf("an unsigned report: exits %d:\n%s", code, out)
	}
	if text, err := os.ReadFile(one(t, unsigned, "*.txt")); err != nil || !strings.Contains(string(text), ", not signed") {
		t.Errorf("it does not say that it is not signed: %s", text)
	}
}

func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s in %s: %v, %v", pattern, dir, found, err)
	}
	return found[0]
}

func TestEvidenceThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(key, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		talk string
	}{
		"no key":                {[]string{"evidence", "verify", dir}, "--key is missing"},
		"a key that is none":    {[]string{"evidence", "verify", dir, "--key", key}, "it holds a CERTIFICATE where a PUBLIC KEY is expected"},
		"a folder there is not": {[]string{"evidence", "summary", filepath.Join(dir, "none")}, "read folder " + filepath.Join(dir, "none") + ": no such file"},
		"a file for a folder":   {[]string{"evidence", "summary", key}, "read folder " + key + ": not a directory"},
		"no reports":            {[]string{"evidence", "summary", dir}, "there are no reports"},
		"no report":             {[]string{"evidence", "render", key}, "read report"},
		"a key without a use":   {[]string{"verify", "--sign-key", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1"}, "add --out DIR"},
		"an alias":              {[]string{"verify", "--out", dir, "--sign-key", "alias/mine"}, `--sign-key is "alias/mine"; it must be the ARN of a KMS key`},
	} {
		if code, out, talk := fipsguard("", c.args...); code != 2 || !strings.Contains(talk, c.talk) || out != "" || strings.Contains(strings.TrimSpace(talk), "\n") {
			t.Errorf("%s: exits %d: %s\n%s", name, code, talk, out)
		}
	}
}

// deployedVerifier is the verifier as Lambda runs it, which signs with a key of
// the account's KMS and keeps reports in a bucket.
func deployedVerifier(t *testing.T, s *simulation.Account, arn string) (scan func()) {
	t.Helper()
	const bucket = "fipsguard-evidence"
	topic, err := s.AWS.CreateTopic(simulation.Region, "evidence-alerts")
	if err := errors.Join(err, s.AWS.CreateBucket(simulation.Region, bucket)); err != nil {
		t.Fatal(err)
	}
	queue, err := s.AWS.CreateQueue(simulation.Region, "evidence-queue")
	if err != nil {
		t.Fatal(err)
	}
	account := "111122223333"
	environment := map[string]string{
		"FIPSGUARD_TOPIC_ARN": topic, "FIPSGUARD_EVIDENCE_BUCKET": bucket, "FIPSGUARD_SIGNING_KEY": arn, "FIPSGUARD_QUEUES": queue, "FIPSGUARD_REPORTED": queue,
		"FIPSGUARD_POLICY_PARAMETER": product.PolicyParameter,
		"FIPSGUARD_ENFORCER_ARN":     "arn:aws-us-gov:lambda:" + simulation.Region + ":" + account + ":function:fipsguard-enforcer",
	}
	handler, err := scans.Function(wiring.Process{Out: io.Discard, Getenv: func(name string) string {
		if value, ok := environment[name]; ok {
			return value
		}
		return os.Getenv(name)
	}}, func(aws.Config) verifier.Hub { return nil }, func(aws.Config, *s3.Client) asDeployed { return asDeployed{} })
	if err != nil {
		t.Fatal(err)
	}
	in := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws-us-gov:lambda:" + simulation.Region + ":" + account + ":function:fipsguard-verifier",
	})
	return func() {
		t.Helper()
		if _, err := handler.Invoke(in, []byte(`{"look":"hourly"}`)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheVerifiersEvidence: what the deployed verifier keeps is whole, straight
// from the bucket, with figures and a picture of it. An older state that is put
// back into the bucket is one CRITICAL alert and a new chain.
func TestTheVerifiersEvidence(t *testing.T) {
	s := verified(t)
	arn, key := signingKey(t, s)
	scan := deployedVerifier(t, s, arn)
	scan()
	client := s3.NewFromConfig(s.AWS.Config(s.People.Admin, simulation.Region), func(o *s3.Options) { o.UsePathStyle = true })
	state := s3.GetObjectInput{Bucket: aws.String("fipsguard-evidence"), Key: aws.String("state/111122223333/us-gov-west-1.dsse.json")}
	older, err := client.GetObject(t.Context(), &state)
	if err != nil {
		t.Fatal(err)
	}
	put, err := io.ReadAll(older.Body)
	if err != nil {
		t.Fatal(err)
	}
	scan()
	const where = "s3://fipsguard-evidence"
	code, out, talk := fipsguard("", "evidence", "verify", where, "--key", key)
	if code != 0 || !strings.HasPrefix(out, "WHOLE  2 reports, 2 signed") || !strings.Contains(out, "begins: It is the first report") {
		t.Errorf("evidence verify exits %d: %s\n%s", code, talk, out)
	}
	before := len(s.AWS.Published())
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: state.Bucket, Key: state.Key, Body: bytes.NewReader(put)}); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", where, "--key", key); code != 1 || !strings.Contains(out, "the verifier's state is older than the reports") {
		t.Errorf("with an older state evidence verify exits %d:\n%s", code, out)
	}
	scan()
	alerts := s.AWS.Published()[before:]
	if len(alerts) != 1 || !strings.HasPrefix(alerts[0].Subject, "[CRITICAL] ") || !strings.Contains(alerts[0].Text, "an older one that was put back") {
		t.Errorf("with an older state people hear %+v", alerts)
	}
	scan()
	code, out, talk = fipsguard("", "evidence", "verify", where, "--key", key)
	if code != 0 || !strings.Contains(out, "a new chain begins: What came before is not believed") {
		t.Errorf("after it evidence verify exits %d: %s\n%s", code, talk, out)
	}

	var all []summary.Summary
	code, out, talk = fipsguard("", "evidence", "summary", where, "--key", key, "--format", "json")
	if err := json.Unmarshal([]byte(out), &all); code != 0 || err != nil || len(all) != 1 || !all[0].Signed || all[0].Last30.Reports != 4 {
		t.Errorf("summary exits %d, %v: %s\n%s", code, err, talk, out)
	}
	code, out, talk = fipsguard("", "evidence", "summary", where, "--key", key, "--format", "svg")
	if err := wellFormed(out); code != 0 || err != nil || !strings.Contains(out, "FIPS mode of the account") {
		t.Errorf("the picture: exits %d, %v: %s", code, err, talk)
	}
}

func wellFormed(document string) error {
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestTheDocumentedCommandsVerifyAReport with openssl alone.
func TestTheDocumentedCommandsVerifyAReport(t *testing.T) {
	independent.Program(t, "openssl")
	shell := independent.Program(t, "bash")
	s := verified(t)
	arn, key := signingKey(t, s)
	dir := t.TempDir()
	if code, _, talk := fipsguard("", "verify", "--no-exec", "--out", dir, "--sign-key", arn); code != 0 {
		t.Fatalf("verify exits %d: %s", code, talk)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "evidence.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "```sh\nID=")
	_, block, _ = strings.Cut(block, "\n")
	block, _, ended := strings.Cut(block, "```")
	if !found || !ended {
		t.Fatal("docs/evidence.md has no block of commands that begins with ID=")
	}
	id := strings.TrimSuffix(filepath.Base(one(t, dir, "*.html")), ".html")
	run := func() error {
		cmd := exec.CommandContext(t.Context(), shell, "-e", "-c", block)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "ID="+id)
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	if data, err := os.ReadFile(key); err != nil || os.WriteFile(filepath.Join(dir, "key.pem"), data, 0o600) != nil {
		t.Fatal(err)
	}
	if err := run(); err != nil {
		t.Errorf("the documented commands: %v", err)
	}
	original := filepath.Join(dir, id+".dsse.json")
	data, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	data[len(`{"payload":"`)+8] ^= 1
	if err := os.WriteFile(original, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if run() == nil {
		t.Error("the documented commands accept a report that was changed")
	}
}

// asDeployed finds all as it was deployed.
type asDeployed struct{}

func (asDeployed) Observe(context.Context, []component.Meant) []guard.Component { return nil }
