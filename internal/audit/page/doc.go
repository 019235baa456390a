// Package page shows an audit's answer as one HTML file: no script, nothing
// loaded from elsewhere, and of a bounded size however long the past is.
package page
