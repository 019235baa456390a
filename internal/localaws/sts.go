package localaws

import "fipsguard/internal/localaws/kernel"

// identity is STS, which only says who calls.
func identity() kernel.Service {
	return kernel.Service{
		Name: "sts", Protocol: kernel.Query{Namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
		Operations: map[string]kernel.Operation{"GetCallerIdentity": {Perform: getCallerIdentity}},
	}
}

func getCallerIdentity(r *kernel.Request) (any, error) {
	return struct{ Arn, UserId, Account string }{r.Principal.CallerARN(), r.Principal.PrincipalID(), AccountID}, nil
}
