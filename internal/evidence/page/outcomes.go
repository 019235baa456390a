package page

import (
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// outcomeRow is what became of an action.
type outcomeRow struct {
	mark
	API, Subject, Rule, Detail, At string
}

func newOutcomeRow(o evidence.Outcome) outcomeRow {
	return outcomeRow{
		mark: resultMark(o.Result), API: evidence.Name(o.API), Subject: evidence.Name(o.Subject), Rule: evidence.Name(string(o.Rule)),
		Detail: evidence.Name(o.Detail), At: outcomeTime(o),
	}
}

func resultMark(r guard.Result) mark {
	switch r {
	case guard.Done:
		return good("done and read back")
	case guard.Answered:
		return doubt("accepted by AWS, not observed")
	case guard.RefusedByPolicy:
		return absent("refused by policy")
	case guard.RefusedByAWS:
		return bad("refused by AWS")
	case guard.Unconfirmed:
		return doubt("unconfirmed")
	case guard.Failed:
	}
	return bad("failed")
}

func outcomeTime(o evidence.Outcome) string {
	if o.At == nil {
		return "not tried"
	}
	return moment(*o.At) + " UTC"
}
