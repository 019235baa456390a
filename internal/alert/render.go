package alert

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// Render makes a report a message that SNS takes. It is pure.
func Render(r guard.Report) Message { return New(r).message() }

func (a Alert) message() Message {
	return Message{Subject: a.Subject, Text: text(a), JSON: document(a), Attributes: attributes(a)}
}

// maxSubject is SNS's limit: fewer than 100 characters.
const maxSubject = 99

// subject is the story in one line:
// [CRITICAL] FIPS mode was turned off and is back on - 111122223333 us-gov-west-1.
// Where there is too much of it the count goes first, then the headline is
// cut, so that what became of it and where it was can always be read. The
// account's name is left out where it would take the headline's room.
func subject(a Alert) string {
	head := "[" + a.Severity.String() + "] "
	where := " - " + known(sanitize.ASCII(a.Account, 20)) + " " + known(sanitize.ASCII(a.Region, 20))
	if a.AccountName != "" && len(head)+leastHeadline+len(a.ending)+len(where)+len(a.AccountName)+3 <= maxSubject {
		where = " - " + known(sanitize.ASCII(a.Account, 20)) + sanitize.ASCII(behindNumber(a), maxSubject) + " " + known(sanitize.ASCII(a.Region, 20))
	}
	others := ""
	if a.more > 0 {
		others += fmt.Sprintf(" +%d more", a.more)
	}
	if a.Joined != nil {
		others += fmt.Sprintf(" +%d joined", a.Joined.Count)
	}
	if whole := head + a.headline + a.ending + others + where; len(whole) <= maxSubject {
		return sanitize.ASCII(whole, maxSubject)
	}
	room := max(maxSubject-len(head)-len(a.ending)-len(where), leastHeadline)
	return sanitize.ASCII(head+sanitize.ASCII(a.headline, room)+a.ending+where, maxSubject)
}

// leastHeadline is how much of the headline is shown at least.
const leastHeadline = 20

// behindNumber is the account's name as it stands behind the number.
func behindNumber(a Alert) string {
	if a.AccountName == "" {
		return ""
	}
	return " (" + a.AccountName + ")"
}

// text is the alert as a person reads it.
func text(a Alert) string {
	var b strings.Builder
	for i, s := range a.Sections {
		if i > 0 {
			b.WriteByte('\n')
		}
		if s.Title != "" {
			b.WriteString(s.Title + "\n")
		}
		for _, line := range s.Lines {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// document is the alert as a machine reads it.
func document(a Alert) []byte {
	encoded, err := json.Marshal(a)
	if err != nil {
		// Strings, numbers and guard's names always have a JSON form.
		return []byte(`{"schema":"fipsguard.alert/v1","error":` + strconv.Quote(err.Error()) + `}`)
	}
	return encoded
}

// attributes: an alert of several rules carries that of its leading finding.
func attributes(a Alert) map[string]string {
	const limit = 100
	return map[string]string{
		"severity": a.Severity.String(),
		"rule":     known(sanitize.ASCII(a.Rule, limit)),
		"account":  known(sanitize.ASCII(a.Account, limit)),
		"region":   known(sanitize.ASCII(a.Region, limit)),
		"status":   a.Status.String(),
		"outcome":  a.Outcome,
	}
}
