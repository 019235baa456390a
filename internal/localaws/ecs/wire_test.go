package ecs_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("update", false, "write the golden file anew")

// TestAnswersByteForByte pins what no SDK client tells apart: members that are
// there and zero, empty, null or missing, and how times are written.
func TestAnswersByteForByte(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	var got bytes.Buffer
	ask := func(operation, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.Endpoint(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113."+operation)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+localaws.Everyone().Admin.AccessKeyID+"/20261102/us-gov-west-1/ecs/aws4_request, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s %s\n%d ", operation, body, resp.StatusCode)
		if err := json.Indent(&got, answer, "", "  "); err != nil {
			t.Fatalf("%s is answered with %q", operation, answer)
		}
		got.WriteString("\n\n")
	}
	const network = `"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}`
	ask("PutAccountSettingDefault", `{"name":"fargateFIPSMode","value":"enabled"}`)
	ask("PutAccountSetting", `{"name":"fargateFIPSMode","value":"on"}`)
	ask("DeleteAccountSetting", `{"name":"fargateFIPSMode"}`)
	ask("DeleteAccountSetting", `{"name":"fargateFIPSMode"}`)
	ask("ListAccountSettings", `{"effectiveSettings":true,"maxResults":2}`)
	ask("CreateCluster", `{"clusterName":"blue","capacityProviders":["FARGATE_SPOT"],"defaultCapacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]}`)
	ask("ListClusters", `{"maxResults":1}`)
	ask("RegisterTaskDefinition", `{"family":"web","networkMode":"awsvpc","cpu":"256","memory":"512","requiresCompatibilities":["FARGATE"],
		"containerDefinitions":[{"name":"app","image":"x","environment":[{"name":"A","value":""}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-Group":"g"}}}],
		"volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1"}}],"tags":[{"key":"k","value":"v"}]}`)
	ask("DescribeTaskDefinition", `{"taskDefinition":"web","include":["TAGS"]}`)
	ask("ListTaskDefinitions", `{}`)
	ask("RunTask", `{"taskDefinition":"web","launchType":"FARGATE","enableExecuteCommand":true,"clientToken":"1",`+network+`,"overrides":{"containerOverrides":[{"name":"app","command":["x"]}]}}`)
	localtest.Advance(t, a, time.Minute)
	ask("ListTasks", `{}`)
	tasks := strings.Split(got.String(), "task/default/")
	id := tasks[len(tasks)-1][:32]
	ask("DescribeTasks", `{"tasks":["`+id+`","gone"]}`)
	ask("ExecuteCommand", `{"task":"`+id+`","command":"id","interactive":true}`)
	ask("StopTask", `{"task":"`+id+`","reason":"r"}`)
	localtest.Advance(t, a, time.Minute)
	ask("DescribeTasks", `{"tasks":["`+id+`"]}`)
	ask("CreateService", `{"serviceName":"shop","taskDefinition":"web","desiredCount":1,"launchType":"FARGATE",`+network+`}`)
	localtest.Advance(t, a, time.Minute)
	ask("UpdateService", `{"service":"shop","desiredCount":0,"deploymentConfiguration":{"maximumPercent":150}}`)
	ask("DescribeServices", `{"services":["shop","gone"]}`)
	ask("ListServices", `{}`)
	ask("CreateService", `{"serviceName":"other","desiredCount":1,"deploymentController":{"type":"EXTERNAL"}}`)
	ask("CreateTaskSet", `{"cluster":"default","service":"other","taskDefinition":"web","launchType":"FARGATE",`+network+`,"scale":{"value":0,"unit":"PERCENT"}}`)
	ask("DescribeTaskSets", `{"cluster":"default","service":"other"}`)
	ask("DeleteService", `{"service":"shop"}`)
	ask("DescribeClusters", `{"clusters":["default","blue"]}`)
	ask("DeregisterTaskDefinition", `{"taskDefinition":"web:1"}`)
	ask("CreateCapacityProvider", `{"name":"managed","cluster":"default","managedInstancesProvider":{"infrastructureRoleArn":"arn:aws-us-gov:iam::111122223333:role/r","instanceLaunchTemplate":{
		"ec2InstanceProfileArn":"arn:aws-us-gov:iam::111122223333:instance-profile/p","networkConfiguration":{"subnets":["subnet-1"]},"fipsEnabled":false}}}`)
	ask("PutClusterCapacityProviders", `{"cluster":"default","capacityProviders":["FARGATE","managed"],"defaultCapacityProviderStrategy":[{"capacityProvider":"managed","weight":1}]}`)
	ask("RegisterTaskDefinition", `{"family":"arm","networkMode":"awsvpc","requiresCompatibilities":["MANAGED_INSTANCES"],"runtimePlatform":{"cpuArchitecture":"ARM64"},"containerDefinitions":[{"name":"app","image":"x"}]}`)
	ask("RunTask", `{"taskDefinition":"arm",`+network+`}`)
	ask("CreateService", `{"serviceName":"arm","taskDefinition":"arm","desiredCount":1,"capacityProviderStrategy":[{"capacityProvider":"managed","weight":1}],`+network+`}`)
	ask("DescribeCapacityProviders", `{"cluster":"default"}`)
	ask("DeleteCapacityProvider", `{"capacityProvider":"managed","cluster":"default"}`)
	for _, e := range a.Events()[:12] { // what follows is of the same kinds
		got.WriteString("event ")
		if err := json.Indent(&got, e, "", "  "); err != nil {
			t.Fatal(err)
		}
		got.WriteString("\n\n")
	}
	text := strings.ReplaceAll(got.String(), strings.TrimPrefix(a.Endpoint(), "http://"), "ENDPOINT")
	const golden = "testdata/answers.golden"
	if *rewrite {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}
