// Package fipsguard only holds the test of the project's own structure.
package fipsguard

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms is ARCHITECTURE.md's table: which of the project's packages each may
// import, with the reason. A package that is not listed, or an arrow that is
// not, fails the test.
var rooms = map[string]struct {
	imports []string
	why     string
}{
	"":                      {nil, "the structure's own test"},
	"internal/guard":        {nil, "the nouns and the decisions: nothing but the standard library"},
	"internal/trail":        {[]string{"internal/guard"}, "bytes to states"},
	"internal/fargate":      {[]string{"internal/guard"}, "AWS to states and actions to AWS"},
	"internal/alert":        {[]string{"internal/guard"}, "reports to people"},
	"internal/evidence":     {[]string{"internal/guard"}, "a look to what people and auditors read; talks to nobody"},
	"internal/config":       {[]string{"internal/guard"}, "what people set"},
	"internal/manifest":     {[]string{"internal/guard"}, "files before anything is registered, to states"},
	"internal/ecsexec":      {nil, "one command in one container; knows no FIPS"},
	"internal/localaws":     {[]string{"internal/localaws/autoscaling", "internal/localaws/cloudtrail", "internal/localaws/ecs", "internal/localaws/eventbridge", "internal/localaws/kernel", "internal/localaws/s3", "internal/localaws/securityhub", "internal/localaws/sns", "internal/localaws/sqs"}, "an AWS account on loopback; knows no guard"},
	"internal/history":      {[]string{"internal/guard", "internal/trail"}, "CloudTrail's memory to events"},
	"internal/selfcheck":    {[]string{"internal/guard"}, "the guard's own parts to states"},
	"internal/metric":       {[]string{"internal/guard"}, "reports to metrics"},
	"internal/enforcer":     {[]string{"internal/guard", "internal/metric", "internal/trail"}, "the way of one event; AWS and people behind interfaces"},
	"internal/verifier":     {[]string{"internal/alert", "internal/ecsexec", "internal/evidence", "internal/guard", "internal/metric", "internal/trail"}, "the way of one look; AWS behind interfaces"},
	"internal/bucket":       {[]string{"internal/guard"}, "reports to S3"},
	"internal/hub":          {[]string{"internal/evidence", "internal/guard"}, "findings to Security Hub"},
	"internal/assembly":     {[]string{"internal/ecsexec", "internal/fargate", "internal/guard", "internal/history", "internal/selfcheck", "internal/verifier"}, "puts the verifier together from AWS's clients"},
	"internal/function":     {[]string{"internal/config", "internal/guard"}, "what the functions have in common"},
	"functions/verifier":    {[]string{"internal/alert", "internal/assembly", "internal/bucket", "internal/config", "internal/evidence", "internal/fargate", "internal/function", "internal/hub", "internal/metric", "internal/trail", "internal/verifier"}, "wires the verifier to Lambda"},
	"functions/enforcer":    {[]string{"internal/alert", "internal/config", "internal/enforcer", "internal/fargate", "internal/function", "internal/guard", "internal/metric"}, "wires the enforcer to Lambda"},
	"cmd/fipsguard":         {[]string{"*"}, "brings everything to a terminal"},
	"infra":                 {[]string{"internal/config", "internal/trail", "infra/template"}, "deploys what the functions read"},
	"infra/template":        {nil, "the committed template, for who must not import the CDK"},
	"build":                 {nil, "makes the functions' zips"},
	"bench/coldstart":       {[]string{"internal/localaws", "internal/localaws/lambda"}, "times the functions from outside"},
	"bench/coldstart/empty": {nil, "the floor under every cold start"},

	// The simulated account.
	"internal/localaws/kernel":      {nil, "what the services of the simulated account have in common; knows none of them"},
	"internal/localaws/autoscaling": {[]string{"internal/localaws/kernel"}, "Application Auto Scaling"},
	"internal/localaws/cloudtrail":  {[]string{"internal/localaws/kernel"}, "CloudTrail"},
	"internal/localaws/ecs":         {[]string{"internal/localaws/kernel"}, "ECS with Fargate, and the sessions of ECS Exec"},
	"internal/localaws/eventbridge": {[]string{"internal/localaws/kernel"}, "EventBridge"},
	"internal/localaws/s3":          {[]string{"internal/localaws/kernel"}, "S3"},
	"internal/localaws/securityhub": {[]string{"internal/localaws/kernel"}, "Security Hub"},
	"internal/localaws/sns":         {[]string{"internal/localaws/kernel"}, "SNS"},
	"internal/localaws/sqs":         {[]string{"internal/localaws/kernel"}, "SQS"},
	"internal/localaws/lambda":      {nil, "a Lambda function behind the Runtime API"},
	"internal/localaws/localtest":   {[]string{"internal/localaws"}, "what the tests of these packages have in common"},
}

func TestArrows(t *testing.T) {
	for room, imported := range imports(t, "{{.ImportPath}} {{join .Imports \" \"}}") {
		known, ok := rooms[room]
		if !ok {
			t.Errorf("package %q has no place in ARCHITECTURE.md's table of rooms", room)
			continue
		}
		for _, other := range imported {
			inside, ours := strings.CutPrefix(other, "fipsguard/")
			if ours && !slices.Contains(known.imports, inside) && !slices.Contains(known.imports, "*") {
				t.Errorf("%s imports %s, which its place forbids (%s)", room, inside, known.why)
			}
			if room == "internal/guard" && strings.Contains(other, ".") {
				t.Errorf("guard imports %s; it knows the standard library only", other)
			}
		}
	}
}

// TestNoLambdaContainsTheLocalAccount looks through all that a function pulls
// in, however far away.
func TestNoLambdaContainsTheLocalAccount(t *testing.T) {
	for room, all := range imports(t, "{{.ImportPath}} {{join .Deps \" \"}}") {
		if !strings.HasPrefix(room, "functions/") {
			continue
		}
		for _, other := range all {
			if strings.HasPrefix(other, "fipsguard/internal/localaws") || strings.Contains(other, "aws-cdk-go") {
				t.Errorf("%s contains %s", room, other)
			}
		}
	}
}

// imports lists the project's packages with what the format says of them.
func imports(t *testing.T, format string) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-f", format, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lists := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room := strings.TrimPrefix(strings.TrimPrefix(words[0], "fipsguard"), "/")
		lists[room] = words[1:]
	}
	if len(lists) < 5 {
		t.Fatalf("go list found only %v", lists)
	}
	return lists
}
