package localaws

import "fipsguard/internal/localaws/kernel"

// Principals are those of every account.
type Principals struct {
	Admin       Principal // a person's session, through IAM Identity Center
	Application Principal // a workload's role, whose override nobody else may change
	Root        Principal
	Terraform   Principal // an IAM user, in CI
	Guard       Principal // the enforcer's role in us-gov-west-1
	Verifier    Principal // the verifier's role there
	Approver    Principal // a person's session in the role that writes the policy document
	Drill       Principal // the role of the drill there
}

// The functions' names; their roles have the Region behind them.
const (
	guard    = "fipsguard-enforcer"
	verifier = "fipsguard-verifier"
	drill    = "fipsguard-drill"
)

// secretAccessKey is every principal's. Under fips140=only, signing with a secret
// shorter than ten characters is refused.
const secretAccessKey = "local-account-without-secrets-0123456789"

// Everyone returns the account's principals.
func Everyone() Principals {
	role := func(name, session, key, from string, mfa bool) Principal {
		return Principal{
			Kind: AssumedRole, ARN: kernel.IAMARN("role/" + name), Session: session, AccessKeyID: key,
			SecretAccessKey: secretAccessKey, SourceAddress: from, MFA: mfa,
		}
	}
	return Principals{
		Admin:       role("Admin", "jane.doe", "ASIALOCALADMIN000001", "198.51.100.7", true),
		Application: role("app/checkout", "checkout-7f3a", "ASIALOCALAPPROLE0001", "10.0.12.34", false),
		Guard:       role(guard+"-us-gov-west-1", guard, "ASIALOCALFIPSGUARD01", "10.0.0.9", false),
		Verifier:    role(verifier+"-us-gov-west-1", verifier, "ASIALOCALVERIFIER001", "10.0.0.9", false),
		Approver:    role("PolicyApprover", "sam.lee", "ASIALOCALAPPROVER001", "198.51.100.8", true),
		Drill:       role(drill+"-us-gov-west-1", drill, "ASIALOCALDRILL000001", "198.51.100.7", false),
		Root: Principal{
			Kind: Root, ARN: kernel.IAMARN("root"), AccessKeyID: "AKIALOCALROOTUSER001",
			SecretAccessKey: secretAccessKey, SourceAddress: "198.51.100.200", MFA: true,
		},
		Terraform: Principal{
			Kind: IAMUser, ARN: kernel.IAMARN("user/terraform-ci"), AccessKeyID: "AKIALOCALTERRAFORM01",
			SecretAccessKey: secretAccessKey, SourceAddress: "203.0.113.50",
		},
	}
}

func (p Principals) all() []Principal {
	return []Principal{p.Admin, p.Application, p.Root, p.Terraform, p.Guard, p.Verifier, p.Approver, p.Drill}
}
