package format

import (
	"encoding/xml"
	"fmt"
	"io"

	"fipsguard/internal/guard"
)

// The parts of JUnit's XML that are written.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitSkipped `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// WriteJUnit writes findings as JUnit's XML: a suite for each file, a test for
// each finding. What no rule applies to, and what may stand, is skipped; a file
// that could not be read is an error.
func WriteJUnit(out io.Writer, all []Located, unread []Unread) error {
	report := junitReport{Name: "fipsguard check"}
	suites := map[string]int{}
	add := func(file string, c junitCase) {
		i, ok := suites[file]
		if !ok {
			i = len(report.Suites)
			suites[file] = i
			report.Suites = append(report.Suites, junitSuite{Name: file})
		}
		s := &report.Suites[i]
		c.File = file
		s.Cases = append(s.Cases, c)
		s.Tests++
		report.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
			report.Failures++
		case c.Error != nil:
			s.Errors++
			report.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	for _, l := range all {
		add(l.File, l.inJUnit())
	}
	for _, u := range unread {
		add(u.File, junitCase{Name: "read", Class: "fipsguard", Error: &junitMessage{Message: u.Reason, Type: "unreadable"}})
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	text := xml.NewEncoder(out)
	text.Indent("", "  ")
	if err := text.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func (l Located) inJUnit() junitCase {
	c := junitCase{Name: l.Name, Class: string(l.Rule)}
	switch {
	case l.fails():
		c.Failure = &junitMessage{Message: l.Message, Type: l.Status.String(), Text: fmt.Sprintf("%s:%d:%d: %s", l.File, l.Line, l.Column, l.Message)}
	case l.Severity > guard.Info:
		c.Skipped = &junitSkipped{l.Ignored}
	case l.Status == guard.NotApplicable:
		c.Skipped = &junitSkipped{l.Message}
	}
	return c
}
