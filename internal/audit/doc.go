// Package audit answers from years of CloudTrail's log files whether FIPS mode
// was on, off or unknown, for each account and Region: when, by whom, for how
// long, what was launched meanwhile, and whether CloudTrail's own signatures
// vouch for the hours.
//
// The answer depends on the set of files, never on their order or on how many
// are read at once. What the files do not show is unknown, never on. docs/audit.md
// describes the answer's meaning to the second.
package audit
