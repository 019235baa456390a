package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/independent"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/jsii-runtime-go"
	endpoints "github.com/aws/smithy-go/endpoints"
	"github.com/google/go-cmp/cmp"
)

// constructors are signedcall's, by the service that each calls.
var constructors = map[string]string{"KeyService": "kms", "Logs": "cloudwatchlogs", "Notifications": "sns", "Registry": "ecr", "SystemsManager": "ssm"}

// TestServicesAreThoseCalled: each function's clients, as it links them, and its
// calls without a client are in the table, and nothing else.
func TestServicesAreThoseCalled(t *testing.T) {
	client := regexp.MustCompile(`(?m)^github\.com/aws/aws-sdk-go-v2/service/(\w+)$`)
	ours := regexp.MustCompile(`(?m)^fipsguard/(internal/\S+)$`)
	without := regexp.MustCompile(`signedcall\.(\w+)\(`)
	onlyOnTerminals := []string{"signin", "sso", "ssooidc", "sts"} // linked for people's credentials; a function has its role's
	for _, function := range allFunctions {
		linked, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../functions/"+function).Output()
		if err != nil {
			t.Fatal(err)
		}
		called := map[string]bool{}
		for _, match := range client.FindAllStringSubmatch(string(linked), -1) {
			if !slices.Contains(onlyOnTerminals, match[1]) {
				called[match[1]] = true
			}
		}
		for _, match := range ours.FindAllStringSubmatch(string(linked), -1) {
			files, err := filepath.Glob("../" + match[1] + "/*.go")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "/witness/push.go") { // which people call
					continue
				}
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, call := range without.FindAllStringSubmatch(string(text), -1) {
					if constructors[call[1]] == "" {
						t.Errorf("%s calls signedcall.%s, which is no service of the table", file, call[1])
						continue
					}
					called[constructors[call[1]]] = true
				}
				if strings.Contains(string(text), `"ssmmessages."`) {
					called["ssmmessages"] = true // the host of a session is ECS's answer
				}
			}
		}
		var table []string
		for _, s := range services() {
			if slices.Contains(s.by, function) && s.name != "xray" { // which Lambda calls
				table = append(table, s.name)
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(called)), table); diff != "" {
			t.Errorf("what the %s calls (-) is not what the table says (+):\n%s", function, diff)
		}
	}
}

// TestThePageHasTheTable: docs/deploy.md says of each service what the code does.
func TestThePageHasTheTable(t *testing.T) {
	page, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range services() {
		endpoint := "yours to name"
		if s.endpoint != "" {
			endpoint = "`" + s.endpoint + "`"
		}
		row := regexp.MustCompile("(?m)^\\| `" + s.name + "`[^|]*\\| `" + regexp.QuoteMeta(s.host) + "` \\| " + endpoint + " \\|$")
		if !row.Match(page) {
			t.Errorf("docs/deploy.md has no row for %s with %s and %s", s.name, s.host, endpoint)
		}
	}
}

// resolved is the host of each client with FIPS endpoints, as its own resolver says.
func resolved(t *testing.T, region string) map[string]string {
	t.Helper()
	r, fips, ctx := aws.String(region), aws.Bool(true), t.Context()
	hosts := map[string]string{}
	add := func(name string, endpoint endpoints.Endpoint, err error) {
		if err != nil {
			t.Errorf("%s in %s: %v", name, region, err)
		}
		hosts[name] = endpoint.URI.Host
	}
	at := func(name string) func(endpoints.Endpoint, error) {
		return func(e endpoints.Endpoint, err error) { add(name, e, err) }
	}
	at("applicationautoscaling")(applicationautoscaling.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, applicationautoscaling.EndpointParameters{Region: r, UseFIPS: fips}))
	at("cloudtrail")(cloudtrail.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, cloudtrail.EndpointParameters{Region: r, UseFIPS: fips}))
	at("cloudwatch")(cloudwatch.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, cloudwatch.EndpointParameters{Region: r, UseFIPS: fips}))
	at("cloudwatchlogs")(cloudwatchlogs.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, cloudwatchlogs.EndpointParameters{Region: r, UseFIPS: fips}))
	at("ecs")(ecs.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ecs.EndpointParameters{Region: r, UseFIPS: fips}))
	at("eventbridge")(eventbridge.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, eventbridge.EndpointParameters{Region: r, UseFIPS: fips}))
	at("iam")(iam.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, iam.EndpointParameters{Region: r, UseFIPS: fips}))
	at("kms")(kms.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, kms.EndpointParameters{Region: r, UseFIPS: fips}))
	at("lambda")(lambda.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, lambda.EndpointParameters{Region: r, UseFIPS: fips}))
	at("s3")(s3.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, s3.EndpointParameters{Region: r, UseFIPS: fips, Bucket: aws.String("bucket")}))
	at("securityhub")(securityhub.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, securityhub.EndpointParameters{Region: r, UseFIPS: fips}))
	at("sns")(sns.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, sns.EndpointParameters{Region: r, UseFIPS: fips}))
	at("sqs")(sqs.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, sqs.EndpointParameters{Region: r, UseFIPS: fips}))
	at("ssm")(ssm.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ssm.EndpointParameters{Region: r, UseFIPS: fips}))
	hosts["s3"] = strings.TrimPrefix(hosts["s3"], "bucket.")
	return hosts
}

// TestHostsAreTheSDKs: the table says the hosts that the clients resolve to in both
// Regions, and signedcall calls the same.
func TestHostsAreTheSDKs(t *testing.T) {
	source, err := os.ReadFile("../internal/aws/signedcall/service.go")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for _, match := range regexp.MustCompile(`func (\w+)\(c aws\.Config\)[^}]*fipsHost: "([a-z0-9-]+)"`).FindAllStringSubmatch(string(source), -1) {
		own[constructors[match[1]]] = match[2] + ".REGION.amazonaws.com"
	}
	for _, region := range []string{"us-gov-west-1", "us-gov-east-1"} {
		hosts := resolved(t, region)
		for _, s := range services() {
			host, known := hosts[s.name]
			if !known && s.name != "ecr" && s.name != "ssmmessages" && s.name != "xray" { // which have no client
				t.Errorf("no resolver says what %s is", s.name)
			}
			if want := strings.ReplaceAll(s.host, "REGION", region); known && host != want {
				t.Errorf("the client of %s calls %s; the table says %s", s.name, host, want)
			}
			if own[s.name] != "" && own[s.name] != s.host {
				t.Errorf("signedcall calls %s; the table says %s", own[s.name], s.host)
			}
		}
	}
	if len(own) < len(constructors) {
		t.Errorf("of signedcall's hosts only %v were found", own)
	}
}

// answered is the host that private DNS leads to an endpoint: the service's own
// name, so that an endpoint of kms answers no call to kms-fips.
func answered(endpoint string) string { return endpoint + ".REGION.amazonaws.com" }

// byHand is what the deployer has to choose.
var byHand = map[string]string{"ecr": "ecr-fips", "ecs": "ecs-fips", "iam": "com.amazonaws.iam", "lambda": "lambda-fips", "securityhub": "securityhub-fips"}

// TestEveryHostHasAnEndpoint, whatever else is chosen: each host that a function
// calls is answered by an endpoint of the template, in which the functions are let.
func TestEveryHostHasAnEndpoint(t *testing.T) {
	independent.Program(t, "node")
	for i, set := range sets {
		context := map[string]any{
			"vpc": "vpc-0123456789abcdef0", "subnets": "subnet-0123456789abcdef0", "securityGroups": "sg-0123456789abcdef0,sg-0123456789abcdef1",
			"routeTables": "rtb-0123456789abcdef0", "endpoints": "ecr=ecr-fips,ecs=ecs-fips,lambda=lambda-fips,iam=com.amazonaws.iam,securityhub=securityhub-fips",
		}
		for name, value := range set {
			if context[name] == nil {
				context[name] = value // the others are the VPC's
			}
		}
		options, err := readOptions(context)
		if err != nil {
			t.Fatal(err)
		}
		app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), AnalyticsReporting: jsii.Bool(false)})
		stack := awscdk.NewStack(app, jsii.String("endpoints"), nil)
		newEndpoints(stack, options)
		text, err := json.Marshal(app.Synth(nil).GetStackByName(jsii.String("endpoints")).Template())
		if err != nil {
			t.Fatal(err)
		}
		var made synthesized
		if err := json.Unmarshal(text, &made.template); err != nil {
			t.Fatal(err)
		}
		var answers []string
		gateways := 0
		for id, endpoint := range made.resources("AWS::EC2::VPCEndpoint") {
			p := endpoint["Properties"].(map[string]any)
			name, whole := p["ServiceName"].(string)
			if !whole {
				name = strings.TrimPrefix(p["ServiceName"].(map[string]any)["Fn::Sub"].(string), "com.amazonaws.${AWS::Region}.")
			}
			if p["VpcEndpointType"] == "Gateway" {
				gateways++
				continue
			}
			if p["PrivateDnsEnabled"] != true || p["SubnetIds"] == nil || p["SecurityGroupIds"] == nil {
				t.Errorf("set %d: the names of %s do not lead to it: %v", i, id, p)
			}
			answers = append(answers, name)
		}
		if gateways != 1 {
			t.Errorf("set %d: %d gateways to S3", i, gateways)
		}
		for _, s := range services() {
			want := byHand[s.name]
			if want == "" {
				for _, name := range answers {
					if answered(name) == s.host {
						want = name
					}
				}
			}
			called := (s.name != "ecr" || set["witnessSubnets"] != "") && (s.name != "securityhub" || set["securityHub"] == "true") && (s.name != "xray" || set["tracing"] == "true")
			if has := slices.Contains(answers, want); has != called {
				t.Errorf("set %d: %s is called: %v; it is answered: %v, by %q", i, s.host, called, has, want)
			}
		}
		for id, group := range made.resources("AWS::EC2::SecurityGroup") {
			rules, err := json.Marshal(group["Properties"].(map[string]any)["SecurityGroupIngress"])
			if err != nil {
				t.Fatal(err)
			}
			for _, from := range options.SecurityGroups {
				if !strings.Contains(string(rules), from) {
					t.Errorf("set %d: %s lets nobody of %s in: %s", i, id, from, rules)
				}
			}
		}
	}
}

// TestNoEndpointIsGuessed: where no source names the endpoint that answers a FIPS
// host, the deployer does, or nothing is synthesized.
func TestNoEndpointIsGuessed(t *testing.T) {
	inVPC := map[string]any{
		"vpc": "vpc-0123456789abcdef0", "subnets": "subnet-0123456789abcdef0", "securityGroups": "sg-0123456789abcdef0", "routeTables": "rtb-0123456789abcdef0",
	}
	for _, c := range []struct {
		option, value, says string
	}{
		{"endpoints", "", "context endpoints is missing; it must be given for ecs, iam, lambda, as in ecs=ecs-fips or ecs=none"},
		{"endpoints", "ecs=ecs-fips,iam=none", "given for lambda,"},
		{"endpoints", "ecs=ecs-fips,iam=none,lambda=none,sms=sms", "sms is none"},
		{"endpoints", "ecs=ecs-fips,iam=none,lambda=none", ""},
		{"routeTables", "", "given together with subnets, securityGroups and routeTables"},
		{"endpoints", "ecs=ecs-fips,iam=none,lambda=none,gateway=none", "in place of routeTables"},
		{"endpoints", "ecs=ecs-fips,iam=none,lambda=none,gateway=s3", "gateway is none"},
		{"vpc", "", "given together with endpoints and routeTables"},
	} {
		context := maps.Clone(inVPC)
		if c.option != "endpoints" {
			context["endpoints"] = "ecs=ecs-fips,iam=none,lambda=none"
		}
		delete(context, c.option)
		if c.value != "" {
			context[c.option] = c.value
		}
		_, err := readOptions(context)
		switch {
		case err == nil && c.says != "":
			t.Errorf("%s %q was taken", c.option, c.value)
		case err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s %q: %v; want one line with %q", c.option, c.value, err, c.says)
		}
	}
	for _, s := range services() {
		if chosen := byHand[s.name] != ""; chosen != (s.endpoint == "") {
			t.Errorf("%s: chosen by hand is %v, and the table names %q", s.name, chosen, s.endpoint)
		}
	}
}
