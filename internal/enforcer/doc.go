// Package enforcer responds to one event: it decodes the event, fixes what the
// event shows to be wrong, reads what is now, and sends an alert.
// functions/enforcer runs it in Lambda, cmd/fipsguard in a simulated account.
package enforcer
