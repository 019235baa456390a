// Package evidence turns a look of the verifier into what people and auditors
// read: a versioned JSON document, a text, a page, FedRAMP evidence objects and
// OSCAL assessment results. All of it is rendered from one Document; nothing
// here talks to AWS, and nothing claims what the look did not observe.
package evidence
