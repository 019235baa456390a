package trail

import (
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// isCanary reports whether a call is the verifier's canary: it turns the account
// default on, in a session of the verifier's own role, and says what it is. What
// says so in another session is a call like any other.
func isCanary(cause guard.Cause, states []guard.State) bool {
	if cause.EventName != "PutAccountSettingDefault" || len(states) != 1 || !strings.Contains(cause.Actor.UserAgent, "app/"+product.Canary) {
		return false
	}
	s, ok := states[0].(guard.Setting)
	role := product.Verifier + "-" + cause.Region + "/"
	return ok && s.Mode == guard.ModeOn && strings.HasPrefix(resource(cause.Actor.ARN, "assumed-role/"), role) &&
		strings.Contains(cause.Actor.ARN, ":sts::"+cause.Account+":")
}
