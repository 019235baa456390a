package main

import (
	"fmt"
	"strings"
)

// The exit codes of every command. docs/exit-codes.md has the table, and a test
// provokes each line of it.
const (
	exitFindings   exitCode = 1 // looked, and something is wrong or unknown
	exitUnreadable exitCode = 2 // could not look
)

// exit says when a command ends with a code.
type exit struct {
	command string
	code    exitCode
	when    string
}

// exitTable is what every command's help, the manual page and the docs say of its
// exit codes. What is true of all commands has no name.
func exitTable() []exit {
	return []exit{
		{"simulate", 0, "when everything ended as it should"},
		{"simulate", exitFindings, "when something did not"},
		{"simulate", exitUnreadable, "when it could not be run, or a file could not be written"},
		{"explain", 0, "when the input could be read"},
		{"explain", exitUnreadable, "when something in it could not"},
		{"check", 0, "when everything is compliant, ignored, or below --fail-on"},
		{"check", exitFindings, "with findings"},
		{"check", exitUnreadable, "when a file could not be read and there are no findings"},
		{"audit", 0, "when FIPS mode was on all the time"},
		{"audit", exitFindings, "when it was off at any time"},
		{"audit", exitUnreadable, "when that cannot be excluded or files are faulty"},
		{"rehearse", 0, "when the guard would have done nothing and told nobody"},
		{"rehearse", exitFindings, "when it would have"},
		{"rehearse", exitUnreadable, "when it would not have, as far as could be read, and something could not"},
		{"verify", 0, "when everything it checked is compliant"},
		{"verify", exitFindings, "with violations or unknowns"},
		{"verify", exitUnreadable, "when something could not be read and no violation was found"},
		{"drill", 0, "when all effects were seen in time, or all was cleaned up"},
		{"drill", exitFindings, "when one was not"},
		{"drill", exitUnreadable, "when it could not be run as a whole, or not cleaned up"},
		{"evidence verify", 0, "when all is whole"},
		{"evidence verify", exitFindings, "when something is broken or not signed"},
		{"evidence verify", exitUnreadable, "when something could not be read"},
		{"evidence render", 0, "when the format was made"},
		{"evidence render", exitUnreadable, "when the report could not be read"},
		{"evidence summary", 0, "when all reports count"},
		{"evidence summary", exitFindings, "when reports were left out"},
		{"evidence summary", exitUnreadable, "when something could not be read"},
		{"witness push", 0, "when the image is in the repository"},
		{"witness push", exitUnreadable, "when it could not be uploaded"},
		{"", exitUnreadable, "when the command line is wrong or the output could not be written"},
	}
}

// exits is a command's exit codes in a sentence.
func exits(command string) string {
	var parts []string
	for _, e := range exitTable() {
		if e.command == command {
			parts = append(parts, fmt.Sprintf("%d %s", e.code, e.when))
		}
	}
	return "Exits " + strings.Join(parts, ", ") + "."
}
