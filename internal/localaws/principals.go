package localaws

import (
	"slices"
	"strings"
)

// Kind is the type of an identity, as CloudTrail names it.
type Kind string

// The kinds of the account's principals.
const (
	Root        Kind = "Root"
	IAMUser     Kind = "IAMUser"
	AssumedRole Kind = "AssumedRole"
)

// Principal is somebody who can call the account. The access key tells who
// that is; it and the secret are dummies, of the lengths of real ones.
type Principal struct {
	Kind            Kind
	ARN             string // of the root user, the IAM user or the role
	Session         string // of an assumed role
	AccessKeyID     string
	SecretAccessKey string
	SourceAddress   string
	MFA             bool
}

// Principals are those of every account.
type Principals struct {
	Admin       Principal // a person's session, through IAM Identity Center
	Application Principal // a workload's role, whose override nobody else may change
	Root        Principal
	Terraform   Principal // an IAM user, in CI
	Guard       Principal // the enforcer's role
}

// secretAccessKey is everybody's. Under fips140=only, signing with a secret
// shorter than ten characters is refused.
const secretAccessKey = "local-account-without-secrets-0123456789"

// Everyone returns the account's principals.
func Everyone() Principals {
	role := func(name, session, key, from string, mfa bool) Principal {
		return Principal{
			Kind: AssumedRole, ARN: iamARN("role/" + name), Session: session, AccessKeyID: key,
			SecretAccessKey: secretAccessKey, SourceAddress: from, MFA: mfa,
		}
	}
	return Principals{
		Admin:       role("Admin", "jane.doe", "ASIALOCALADMIN000001", "198.51.100.7", true),
		Application: role("app/checkout", "checkout-7f3a", "ASIALOCALAPPROLE0001", "10.0.12.34", false),
		Guard:       role("fipsguard-enforcer", "fipsguard-enforcer", "ASIALOCALFIPSGUARD01", "10.0.0.9", false),
		Root: Principal{
			Kind: Root, ARN: iamARN("root"), AccessKeyID: "AKIALOCALROOTUSER001",
			SecretAccessKey: secretAccessKey, SourceAddress: "198.51.100.200", MFA: true,
		},
		Terraform: Principal{
			Kind: IAMUser, ARN: iamARN("user/terraform-ci"), AccessKeyID: "AKIALOCALTERRAFORM01",
			SecretAccessKey: secretAccessKey, SourceAddress: "203.0.113.50",
		},
	}
}

// principal finds who uses an access key.
func principal(accessKeyID string) (Principal, bool) {
	all := Everyone()
	for _, p := range []Principal{all.Admin, all.Application, all.Root, all.Terraform, all.Guard} {
		if p.AccessKeyID == accessKeyID {
			return p, true
		}
	}
	return Principal{}, false
}

// CallerARN is how STS and CloudTrail name the principal. A session's ARN has
// lost the path of its role.
func (p Principal) CallerARN() string {
	if p.Kind != AssumedRole {
		return p.ARN
	}
	return "arn:aws-us-gov:sts::" + AccountID + ":assumed-role/" + p.name() + "/" + p.Session
}

// name is the last part of the ARN: the user's or the role's name.
func (p Principal) name() string { return p.ARN[strings.LastIndexAny(p.ARN, ":/")+1:] }

// uniqueID is the identifier that IAM gives to what an ARN names.
func (p Principal) uniqueID() string {
	switch p.Kind {
	case IAMUser:
		return "AIDA" + p.AccessKeyID[4:]
	case AssumedRole:
		return "AROA" + p.AccessKeyID[4:]
	case Root:
	}
	return AccountID
}

// principalID is the identifier of the principal as a caller.
func (p Principal) principalID() string {
	if p.Kind == AssumedRole {
		return p.uniqueID() + ":" + p.Session
	}
	return p.uniqueID()
}

// Deny replaces the actions that a principal may not call, such as
// "ecs:PutAccountSetting" or "ecs:*"; without any, it may call everything.
func (a *Account) Deny(p Principal, actions ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.denied[p.AccessKeyID] = slices.Clone(actions)
}

// isDenied needs the account's lock.
func (a *Account) isDenied(p Principal, action string) bool {
	return slices.ContainsFunc(a.denied[p.AccessKeyID], func(pattern string) bool {
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(action, prefix)
		}
		return pattern == action
	})
}
