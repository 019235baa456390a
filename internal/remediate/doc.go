// Package remediate is the one loop that fixes: plan, allow, apply, read back.
// The enforcer runs it for an event, a scan for what it found.
package remediate
