package trail

import (
	"cmp"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// actor is who made a call, in words, and with what. Every member may be missing.
func (r *record) actor() guard.Actor {
	i := r.UserIdentity.orZero()
	actor := guard.Actor{
		Name:          i.name(),
		ARN:           string(i.ARN),
		SourceAddress: r.SourceIPAddress,
		UserAgent:     string(r.UserAgent),
		Tool:          toolOf(string(r.UserAgent)),
		Console:       r.FromConsole == "true",
	}
	if i.InvokedBy != "" && i.Type != "AWSService" {
		actor.Name += fmt.Sprintf(", through %s", i.InvokedBy)
	}
	switch i.SessionContext.orZero().Attributes.orZero().MFAAuthenticated {
	case "true":
		actor.MFA = guard.Yes
	case "false":
		actor.MFA = guard.No
	}
	return actor
}

func (i identity) name() string {
	arn := string(i.ARN)
	switch i.Type {
	case "Root":
		return "root"
	case "IAMUser":
		return "user " + cmp.Or(string(i.UserName), lastPart(arn), "unknown")
	case "AssumedRole", "Role":
		return roleName(i, arn)
	case "FederatedUser":
		return "federated user " + cmp.Or(lastPart(arn), "unknown")
	case "AWSAccount":
		return "account " + cmp.Or(string(i.AccountID), "unknown")
	case "AWSService":
		return "service " + cmp.Or(string(i.InvokedBy), "unknown")
	case "IdentityCenterUser":
		return "IAM Identity Center user " + cmp.Or(string(i.OnBehalfOf.orZero().UserID), string(i.PrincipalID), "unknown")
	}
	return cmp.Or(arn, string(i.UserName), "unknown")
}

func roleName(i identity, arn string) string {
	name := string(i.SessionContext.orZero().SessionIssuer.orZero().UserName)
	role, session, _ := strings.Cut(resource(arn, "assumed-role/"), "/")
	name = cmp.Or(name, role, lastPart(arn), "unknown")
	if session == "" {
		return "role " + name
	}
	return "role " + name + ", session " + session
}

// principal is the user or role whose setting the caller changes when it
// names nobody else. It is empty for every other identity: a federated user
// has root's settings, and of a caller that is not named nothing is known.
func (i identity) principal() string {
	switch i.Type {
	case "IAMUser", "Role":
		return userOrRole(string(i.ARN))
	case "AssumedRole":
		issuer := i.SessionContext.orZero().SessionIssuer.orZero().ARN
		return userOrRole(cmp.Or(string(issuer), string(i.ARN)))
	}
	return ""
}

// userOrRole is the ARN of an IAM user or role, also for one of a role's
// sessions, which has lost the role's path; empty for anything else.
func userOrRole(arn string) string {
	if session := resource(arn, "assumed-role/"); session != "" {
		role, _, _ := strings.Cut(session, "/")
		head, _, _ := strings.Cut(arn, ":assumed-role/")
		return strings.Replace(head, ":sts:", ":iam:", 1) + ":role/" + role
	}
	if resource(arn, "user/") != "" || resource(arn, "role/") != "" {
		return arn
	}
	return ""
}

// resource is what follows a prefix in the resource part of an ARN
// (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE), or empty.
func resource(arn, prefix string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	rest, ok := strings.CutPrefix(parts[5], prefix)
	if !ok {
		return ""
	}
	return rest
}

func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }
