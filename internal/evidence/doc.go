// Package evidence turns a scan's report into a versioned JSON document that
// claims nothing the scan did not observe, and has the words that its page and
// its formats share. Nothing here talks to AWS.
package evidence
