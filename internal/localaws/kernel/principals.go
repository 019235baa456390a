package kernel

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

// Principal is someone who can call the account. The access key tells who
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

// CallerARN is how STS and CloudTrail name the principal. A session's ARN has
// lost the path of its role.
func (p Principal) CallerARN() string {
	if p.Kind != AssumedRole {
		return p.ARN
	}
	return "arn:aws-us-gov:sts::" + AccountID + ":assumed-role/" + p.Name() + "/" + p.Session
}

// Name is the last part of the ARN: the user's or the role's name.
func (p Principal) Name() string { return p.ARN[strings.LastIndexAny(p.ARN, ":/")+1:] }

// UniqueID is the identifier that IAM gives to what an ARN names.
func (p Principal) UniqueID() string {
	switch p.Kind {
	case IAMUser:
		return "AIDA" + p.AccessKeyID[4:]
	case AssumedRole:
		return "AROA" + p.AccessKeyID[4:]
	case Root:
	}
	return AccountID
}

// PrincipalID is the identifier of the principal as a caller.
func (p Principal) PrincipalID() string {
	if p.Kind == AssumedRole {
		return p.UniqueID() + ":" + p.Session
	}
	return p.UniqueID()
}

// Deny replaces the actions that a principal may not call, such as
// "ecs:PutAccountSetting" or "ecs:*"; without any, it may call everything.
func (k *Kernel) Deny(p Principal, actions ...string) {
	k.Lock()
	defer k.Unlock()
	k.denied[p.AccessKeyID] = slices.Clone(actions)
}

// IsDenied needs the lock.
func (k *Kernel) IsDenied(p Principal, action string) bool {
	return slices.ContainsFunc(k.denied[p.AccessKeyID], func(pattern string) bool {
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(action, prefix)
		}
		return pattern == action
	})
}
