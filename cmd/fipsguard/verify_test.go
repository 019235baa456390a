package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/simulation"
)

// verified is a local account that the environment's AWS configuration points
// at, as an administrator.
func verified(t *testing.T) *simulation.Account {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: verify keeps to CloudTrail's and ECS Exec's pace in real time")
	}
	s, err := simulation.Start(t.Context(), guard.DefaultPolicy(), simulation.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.AWS.Close() })
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.AWS.Endpoint(), "AWS_REGION": simulation.Region, "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ACCESS_KEY_ID": s.People.Admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY": s.People.Admin.SecretAccessKey, "AWS_MAX_ATTEMPTS": "3",
	} {
		t.Setenv(name, value)
	}
	return s
}

// happens lets something happen in the account, in the words of a scenario.
func happens(t *testing.T, s *simulation.Account, sentences ...string) {
	t.Helper()
	if err := s.Do(t.Context(), sentences...); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	s := verified(t)
	happens(t, s,
		"One minute passes.", // FIPS mode was turned on just now
		"The pipeline registers the task definition web.",
		"The pipeline creates the service web with two tasks and ECS Exec.",
		"Five minutes pass.",
	)
	page := filepath.Join(t.TempDir(), "report.html")
	code, out, talk := fipsguard("", "verify", "--html", page)
	if code != 0 || !strings.Contains(out, "2 running tasks: 2 with FIPS on") || talk != "" {
		t.Errorf("a good account: exits %d\n%s%s", code, out, talk)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("<!DOCTYPE html>")) && !bytes.Contains(html, []byte("<!doctype html>")) {
		t.Errorf("the page: %v, %d bytes", err, len(html))
	}

	happens(t, s,
		"EventBridge loses the next PutAccountSettingDefault event of the pipeline.",
		"The pipeline turns the account default off.",
		"The pipeline registers the task definition checkout.",
		"The pipeline creates the service checkout with two tasks and ECS Exec.",
		"Five minutes pass.",
	)
	calls := len(s.AWS.Records())
	code, out, talk = fipsguard("", "verify", "--format", "json")
	report, err := evidence.Read(strings.NewReader(out))
	if code != 1 || err != nil || report.Kernels != (evidence.Kernels{On: 2, Off: 2}) || report.Status != guard.NonCompliant {
		t.Errorf("a bad account: exits %d, %v, %+v\n%s", code, err, report.Kernels, talk)
	}
	for _, r := range s.AWS.Records()[calls:] {
		if r.EventName != "ExecuteCommand" {
			t.Errorf("verify called %s: it changes nothing", r.EventName)
		}
	}

	code, out, _ = fipsguard("", "verify", "--no-exec", "--cluster", "default")
	if code != 1 || !strings.Contains(out, "4 not examined. 0 violations, 4 unknown results") {
		t.Errorf("without exec: exits %d\n%s", code, out)
	}
}

// TestVerifyChooses: a profile and a Region on the command line come before what the
// environment says, and the deployed policy applies.
func TestVerifyChooses(t *testing.T) {
	s := verified(t)
	folder := t.TempDir()
	files := map[string]string{
		"credentials": "[gov]\naws_access_key_id = " + s.People.Admin.AccessKeyID + "\naws_secret_access_key = " + s.People.Admin.SecretAccessKey + "\n",
		"policy.json": `{"version": 1, "rules": {"task-kernel-proof": "off"}}`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(folder, "credentials"))
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_REGION", "us-east-1")
	verify := func(args ...string) evidence.Document {
		t.Helper()
		code, out, talk := fipsguard("", append([]string{"verify", "--profile", "gov", "--format", "json"}, args...)...)
		report, err := evidence.Read(strings.NewReader(out))
		if err != nil {
			t.Fatalf("exits %d, %v: %s", code, err, talk)
		}
		return report
	}
	if report := verify("--region", "us-gov-east-1"); report.Region != "us-gov-east-1" {
		t.Errorf("it scans %s", report.Region)
	}
	happens(t, s, "The pipeline registers the task definition web.", "The pipeline runs a task of web.", "Five minutes pass.")
	hasKernels := func(report evidence.Document) bool {
		return slices.ContainsFunc(report.Claims, func(c evidence.Claim) bool {
			return c.Rule == "task-kernel-proof" && c.Result == evidence.InsufficientData
		})
	}
	if !hasKernels(verify("--region", "us-gov-west-1")) {
		t.Error("a kernel that cannot be read is no finding")
	}
	if hasKernels(verify("--region", "us-gov-west-1", "--policy", filepath.Join(folder, "policy.json"))) {
		t.Error("a rule that the policy turns off has a finding")
	}
}

// TestVerifySaysWhatIsMissing: one line each, and what to do.
func TestVerifySaysWhatIsMissing(t *testing.T) {
	verified(t)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for name, c := range map[string]struct {
		set  map[string]string
		args []string
		talk string
	}{
		"no credentials":         {set: map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, talk: "no AWS credentials were found: add --profile"},
		"those of someone else":  {set: map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, talk: "GovCloud does not know these credentials"},
		"no Region":              {set: map[string]string{"AWS_REGION": ""}, talk: "no Region is set: add --region us-gov-west-1"},
		"a profile there is not": {args: []string{"--profile", "nobody"}, talk: `there is no AWS profile "nobody"`},
		"no network":             {set: map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, talk: "AWS cannot be reached"},
		"no policy":              {args: []string{"--policy", "absent.json"}, talk: "absent.json: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			for name, value := range c.set {
				t.Setenv(name, value)
			}
			code, _, talk := fipsguard("", append([]string{"verify"}, c.args...)...)
			if code != exitUnreadable || !strings.Contains(talk, c.talk) || strings.Count(talk, "\n") != 1 || len(talk) > 250 {
				t.Errorf("exits %d: %s", code, talk)
			}
		})
	}
	t.Run("an audit", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		code, _, talk := fipsguard("", "audit", "s3://bucket/AWSLogs")
		if code != exitUnreadable || !strings.Contains(talk, "no AWS credentials were found") {
			t.Errorf("exits %d: %s", code, talk)
		}
	})
}

func TestVerifyThatCannotLook(t *testing.T) {
	s := verified(t)
	for name, c := range map[string]struct {
		deny, region string
		args         []string
		out, talk    string
	}{
		"a cluster there is not":     {args: []string{"--cluster", "nowhere"}, talk: "fipsguard: there is no cluster nowhere in account 111122223333, Region us-gov-west-1"},
		"a Region without FIPS mode": {region: "us-east-1", talk: `the Region is "us-east-1"; Fargate has`},
		"no answer about the past":   {deny: "cloudtrail:LookupEvents", args: []string{"--no-exec"}, talk: "could not read: look up events"},
		"no page there":              {args: []string{"--no-exec", "--html", "/nowhere/at/all.html"}, out: "running tasks", talk: "write the page: open /nowhere/at/all.html: no such file or directory"},
		"a format there is not":      {args: []string{"--format", "pdf"}, talk: "pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			s.AWS.Deny(s.People.Admin, c.deny)
			if c.region != "" {
				t.Setenv("AWS_REGION", c.region)
			}
			code, out, talk := fipsguard("", append([]string{"verify"}, c.args...)...)
			if code != 2 || !strings.Contains(out, c.out) || !strings.Contains(talk, c.talk) || strings.Contains(strings.TrimSpace(talk), "\n") {
				t.Errorf("exits %d: %s\n%s", code, talk, out)
			}
		})
	}
}

func TestSimulatedReportsAreKept(t *testing.T) {
	page := filepath.Join(t.TempDir(), "look.html")
	if code, out, talk := fipsguard("", "simulate", "look", "--html", page); code != 0 {
		t.Fatalf("exits %d: %s\n%s", code, talk, out)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("Violations found")) {
		t.Errorf("the page: %v, %d bytes", err, len(html))
	}
	if code, _, talk := fipsguard("", "simulate", "arm64", "--html", page); code != 2 || !strings.Contains(talk, "run look") {
		t.Errorf("a page of a scenario without a scan: exits %d: %s", code, talk)
	}
}
