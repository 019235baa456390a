package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVerifyPermissionsAreDocumented: docs/permissions.md lists exactly the
// calls that a scan makes by the SDK from a terminal. Calls that change
// something are no one's there: verify makes none.
func TestVerifyPermissionsAreDocumented(t *testing.T) {
	services := map[string]string{"ecs": "ecs", "applicationautoscaling": "application-autoscaling", "cloudtrail": "cloudtrail", "s3": "s3"}
	called := regexp.MustCompile(`&(\w+)\.(\w+)Input\{`)
	reads := regexp.MustCompile(`^(List|Describe|Get|Lookup|Execute)`)
	var want []string
	for _, files := range []string{"ecsapi", "ecsexec", "scaling", "history"} {
		found, err := filepath.Glob("../../internal/aws/" + files + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if strings.HasSuffix(file, "_test.go") || filepath.Base(file) == "keys.go" { // audit's
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range called.FindAllStringSubmatch(string(source), -1) {
				if reads.MatchString(call[2]) {
					want = append(want, services[call[1]]+":"+strings.Replace(call[2], "ListObjectsV2", "ListBucket", 1))
				}
			}
		}
	}
	// What is called without the SDK's clients, or by a helper of theirs.
	want = append(want, "sts:GetCallerIdentity", "ssm:TerminateSession", "ssmmessages:OpenDataChannel", "kms:Decrypt", "kms:GenerateDataKey", "kms:Sign", "kms:GetPublicKey")

	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "`verify` changes nothing")
	table, _, _ := strings.Cut(section, "What is missing")
	got := regexp.MustCompile(`[a-z0-9-]+:[A-Z]\w+`).FindAllString(table, -1)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
		t.Errorf("the actions of verify (-code +docs/permissions.md):\n%s", diff)
	}
}
