// Package format writes a document of evidence as what people and auditors
// read: a text and the files that are kept beside the original.
package format
