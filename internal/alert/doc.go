// Package alert makes a report an alert: a document that is cleaned, bounded and
// decided once, from which the subject, the text, the JSON and the message
// attributes are printed.
//
// It claims nothing that the report does not hold, and shows guard's nouns only,
// in which there is no environment value, no token and no container command.
// docs/alerts.md shows alerts.
package alert
