package integrity

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/product"
)

var update = flag.Bool("update", false, "write the published policies and the table in docs/security.md anew")

func arnOfRole(name string) string { return "arn:aws-us-gov:iam::" + account + ":role/" + name }

// member is an account with the guard, its deployment role and three people: an
// administrator, a pipeline, and one who may create roles.
func member(scps, rcps []Policy, deployer string) attack {
	a := attack{scps: scps, rcps: rcps, deployer: arnOfRole(deployer), exists: map[string]bool{}, mayDo: map[string][]string{}}
	everything := []string{"*"}
	for _, name := range []string{"Admin", deployer, product.Prefix + "break-glass"} {
		a.exists[arnOfRole(name)] = true
	}
	for _, program := range []string{product.Enforcer, product.Gate, product.Verifier} {
		a.exists[arnOfRole(program+"-"+region)] = true
	}
	for _, arn := range a.roles() {
		a.mayDo[arn] = everything
	}
	a.mayDo["arn:aws-us-gov:iam::"+account+":root"] = everything
	a.mayDo[arnOfRole("CI")] = []string{"ecs:*", "lambda:*", "cloudformation:*", "events:*", "sqs:*", "sns:*", "s3:*", "logs:*", "cloudwatch:*", "iam:PassRole"}
	a.mayDo[arnOfRole("MakesRoles")] = []string{"iam:*", "sts:AssumeRole"}
	for _, program := range []string{product.Enforcer, product.Gate, product.Verifier} {
		a.mayDo[arnOfRole(program+"-"+region)] = []string{"ecs:*", "sns:Publish", "s3:PutObject", "logs:PutLogEvents"}
	}
	return a
}

var attackers = []string{arnOfRole("Admin"), arnOfRole("CI"), arnOfRole("MakesRoles"), "arn:aws-us-gov:iam::" + account + ":root"}

func published() []Policy {
	return []Policy{SettingSCP(DefaultExempt()), IntegritySCP(DefaultExempt())}
}

// TestNobodyGetsThrough: under both service control policies no sequence of
// three calls reaches the setting or silences the guard.
func TestNobodyGetsThrough(t *testing.T) {
	a := member(published(), nil, product.Prefix+"deployment")
	for _, from := range attackers {
		for goal, ways := range a.ways(from) {
			t.Errorf("%s: %s in %d ways, as by\n  %s", last(from), goal, len(ways), strings.Join(ways[0], "\n  "))
		}
	}
}

// TestOtherNamesAreAsSafe: the roles that a company has already, StackSets' and
// the CDK's among them.
func TestOtherNamesAreAsSafe(t *testing.T) {
	own := Exempt{Deployment: []string{"stacksets-exec-*", "cdk-hnb659fds-cfn-exec-role-*"}, BreakGlass: "org/BreakGlass"}
	a := member([]Policy{SettingSCP(own), IntegritySCP(own)}, nil, "stacksets-exec-0a1b")
	for _, from := range attackers {
		for goal, ways := range a.ways(from) {
			t.Errorf("%s: %s in %d ways, as by\n  %s", last(from), goal, len(ways), strings.Join(ways[0], "\n  "))
		}
	}
}

// TestTheWaysAroundTheFirstPolicyAreFound: it was walked around by the stack's
// stored role, and by a new role with an exempt name.
func TestTheWaysAroundTheFirstPolicyAreFound(t *testing.T) {
	content, err := os.ReadFile("testdata/first-scp.json")
	if err != nil {
		t.Fatal(err)
	}
	var first Policy
	if err := json.Unmarshal(loosely(content), &first); err != nil {
		t.Fatal(err)
	}
	a := member([]Policy{first}, nil, "stacksets-exec-0123456789abcdef")
	for from, call := range map[string]string{"CI": "cloudformation:UpdateStack", "MakesRoles": "iam:CreateRole on role/stacksets-exec-anything"} {
		ways := a.ways(arnOfRole(from))
		if !slices.ContainsFunc(slices.Concat(ways[setting], ways[silenced]), func(way []string) bool { return strings.Contains(way[0], call) }) {
			t.Errorf("%s: no way that begins with %s was found", from, call)
		}
	}
}

// loosely lets a text stand for a list of one, as IAM does.
func loosely(policy []byte) []byte {
	return []byte(strings.NewReplacer(`"Resource": "*"`, `"Resource": ["*"]`, `"ecs:account-setting": "fargateFIPSMode"`, `"ecs:account-setting": ["fargateFIPSMode"]`).Replace(string(policy)))
}

// TestEveryWeakenedStatementIsFound: take one action or resource out, or exempt
// one more role, and there is a way through.
func TestEveryWeakenedStatementIsFound(t *testing.T) {
	planted := 0
	for policy := range published() {
		for statement := range published()[policy].Statement {
			original := published()[policy].Statement[statement]
			try := func(what string, weaken func(*Statement)) {
				policies := published()
				weaken(&policies[policy].Statement[statement])
				a := member(policies, nil, product.Prefix+"deployment")
				planted++
				if !slices.ContainsFunc(attackers, func(from string) bool { return len(a.ways(from)) > 0 }) {
					t.Errorf("%s without %s: no way through was found, so nothing shows that it is needed", original.Sid, what)
				}
			}
			for i, action := range original.Action {
				if !usedBySomeCall(action) {
					continue
				}
				try(action, func(s *Statement) { s.Action = slices.Delete(slices.Clone(s.Action), i, i+1) })
			}
			for i, resource := range original.Resource {
				if resource == partition+"cloudformation:*:*:stackset/fipsguard*" {
					continue // in the delegated administrator's account
				}
				try(resource, func(s *Statement) { s.Resource = slices.Delete(slices.Clone(s.Resource), i, i+1) })
			}
			if original.Condition == nil {
				continue
			}
			try("its condition on who calls", func(s *Statement) {
				s.Condition["ArnNotLike"]["aws:PrincipalArn"] = append(s.Condition["ArnNotLike"]["aws:PrincipalArn"], arnOfRole("Admin"))
			})
		}
	}
	t.Logf("%d planted", planted)
	if planted < 20 {
		t.Errorf("only %d statements were weakened", planted)
	}
}

func usedBySomeCall(pattern string) bool {
	var a attack
	a.exists = map[string]bool{arnOfRole("x"): true}
	for _, m := range append(a.moves(), attack{scps: published()}.moves()...) {
		for _, r := range m.requests {
			if like(pattern, r.action) {
				return true
			}
		}
	}
	return false
}

// TestTheRCPReachesRootAndLeavesAWayBack: root and other accounts are kept out
// of what resource control policies reach, AWS's services and the break-glass
// role are not, and without the policy root is as before.
func TestTheRCPReachesRootAndLeavesAWayBack(t *testing.T) {
	rcp := IntegrityRCP(DefaultExempt())
	root := "arn:aws-us-gov:iam::" + account + ":root"
	for _, r := range silencing() {
		if !underRCP(r.action) || strings.Contains(r.action, "PutLogEvents") || strings.HasPrefix(r.action, "sts:") {
			continue
		}
		for _, principal := range []string{root, "arn:aws-us-gov:iam::444455556666:role/Admin", arnOfRole("Admin")} {
			r.principal = principal
			if !rcp.denies(r) {
				t.Errorf("%s may %s on %s", last(principal), r.action, r.resource)
			}
		}
		for _, principal := range []string{arnOfRole(product.Prefix + "break-glass"), arnOfRole(product.Prefix + "deployment")} {
			r.principal = principal
			if rcp.denies(r) {
				t.Errorf("%s may not %s: the account is locked out of its own", last(principal), r.action)
			}
		}
		r.isService = true
		if rcp.denies(r) {
			t.Errorf("AWS's services may not %s: nothing is delivered", r.action)
		}
	}
	for _, works := range []request{
		{principal: arnOfRole(product.Verifier + "-" + region), action: "s3:PutObject", resource: evidenceObject},
		{principal: arnOfRole(product.Gate + "-" + region), action: "sqs:ReceiveMessage", resource: "arn:aws-us-gov:sqs:" + region + ":" + account + ":" + product.Workloads},
		{principal: arnOfRole("OnCall"), action: "sqs:ReceiveMessage", resource: "arn:aws-us-gov:sqs:" + region + ":" + account + ":" + product.Failed},
		{principal: arnOfRole(product.Prefix + "policy-approver"), action: "ssm:PutParameter", resource: "arn:aws-us-gov:ssm:" + region + ":" + account + ":parameter/" + product.PolicyParameter},
		{principal: arnOfRole("Auditor"), action: "s3:GetObject", resource: evidenceObject},
		{principal: arnOfRole("Admin"), action: "kms:DisableKey", resource: "arn:aws-us-gov:kms:" + region + ":" + account + ":key/other", context: map[string]string{"aws:ResourceTag/application": "shop"}},
	} {
		for _, p := range append(published(), rcp) {
			if p.denies(works) {
				t.Errorf("%s may not %s on %s", last(works.principal), works.action, works.resource)
			}
		}
	}
}

const evidenceObject = "arn:aws-us-gov:s3:::" + product.Evidence + "-" + account + "-" + region + "/reports/1.json"

// TestPublishedPolicies: the files in docs are these, and short enough for
// Organizations, which counts white space.
func TestPublishedPolicies(t *testing.T) {
	for name, policy := range Policies(DefaultExempt()) {
		file := fmt.Sprintf("../../docs/%s.json", name)
		text, err := policy.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(content) != string(text) {
			t.Errorf("%s is not what the table makes of it: run go test ./infra/integrity -update", file)
		}
		if len(content) > 5120 {
			t.Errorf("%s has %d characters; Organizations allows 5120", file, len(content))
		}
		t.Logf("%s: %d characters", name, len(content))
	}
}
