// Package alert tells people and machines what the guard found and did: it
// renders a guard.Report into a subject, a text, JSON and message attributes,
// joins alerts that would say the same again, and publishes them through SNS.
//
// It claims nothing that the report does not hold, and renders guard's nouns
// only, in which there is no environment value, no token and no container
// command. docs/alerts.md shows alerts, and says what joining can and cannot do.
package alert
