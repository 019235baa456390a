// Package past makes an audit's answer evidence: for each account and Region a
// document of claims, as a scan's report is one, so that past and present are
// read, signed and verified alike. It says nothing that the answer does not.
package past
