// Package scan checks what is: the account setting, everything that runs on
// Fargate, the kernels under it, how the setting came to be what it is, and the
// guard itself. It fixes what policy allows and returns what it found; what is
// made of that is internal/verifier's.
//
// Each stage of a scan takes values and returns values: what it found and did,
// and what later stages need of it. Scanner.Scan shows what flows where.
package scan
