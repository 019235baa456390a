// Package simulation runs scenarios: what goes wrong in an AWS account, and
// how it has to end. Each runs in a simulated account of its own, with the
// guard attached through the committed template's EventBridge patterns, the
// AWS SDK and HTTP, as the stack attaches it to a real account.
package simulation
