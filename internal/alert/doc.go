// Package alert tells people and machines what the guard found and did: it
// renders a guard.Report into a subject, a text, JSON and message attributes,
// joins alerts that would say the same again, and publishes them through SNS.
//
// docs/alerts.md shows alerts, and says what joining can and cannot do.
package alert
