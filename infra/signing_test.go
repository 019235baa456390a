package main

import (
	"slices"
	"strings"
	"testing"
)

// checkSigning holds that the key of the signatures stays when the stack goes,
// that nobody but the verifier's role is allowed to sign with it, not even by a
// grant, and that everybody else is refused writes of evidence.
func checkSigning(t *testing.T, stack synthesized) {
	t.Helper()
	keys := 0
	for name, key := range stack.resources("AWS::KMS::Key") {
		properties := key["Properties"].(map[string]any)
		if properties["KeyUsage"] != "SIGN_VERIFY" {
			continue
		}
		keys++
		if properties["KeySpec"] != "ECC_NIST_P384" || key["UpdateReplacePolicy"] != "Retain" || !strings.HasPrefix(key["DeletionPolicy"].(string), "Retain") {
			t.Errorf("%s is of spec %v, deleted by %v", name, properties["KeySpec"], key["DeletionPolicy"])
		}
		denied := false
		for _, s := range statementsOf(properties["KeyPolicy"]) {
			actions := texts(s["Action"])
			signs := slices.ContainsFunc(actions, func(a string) bool { return strings.ContainsAny(a, "*") || a == "kms:Sign" || a == "kms:CreateGrant" })
			condition, _ := s["Condition"].(map[string]any)
			switch {
			case s["Effect"] == "Deny":
				denied = denied || slices.Contains(actions, "kms:Sign") && slices.Contains(actions, "kms:CreateGrant") && ofVerifier(condition["ArnNotEquals"])
			case signs && !ofVerifier(condition["ArnEquals"]):
				t.Errorf("%s lets others than the verifier sign: %v", name, s)
			}
		}
		if !denied {
			t.Errorf("%s refuses nobody", name)
		}
	}
	if keys != 1 {
		t.Errorf("%d keys sign, want one", keys)
	}
	refused := map[string]bool{}
	for _, policy := range stack.resources("AWS::S3::BucketPolicy") {
		for _, s := range statementsOf(policy["Properties"].(map[string]any)["PolicyDocument"]) {
			condition, limited := s["Condition"].(map[string]any)
			for _, action := range texts(s["Action"]) {
				if s["Effect"] == "Deny" && (!limited || ofVerifier(condition["ArnNotEquals"])) {
					refused[action] = true
				}
			}
		}
	}
	for _, action := range []string{"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:ReplicateObject", "s3:ReplicateDelete"} {
		if !refused[action] {
			t.Errorf("the bucket does not refuse %s", action)
		}
	}
}

// ofVerifier reports whether an operator compares the principal with the
// verifier's role, and nothing else.
func ofVerifier(operator any) bool {
	compared, _ := operator.(map[string]any)
	arn, _ := deployed(compared["aws:PrincipalArn"]).(string)
	return len(compared) == 1 && arn == "arn:aws-us-gov:iam::111122223333:role/fipsguard-verifier-us-gov-west-1"
}

func statementsOf(document any) []map[string]any {
	var all []map[string]any
	for _, s := range document.(map[string]any)["Statement"].([]any) {
		all = append(all, s.(map[string]any))
	}
	return all
}
