// Package folder verifies a folder of reports as an assessor would, offline: that
// each is signed and is what was signed, that none is missing, and that every
// format is what the report makes. It believes no byte that no key signed.
package folder
