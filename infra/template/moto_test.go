package template_test

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"fipsguard/internal/independent"
	"fipsguard/internal/localaws"
)

// moto starts moto_server and returns its address. It is called localhost, since
// moto finds a template in a bucket of its own only there.
func moto(t *testing.T) string {
	t.Helper()
	program := independent.Program(t, "moto_server")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	server := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	server.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+localaws.AccountID)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = conn.Close()
			return "http://localhost:" + port
		}
		if time.Now().After(deadline) {
			t.Fatal("moto_server does not listen")
		}
	}
}

// missing are the types that moto 5.2's CloudFormation does not have, does not
// delete (managed policies) or needs Docker for (a custom resource).
var missing = []string{
	"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::IAM::ManagedPolicy", "AWS::Lambda::EventInvokeConfig", "AWS::S3::BucketPolicy",
	"AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::SSM::Parameter", "Custom::FargateFIPSMode",
}

// forMoto is the template as moto can deploy it: without the types that it does
// not have, without the tags of keys, on which it fails, and with the one policy
// of deletion that it knows beside Delete.
func forMoto(t *testing.T, original []byte) []byte {
	t.Helper()
	var of map[string]any
	if err := json.Unmarshal(original, &of); err != nil {
		t.Fatal(err)
	}
	resources := of["Resources"].(map[string]any)
	for name, r := range resources {
		resource := r.(map[string]any)
		properties, _ := resource["Properties"].(map[string]any)
		switch kind := resource["Type"].(string); {
		case slices.Contains(missing, kind):
			delete(resources, name)
		case kind == "AWS::KMS::Key":
			delete(properties, "Tags")
		}
		if resource["DeletionPolicy"] == "RetainExceptOnCreate" {
			resource["DeletionPolicy"] = "Retain"
		}
		delete(resource, "DependsOn")
	}
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
