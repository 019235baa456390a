package athena

import (
	_ "embed" // the statements
	"fmt"
	"io"
	"strings"
	"text/template"
)

//go:embed table.sql
var tableSQL string

//go:embed found.sql
var foundSQL string

//go:embed intervals.sql
var intervalsSQL string

// Table is where the log files lie.
type Table struct {
	Location string   // s3://BUCKET/[PREFIX/]AWSLogs/[ORGANIZATION/]
	Accounts []string // empty: the account is given in each query
	Since    string   // first day, YYYY/MM/DD
}

// Write writes the statements: the table, what is found in it, and the query.
func Write(w io.Writer, t Table) error {
	if !strings.HasPrefix(t.Location, "s3://") || strings.ContainsAny(t.Location, "'\n") {
		return fmt.Errorf("%q is no place in S3; write s3://BUCKET/AWSLogs", t.Location)
	}
	for _, account := range t.Accounts {
		if strings.Trim(account, "0123456789") != "" {
			return fmt.Errorf("%q is no account ID", account)
		}
	}
	t.Location = strings.TrimSuffix(t.Location, "/") + "/"
	d := trino(t.Accounts)
	for i, statement := range []string{tableSQL, foundSQL, intervalsSQL} {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		values := any(d)
		if i == 0 {
			values = t
		}
		if err := d.write(w, statement, values); err != nil {
			return err
		}
	}
	return nil
}

// dialect is how an engine writes what the query needs and standard SQL has not.
type dialect struct {
	Records string // a SELECT of the table's records
	json    func(column string, path ...string) string
	epoch   func(text string) string // of an RFC 3339 time
	minute  func(text string) string // of a time in a file's name
	time    func(seconds string) string
}

// trino is Athena's.
func trino(accounts []string) dialect {
	where := ""
	if len(accounts) == 0 {
		where = "\n    WHERE account IN ('111122223333') -- the accounts, which the table does not know"
	}
	return dialect{
		Records: `SELECT eventid, eventtime, eventsource, eventname, errorcode, readonly, eventtype, eventcategory, awsregion, recipientaccountid,
      useridentity.type AS identity_type, useridentity.arn AS identity_arn, useridentity.accountid AS identity_account,
      useridentity.principalid AS identity_principal, useridentity.invokedby AS invoked_by, useridentity.sessioncontext.sessionissuer.arn AS issuer,
      requestparameters, responseelements, "$path" AS file
    FROM fipsguard_logs` + where,
		json: func(column string, path ...string) string {
			return fmt.Sprintf("json_extract_scalar(%s, '$.%s')", column, strings.Join(path, "."))
		},
		epoch: func(text string) string {
			return fmt.Sprintf("CAST(to_unixtime(from_iso8601_timestamp(%s)) AS bigint)", text)
		},
		minute: func(text string) string {
			return fmt.Sprintf("CAST(to_unixtime(date_parse(%s, '%%Y%%m%%dT%%H%%iZ')) AS bigint)", text)
		},
		time: func(seconds string) string {
			return fmt.Sprintf("date_format(from_unixtime(%s), '%%Y-%%m-%%dT%%H:%%i:%%sZ')", seconds)
		},
	}
}

// write fills in a statement.
func (d dialect) write(w io.Writer, statement string, values any) error {
	parsed, err := template.New("").Funcs(template.FuncMap{"json": d.json, "epoch": d.epoch, "minute": d.minute, "time": d.time, "join": strings.Join}).Parse(statement)
	if err != nil {
		return fmt.Errorf("parse a statement: %w", err)
	}
	if err := parsed.Execute(w, values); err != nil {
		return fmt.Errorf("write a statement: %w", err)
	}
	return nil
}
