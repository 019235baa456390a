// Package stories shows what became of scenarios as one HTML page: no script,
// and nothing loaded from elsewhere.
package stories
