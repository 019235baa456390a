// Package verifier looks at what is: the account setting, everything that runs
// on Fargate, the kernels under it, how the setting came to be what it is, and
// the guard itself. It puts right what policy allows, keeps what it saw as
// evidence, and tells people what changed. functions/verifier runs it in
// Lambda, cmd/fipsguard from a terminal.
package verifier
