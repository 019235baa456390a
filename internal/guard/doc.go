// Package guard holds what fipsguard knows about Fargate's FIPS-140 mode: the
// nouns (Cause, State, Finding, Remediation, Outcome, Report), the rule table, and
// the pure decisions on them (Check, Plan, Policy.Allow, Confirm).
//
// Nothing here reads a clock, an environment or a network, so every decision
// can be repeated from its inputs. The facts it rests on are in docs/facts.md.
package guard
