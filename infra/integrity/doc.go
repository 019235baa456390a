// Package integrity is the one table of calls by which someone could weaken or
// silence the deployed guard. The tamper rules, the service control policies,
// the resource control policy and the table in docs/security.md are made from
// it, so that they cannot drift apart.
package integrity
