package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/drill/report"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
)

// drilled is an account in real time, with the guard attached and nothing running,
// that the environment's AWS configuration points at, as an administrator.
func drilled(t *testing.T) *simulation.Account {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: a drill waits in real time")
	}
	s, err := simulation.Start(t.Context(), guard.DefaultPolicy(), simulation.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.AWS.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		_ = s.AWS.Close()
	})
	if err := s.DeployDrill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.AWS.Endpoint(), "AWS_REGION": simulation.Region, "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ACCESS_KEY_ID": s.People.Admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY": s.People.Admin.SecretAccessKey,
	} {
		t.Setenv(name, value)
	}
	return s
}

// TestDrill runs every step as someone with the AWS CLI's configuration would, and
// verifies the report.
func TestDrill(t *testing.T) {
	s := drilled(t)
	arn := s.SigningKey
	key := publicKey(t, s, arn)
	dir := filepath.Join(t.TempDir(), "evidence")
	code, out, talk := fipsguard("", "drill", "--launch", "--witness", "--subnets", "subnet-0123456789abcdef0", "--accept-exposure", "--out", dir, "--sign-key", arn, "--format", "json")
	if code != 0 {
		t.Fatalf("exits %d\n%s%s", code, out, talk)
	}
	d, err := report.Read([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Steps) != len(drill.Steps()) || d.Verdict != report.AllSeen || d.Key != arn || len(d.Left)+len(d.Faults) > 0 {
		t.Errorf("the report has %d steps: %s, left %q, faults %q", len(d.Steps), d.Verdict, d.Left, d.Faults)
	}
	if code, out, talk := fipsguard("", "evidence", "verify", dir, "--key", key); code != 0 || !strings.Contains(out, "Signed reports of drills: 1") {
		t.Errorf("verify exits %d\n%s%s", code, out, talk)
	}
	page := filepath.Join(dir, d.ID+".drill.html")
	html, err := os.ReadFile(page)
	if err != nil || !bytes.Contains(html, []byte("<svg")) || !bytes.Contains(html, []byte("fixed after")) {
		t.Errorf("the page, %d bytes, has no picture: %v", len(html), err)
	}
	if err := os.WriteFile(page, append(html, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", dir, "--key", key); code != 1 || !strings.Contains(out, d.ID+".drill.html: it is not what the signed report makes") {
		t.Errorf("a page that was changed: verify exits %d\n%s", code, out)
	}
	if err := os.Remove(filepath.Join(dir, d.ID+".drill.dsse.json")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := fipsguard("", "evidence", "verify", dir, "--key", key); code != 1 || !strings.Contains(out, "the report is not signed") {
		t.Errorf("without the signature verify exits %d\n%s", code, out)
	}
	facts, err := os.ReadFile(filepath.Join(dir, d.ID+".drill.facts.txt"))
	if err != nil || !bytes.Contains(facts, []byte("INACTIVE")) {
		t.Errorf("the facts: %v\n%s", err, facts)
	}
	for _, private := range []string{localaws.AccountID, "arn:", "jane.doe", "fipsguard-drill-us-gov-west-1"} {
		if bytes.Contains(facts, []byte(private)) {
			t.Errorf("the page of facts has %q:\n%s", private, facts)
		}
	}
	if code, out, talk := fipsguard("", "drill"); code != 2 || out != "" || !strings.Contains(talk, "a drill ran less than 15 minutes ago") {
		t.Errorf("a second drill exits %d\n%s%s", code, out, talk)
	}
	if code, out, talk := fipsguard("", "drill", "--clean"); code != 0 || out != "Nothing was left.\n" {
		t.Errorf("cleaning up exits %d\n%s%s", code, out, talk)
	}
}

// TestDrillPlan: the plan has every call, and needs no account.
func TestDrillPlan(t *testing.T) {
	code, out, talk := fipsguard("", "drill", "--plan", "--launch", "--witness", "--subnets", "subnet-0a", "--accept-exposure", "--format", "json")
	var plan []plannedStep
	if err := json.Unmarshal([]byte(out), &plan); err != nil || code != 0 {
		t.Fatalf("exits %d, %v: %s", code, err, talk)
	}
	shown := map[string]bool{}
	for _, s := range plan {
		for _, c := range s.Calls {
			shown[c.Action+" on "+c.On] = true
		}
	}
	for _, c := range drill.Permissions() {
		if !shown[c.Action+" on "+c.On] {
			t.Errorf("the plan does not have %s on %s", c.Action, c.On)
		}
	}
	code, out, _ = fipsguard("", "drill", "--plan")
	if !strings.Contains(out, "w ecs:PutAccountSetting            by the drill's role on *, if ecs:account-setting is fargateFIPSMode: turns") {
		t.Errorf("the plan does not say on which condition a call is allowed:\n%s", out)
	}
	if code != 0 || !strings.Contains(out, "account-default (--accept-exposure)") || strings.Contains(out, "ecs:PutAccountSettingDefault") {
		t.Errorf("a plan without options exits %d:\n%s", code, out)
	}
}

func TestDrillRefusesCommandLines(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		talk string
	}{
		"no subnets":      {[]string{"--launch"}, "--launch and --witness need --subnets"},
		"no launch":       {[]string{"--subnets", "subnet-0a"}, "which are missing"},
		"a key, no place": {[]string{"--sign-key", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1"}, "add --out DIR"},
		"two things":      {[]string{"--plan", "--clean"}, "--plan and --clean do not go together"},
	} {
		if code, _, talk := fipsguard("", append([]string{"drill"}, c.args...)...); code != 2 || !strings.Contains(talk, c.talk) {
			t.Errorf("%s: exits %d: %s", name, code, talk)
		}
	}
}
