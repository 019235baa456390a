package kernel_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

func TestPrincipalsAreToldApartByAccessKey(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	want := map[string]localaws.Principal{
		"arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe":                                      all.Admin,
		"arn:aws-us-gov:sts::111122223333:assumed-role/checkout/checkout-7f3a":                              all.Application,
		"arn:aws-us-gov:sts::111122223333:assumed-role/fipsguard-enforcer-us-gov-west-1/fipsguard-enforcer": all.Guard,
		"arn:aws-us-gov:iam::111122223333:root":                                                             all.Root,
		"arn:aws-us-gov:iam::111122223333:user/terraform-ci":                                                all.Terraform,
	}
	for arn, p := range want {
		out, err := sts.NewFromConfig(localtest.Config(a, p, localtest.East)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatalf("get caller identity of %s: %v", arn, err)
		}
		if got := aws.ToString(out.Arn); got != arn {
			t.Errorf("caller is %s, want %s", got, arn)
		}
		if got := aws.ToString(out.Account); got != localaws.AccountID {
			t.Errorf("account of %s is %s, want %s", arn, got, localaws.AccountID)
		}
		if len(p.AccessKeyID) != 20 || len(p.SecretAccessKey) != 40 {
			t.Errorf("%s: access key of %d and secret of %d characters, want 20 and 40", arn, len(p.AccessKeyID), len(p.SecretAccessKey))
		}
	}
}

func TestRequestsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	auth := func(key, region, service string) string {
		return "AWS4-HMAC-SHA256 Credential=" + key + "/20261102/" + region + "/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
	}
	key := localaws.Everyone().Admin.AccessKeyID
	const ecsTarget = "AmazonEC2ContainerServiceV20141113."
	cases := []struct {
		name, auth, target, body string
		status                   int
		code                     string
	}{
		{"no signature", "", ecsTarget + "ListClusters", "{}", 400, "MissingAuthenticationTokenException"},
		{"no signature in Query", "", "", "Action=GetCallerIdentity", 403, "<Code>MissingAuthenticationToken</Code>"},
		{"unknown key", auth("AKIAUNKNOWN000000000", localtest.West, "ecs"), ecsTarget + "ListAccountSettings", "{}", 400, "UnrecognizedClientException"},
		{"unknown key in Query", auth("AKIAUNKNOWN000000000", localtest.West, "sts"), "", "Action=GetCallerIdentity", 403, "<Code>InvalidClientTokenId</Code>"},
		{"a Region outside GovCloud", auth(key, "us-east-1", "ecs"), ecsTarget + "ListAccountSettings", "{}", 400, "InvalidSignatureException"},
		{"signed for another service", auth(key, localtest.West, "sns"), ecsTarget + "ListAccountSettings", "{}", 400, "InvalidSignatureException"},
		{"half a credential", "AWS4-HMAC-SHA256 Credential=" + key, ecsTarget + "ListAccountSettings", "{}", 400, "InvalidSignatureException"},
		{"the scope of another protocol", strings.Replace(auth(key, localtest.West, "s3"), "aws4_request", "aws5_request", 1), "", "Action=GetObject", 403, "<Code>SignatureDoesNotMatch</Code>"},
		{"unknown operation", auth(key, localtest.West, "ecs"), ecsTarget + "ListTaskDefinitionFamilies", "{}", 400, "UnknownOperationException"},
		{"no operation", auth(key, localtest.West, "ecs"), ecsTarget, "{}", 400, "UnknownOperationException"},
		{"unknown action in Query", auth(key, localtest.West, "sns"), "", "Action=Subscribe", 400, "<Code>InvalidAction</Code>"},
		{"no action in Query", auth(key, localtest.West, "sns"), "", "", 400, "<Code>MissingAction</Code>"},
		{"not JSON", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", "{", 400, "SerializationException"},
		{"not an object", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", "null", 400, "SerializationException"},
		{"a member of the wrong type", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", `{"name":1}`, 400, "SerializationException"},
		{"nesting without end", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", `{"name":` + strings.Repeat("[", 500_000), 400, "SerializationException"},
		{"too large", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", strings.Repeat(" ", 1<<20+1), 413, "RequestEntityTooLargeException"},
		{"a bad page token", auth(key, localtest.West, "ecs"), ecsTarget + "ListAccountSettings", `{"nextToken":"*"}`, 400, "InvalidParameterException"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.Endpoint(), strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", c.auth)
			if c.target != "" {
				req.Header.Set("X-Amz-Target", c.target)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || !strings.Contains(string(body), c.code) {
				t.Errorf("got HTTP %d %s, want %d with %s", resp.StatusCode, body, c.status, c.code)
			}
			if c.target != "" && resp.Header.Get("x-amzn-ErrorType") != c.code {
				t.Errorf("x-amzn-ErrorType is %q, want %q", resp.Header.Get("x-amzn-ErrorType"), c.code)
			}
		})
	}
	if got := len(a.Records()); got != 0 {
		t.Errorf("%d refused reads were recorded as writes", got)
	}
}

// TestUnknownServicesAnswerInTheirProtocol: whoever tries what the account does
// not have finds out, through any client, what it has.
func TestUnknownServicesAnswerInTheirProtocol(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	signed := func(service string) string {
		return "AWS4-HMAC-SHA256 Credential=" + localaws.Everyone().Admin.AccessKeyID + "/20261102/us-gov-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
	}
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		service, method, path, contentType, target, smithy, body string
		status                                                   int
		answer                                                   string // the content type
		says                                                     string
	}{
		{"dynamodb", "POST", "/", "application/x-amz-json-1.0", "DynamoDB_20120810.ListTables", "", "{}", 400, "application/x-amz-json-1.0", `"__type":"UnknownOperationException"`},
		{"iam", "POST", "/", form, "", "", "Action=ListUsers&Version=2010-05-08", 400, "text/xml", "<Code>InvalidAction</Code>"},
		{"ec2", "POST", "/", form, "", "", "Action=DescribeInstances&Version=2016-11-15", 400, "text/xml", "<Response><Errors><Error><Code>InvalidAction</Code>"},
		{"lambda", "GET", "/2015-03-31/functions", "", "", "", "", 400, "application/json", "lambda (GET /2015-03-31/functions)"},
		{"eks", "POST", "/clusters", "application/json", "", "", "[no object]", 400, "application/json", "eks (POST /clusters)"},
		{"route53", "GET", "/2013-04-01/hostedzone", "", "", "", "", 400, "text/xml", "<Error><Type>Sender</Type><Code>InvalidAction</Code>"},
		{"monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "application/cbor", "", "rpc-v2-cbor", "\xa0", 400, "application/cbor", "no operation monitoring:ListMetrics"},
		{"s3", "PUT", "/new-bucket", "", "", "", "", 501, "application/xml", "<Code>NotImplemented</Code>"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, a.Endpoint()+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Authorization": signed(c.service), "Content-Type": c.contentType, "X-Amz-Target": c.target, "Smithy-Protocol": c.smithy} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != c.status || resp.Header.Get("Content-Type") != c.answer || !strings.Contains(string(body), c.says) || !strings.Contains(string(body), "It has some of these services: application-autoscaling, cloudtrail, ecr, ecs") {
			t.Errorf("%s answers HTTP %d, %s: %q", c.service, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
	}
}

func TestFaultsOnCalls(t *testing.T) {
	all := localaws.Everyone()
	cases := []struct {
		effect   localaws.Effect
		code     string // that the client finds
		done     bool   // the setting was changed all the same
		recorded string // error code in CloudTrail; "-" for no record
	}{
		{localaws.Throttle, "ThrottlingException", false, "ThrottlingException"},
		{localaws.ServerError, "ServerException", false, "ServerException"},
		{localaws.DenyAccess, "AccessDeniedException", false, "AccessDenied"},
		{localaws.Slow, "", true, ""},
		{localaws.DropConnection, "no answer", false, "-"},
		{localaws.LoseAnswer, "no answer", true, ""},
		{localaws.Garbage, "no answer", false, "-"},
	}
	for _, c := range cases {
		t.Run(string(c.effect), func(t *testing.T) {
			a := localtest.Start(t, localaws.Options{})
			client := localtest.ECS(a, all.Admin, localtest.West)
			a.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Caller: all.Admin.AccessKeyID, Times: 1, Effect: c.effect, Latency: time.Millisecond})
			if err := localtest.PutDefault(t, localtest.ECS(a, all.Terraform, localtest.East), "enabled"); err != nil {
				t.Fatalf("the fault hit another principal: %v", err)
			}
			got := localtest.Code(localtest.PutDefault(t, client, "enabled"))
			if strings.HasPrefix(got, "no API error") {
				got = "no answer"
			}
			if got != c.code {
				t.Errorf("the client found %q, want %q", got, c.code)
			}
			if done := localtest.Listed(t, client, true) == "enabled of "+all.Root.ARN; done != c.done {
				t.Errorf("the setting was changed: %v, want %v", done, c.done)
			}
			recorded := "-"
			for _, r := range a.Records()[1:] {
				recorded = r.ErrorCode
			}
			if recorded != c.recorded {
				t.Errorf("CloudTrail recorded %q, want %q", recorded, c.recorded)
			}
			if err := localtest.PutDefault(t, client, "enabled"); err != nil {
				t.Errorf("the fault happened more often than once: %v", err)
			}
		})
	}
}

// TestACallThatIsGivenUpIsNotDone: who hangs up while a call hangs has called
// nothing.
func TestACallThatIsGivenUpIsNotDone(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	a.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Latency: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := localtest.ECS(a, localaws.Everyone().Admin, localtest.West).PutAccountSettingDefault(ctx,
		&ecs.PutAccountSettingDefaultInput{Name: localtest.FIPS, Value: aws.String("enabled")})
	if err == nil {
		t.Fatal("the call is answered")
	}
	if err := a.Close(); err != nil { // waits for what is under way
		t.Fatal(err)
	}
	if calls := a.Calls(); len(calls) > 0 {
		t.Errorf("the calls %+v are done", calls)
	}
}

// TestSDKRetries: throttling, server errors and lost answers are what the SDK
// tries again, a denial is not.
func TestSDKRetries(t *testing.T) {
	for effect, calls := range map[localaws.Effect]int{localaws.Throttle: 2, localaws.ServerError: 2, localaws.LoseAnswer: 2, localaws.DenyAccess: 1} {
		a := localtest.Start(t, localaws.Options{})
		a.Inject(localaws.Fault{Times: 1, Effect: effect})
		cfg := localtest.Config(a, localaws.Everyone().Admin, localtest.West)
		cfg.RetryMaxAttempts = 3
		_, err := ecs.NewFromConfig(cfg).PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: localtest.FIPS, Value: aws.String("enabled")})
		if (err == nil) != (calls == 2) {
			t.Errorf("%s: the SDK returned %v", effect, err)
		}
		if got := len(a.Calls()); got != calls {
			t.Errorf("%s: %d calls, want %d", effect, got, calls)
		}
	}
}

func TestFaultIsRemoved(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	remove := a.Inject(localaws.Fault{Effect: localaws.Throttle})
	for range 3 {
		if got := localtest.Code(localtest.PutDefault(t, client, "enabled")); got != "ThrottlingException" {
			t.Fatalf("got %q while the fault lasts", got)
		}
	}
	remove()
	if err := localtest.PutDefault(t, client, "enabled"); err != nil {
		t.Errorf("after the fault was removed: %v", err)
	}
	if diff := cmp.Diff(map[string]int{"PutAccountSettingDefault": 3}, a.Throttled()); diff != "" {
		t.Errorf("throttled calls (-want +got):\n%s", diff)
	}
}

func TestTokenBuckets(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Throttling: true})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	burst := func() (passed int) {
		for range 12 {
			if localtest.PutDefault(t, client, "enabled") == nil {
				passed++
			}
		}
		return passed
	}
	if got := burst(); got != 10 {
		t.Errorf("%d setting writes of a burst passed, want 10", got)
	}
	if got := localtest.Listed(t, client, true); !strings.HasPrefix(got, "enabled") {
		t.Errorf("reads share the bucket of writes: %s", got)
	}
	localtest.Advance(t, a, 3*time.Second)
	if got := burst(); got != 3 {
		t.Errorf("%d setting writes passed after 3 seconds, want 3", got)
	}
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.East), "enabled"); err != nil {
		t.Errorf("the other Region has no bucket of its own: %v", err)
	}
}

func TestDeniedActions(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	guard := localaws.Everyone().Guard
	client := localtest.ECS(a, guard, localtest.West)
	a.Deny(guard, "ecs:PutAccountSetting", "sns:*")
	if got := localtest.Code(localtest.PutOwn(t, client, "enabled", "")); got != "AccessDeniedException" {
		t.Errorf("a denied call: got %q", got)
	}
	if err := localtest.PutDefault(t, client, "enabled"); err != nil {
		t.Errorf("a call that is not denied: %v", err)
	}
	if err := localtest.PutOwn(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "enabled", ""); err != nil {
		t.Errorf("a principal who is not denied: %v", err)
	}
	a.Deny(guard)
	if err := localtest.PutOwn(t, client, "enabled", ""); err != nil {
		t.Errorf("after the denial was lifted: %v", err)
	}
}

// TestCloseLeavesNothing: no connection is served and no port held after.
func TestCloseLeavesNothing(t *testing.T) {
	a := localaws.New(localaws.Options{Now: localtest.Noon})
	if err := a.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	a.Inject(localaws.Fault{Latency: time.Hour})
	failed := make(chan error, 1)
	go func() {
		failed <- localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "enabled")
	}()
	idle, err := net.Dial("tcp", strings.TrimPrefix(a.Endpoint(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	time.Sleep(20 * time.Millisecond)
	if err := a.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-failed; err == nil {
		t.Error("a call that was under way for an hour succeeded")
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(a.Endpoint(), "http://")); err == nil {
		t.Error("the port is still open")
	}
	if err := a.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}
