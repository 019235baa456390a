package localaws

import (
	"fipsguard/internal/localaws/kernel"
	"time"
)

// identity is STS, which says who calls, and lets everyone in the account act as
// the drill's role.
func identity(k *kernel.Kernel) kernel.Service {
	return kernel.Service{
		Name: "sts", Protocol: kernel.Query{Namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
		Operations: map[string]kernel.Operation{
			"GetCallerIdentity": {Perform: getCallerIdentity},
			"AssumeRole":        {Perform: func(r *kernel.Request) (any, error) { return assumeRole(r, k.Clock.Now()) }},
		},
	}
}

func getCallerIdentity(r *kernel.Request) (any, error) {
	return struct{ Arn, UserId, Account string }{r.Principal.CallerARN(), r.Principal.PrincipalID(), AccountID}, nil
}

type assumedRole struct {
	Credentials     struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	AssumedRoleUser struct{ AssumedRoleId, Arn string }
}

// assumeRole hands out the keys of the drill's role. Its session keeps its name,
// whatever was asked for.
func assumeRole(r *kernel.Request, now time.Time) (any, error) {
	role := Everyone().Drill
	if r.Form.Get("RoleArn") != role.ARN {
		return nil, kernel.AccessDenied(r.Principal, "sts:AssumeRole on resource: "+r.Form.Get("RoleArn"))
	}
	var out assumedRole
	out.Credentials.AccessKeyId, out.Credentials.SecretAccessKey = role.AccessKeyID, role.SecretAccessKey
	out.Credentials.SessionToken = "local-account-without-sessions"
	out.Credentials.Expiration = now.Add(time.Hour).Format(time.RFC3339)
	out.AssumedRoleUser.Arn, out.AssumedRoleUser.AssumedRoleId = role.CallerARN(), role.PrincipalID()
	return out, nil
}
