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
	"":                       {nil, "the structure's own test"},
	"internal/guard":         {nil, "the nouns and the decisions: nothing but the standard library"},
	"internal/guardtest":     {[]string{"internal/guard"}, "an account for the tests of decisions; in no binary"},
	"internal/trail":         {[]string{"internal/guard"}, "bytes to states"},
	"internal/aws/ecsapi":    {[]string{"internal/guard"}, "AWS to states and actions to AWS"},
	"internal/sanitize":      {nil, "other people's text, made safe for where it is shown"},
	"internal/dedup":         {[]string{"internal/guard", "internal/sanitize"}, "what people were told and is still open; joins what would say the same"},
	"internal/alert":         {[]string{"internal/guard", "internal/sanitize"}, "reports to people"},
	"internal/evidence":      {[]string{"internal/guard", "internal/sanitize"}, "a look to what people and auditors read; talks to nobody"},
	"internal/config":        {[]string{"internal/guard"}, "what people set"},
	"internal/manifest":      {[]string{"internal/guard"}, "files before anything is registered, to states"},
	"internal/aws/ecsexec":   {[]string{"internal/sanitize"}, "one command in one container; knows no FIPS"},
	"internal/localaws":      {nil, "an AWS account on loopback; knows no guard"},
	"internal/aws/history":   {[]string{"internal/guard", "internal/trail"}, "CloudTrail's memory to events"},
	"internal/aws/selfcheck": {[]string{"internal/guard"}, "the guard's own parts to states"},
	"internal/metric":        {[]string{"internal/guard"}, "reports to metrics"},
	"internal/enforcer":      {[]string{"internal/alert", "internal/dedup", "internal/guard", "internal/metric", "internal/trail"}, "the way of one event; AWS and people behind interfaces"},
	"internal/verifier":      {[]string{"internal/alert", "internal/aws/ecsexec", "internal/dedup", "internal/evidence", "internal/guard", "internal/metric", "internal/trail"}, "the way of one look; AWS behind interfaces"},
	"internal/aws/notify":    {[]string{"internal/alert"}, "alerts to SNS"},
	"internal/aws/store":     {[]string{"internal/guard"}, "reports to S3"},
	"internal/aws/hub":       {[]string{"internal/evidence", "internal/guard", "internal/sanitize"}, "findings to Security Hub"},
	"internal/wiring/scans":  {[]string{"internal/aws/ecsexec", "internal/aws/ecsapi", "internal/guard", "internal/aws/history", "internal/aws/selfcheck", "internal/verifier"}, "puts the verifier together from AWS's clients"},
	"internal/wiring":        {[]string{"internal/config", "internal/guard"}, "what the functions have in common"},
	"functions/verifier":     {[]string{"internal/aws/notify", "internal/wiring/scans", "internal/aws/store", "internal/config", "internal/evidence", "internal/aws/ecsapi", "internal/wiring", "internal/aws/hub", "internal/metric", "internal/trail", "internal/verifier"}, "wires the verifier to Lambda"},
	"functions/enforcer":     {[]string{"internal/aws/notify", "internal/config", "internal/enforcer", "internal/aws/ecsapi", "internal/wiring", "internal/guard", "internal/metric"}, "wires the enforcer to Lambda"},
	"cmd/fipsguard":          {[]string{"*"}, "brings everything to a terminal"},
	"infra":                  {[]string{"internal/config", "internal/trail", "infra/template"}, "deploys what the functions read"},
	"infra/template":         {nil, "the committed template, for who must not import the CDK"},
	"build":                  {nil, "makes the functions' zips"},
	"bench/coldstart":        {[]string{"internal/localaws"}, "times the functions from outside"},
	"bench/coldstart/empty":  {nil, "the floor under every cold start"},
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
			if other == "fipsguard/internal/localaws" || strings.Contains(other, "aws-cdk-go") {
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
