// Package page writes a document of evidence as one HTML page that loads
// nothing.
package page
