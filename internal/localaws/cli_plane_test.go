package localaws_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"fipsguard/internal/independent"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/google/go-cmp/cmp"
)

// TestAWSCommandLineOfTheOtherServices: as TestAWSCommandLine, of what the
// guard reads and writes around ECS.
func TestAWSCommandLineOfTheOtherServices(t *testing.T) {
	program := independent.Program(t, "aws")
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	if err := localtest.PutDefault(t, localtest.ECS(a, all.Admin, localtest.West), "enabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Attach(t, a, localtest.West, localtest.Ignore)
	if err := a.CreateBucket(localtest.West, "evidence"); err != nil {
		t.Fatal(err)
	}
	queue, err := a.CreateQueue(localtest.West, "undelivered")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetQueueDepth(queue, 3); err != nil {
		t.Fatal(err)
	}
	topic, err := a.CreateTopic(localtest.West, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Subscribe(topic, "email", "oncall@example.gov", false); err != nil {
		t.Fatal(err)
	}
	signing, err := a.CreateSigningKey(localtest.West, all.Guard)
	if err != nil {
		t.Fatal(err)
	}
	digest := filepath.Join(t.TempDir(), "digest")
	if err := os.WriteFile(digest, make([]byte, 48), 0o600); err != nil {
		t.Fatal(err)
	}
	proof := filepath.Join(t.TempDir(), "proof")
	if err := os.WriteFile(proof, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// run returns what a query picks out of a command's answer. The endpoint is
	// an argument, as version 1 does not read the environment's for SQS.
	run := func(query string, args ...string) any {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, append(args, "--output", "json", "--query", query, "--endpoint-url", a.Endpoint())...)
		cmd.Env = append(os.Environ(),
			"AWS_ACCESS_KEY_ID="+all.Guard.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+all.Guard.SecretAccessKey, "AWS_SESSION_TOKEN=",
			"AWS_REGION="+localtest.West, "AWS_DEFAULT_REGION="+localtest.West,
			"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("aws %v: %v\n%s", args, err, out)
		}
		var picked any
		if err := json.Unmarshal(out, &picked); err != nil {
			t.Fatalf("aws %v: %v\n%s", args, err, out)
		}
		return picked
	}
	read := proof + ".read"
	steps := []struct {
		query string
		args  []string
		want  any
	}{
		{"Events[].[EventName, Username]", []string{"cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=PutAccountSettingDefault"},
			[]any{[]any{"PutAccountSettingDefault", "jane.doe"}}},
		{"trailList[].Name", []string{"cloudtrail", "describe-trails"}, []any{"organization"}},
		{"IsLogging", []string{"cloudtrail", "get-trail-status", "--name", "organization"}, true},
		{"EventSelectors[].ReadWriteType", []string{"cloudtrail", "get-event-selectors", "--trail-name", "organization"}, []any{"All"}},
		{"ServerSideEncryption", []string{"s3api", "put-object", "--bucket", "evidence", "--key", "a b+ü/proof", "--body", proof, "--if-none-match", "*",
			"--object-lock-mode", "COMPLIANCE", "--object-lock-retain-until-date", "2030-01-01T00:00:00Z"}, "AES256"},
		{"[ContentLength, ObjectLockMode]", []string{"s3api", "get-object", "--bucket", "evidence", "--key", "a b+ü/proof", read}, []any{2.0, "COMPLIANCE"}},
		{"ContentLength", []string{"s3api", "head-object", "--bucket", "evidence", "--key", "a b+ü/proof"}, 2.0},
		{"Contents[].Key", []string{"s3api", "list-objects-v2", "--bucket", "evidence"}, []any{"a b+ü/proof"}},
		{"CommonPrefixes[].Prefix", []string{"s3api", "list-objects-v2", "--bucket", "evidence", "--delimiter", "/"}, []any{"a b+ü/"}},
		{"[length(Versions), Versions[0].IsLatest]", []string{"s3api", "list-object-versions", "--bucket", "evidence", "--prefix", "a b+ü/proof"}, []any{1.0, true}},
		{"SigningAlgorithm", []string{"kms", "sign", "--key-id", signing, "--message", "fileb://" + digest, "--message-type", "DIGEST", "--signing-algorithm", "ECDSA_SHA_384"}, "ECDSA_SHA_384"},
		{"[KeySpec, KeyUsage]", []string{"kms", "get-public-key", "--key-id", signing}, []any{"ECC_NIST_P384", "SIGN_VERIFY"}},
		{"State", []string{"events", "describe-rule", "--name", "settings"}, "ENABLED"},
		{"Targets[].Arn", []string{"events", "list-targets-by-rule", "--rule", "settings"}, []any{"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-enforcer"}},
		{"Attributes.ApproximateNumberOfMessages", []string{"sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All"}, "3"},
		{"Subscriptions[].[Endpoint, SubscriptionArn]", []string{"sns", "list-subscriptions-by-topic", "--topic-arn", topic}, []any{[]any{"oncall@example.gov", "PendingConfirmation"}}},
	}
	for _, s := range steps {
		if diff := cmp.Diff(s.want, run(s.query, s.args...)); diff != "" {
			t.Errorf("aws %v (-want +got):\n%s", s.args, diff)
		}
	}
	if got, err := os.ReadFile(read); err != nil || string(got) != "1\n" {
		t.Errorf("the object that was read is %q, %v", got, err)
	}
}
