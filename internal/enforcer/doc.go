// Package enforcer is the way of one event: decode it, put right what it says
// is wrong, look at what is now, tell people. functions/enforcer runs it in
// Lambda, cmd/fipsguard in a simulated account.
package enforcer
