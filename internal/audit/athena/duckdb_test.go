package athena

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/independent"

	"github.com/google/go-cmp/cmp"
)

// duckDBFolder names the environment variable with the folder in which npm has
// installed @duckdb/node-api.
const duckDBFolder = "FIPSGUARD_DUCKDB"

// duckDB is DuckDB's dialect, over log files in a folder.
func duckDB(folder string) dialect {
	return dialect{
		Records: fmt.Sprintf(`SELECT r.eventID AS eventid, r.eventTime AS eventtime, r.eventSource AS eventsource, r.eventName AS eventname,
      r.errorCode AS errorcode, r.readOnly AS readonly, r.eventType AS eventtype, r.eventCategory AS eventcategory, r.awsRegion AS awsregion,
      r.recipientAccountId AS recipientaccountid, r.userIdentity.type AS identity_type, r.userIdentity.arn AS identity_arn,
      r.userIdentity.accountId AS identity_account, r.userIdentity.principalId AS identity_principal, r.userIdentity.invokedBy AS invoked_by,
      r.userIdentity.sessionContext.sessionIssuer.arn AS issuer, r.requestParameters AS requestparameters, r.responseElements AS responseelements, filename AS file
    FROM (SELECT unnest(Records) AS r, filename FROM read_json('%s/*.json', filename = true, columns = {Records:
      'STRUCT(eventID VARCHAR, eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR, readOnly VARCHAR, eventType VARCHAR, eventCategory VARCHAR,
        awsRegion VARCHAR, recipientAccountId VARCHAR, userIdentity STRUCT("type" VARCHAR, arn VARCHAR, accountId VARCHAR, principalId VARCHAR, invokedBy VARCHAR,
        sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR))), requestParameters JSON, responseElements JSON)[]'}))`, folder),
		json: func(column string, path ...string) string {
			return fmt.Sprintf("json_extract_string(%s, '$.%s')", column, strings.Join(path, "."))
		},
		epoch: func(text string) string { return fmt.Sprintf("CAST(epoch(CAST(%s AS timestamptz)) AS bigint)", text) },
		minute: func(text string) string {
			return fmt.Sprintf("CAST(epoch(strptime(%s, '%%Y%%m%%dT%%H%%MZ')) AS bigint)", text)
		},
		time: func(seconds string) string {
			return fmt.Sprintf("strftime(make_timestamp(CAST(%s AS bigint) * 1000000), '%%Y-%%m-%%dT%%H:%%M:%%SZ')", seconds)
		},
	}
}

// runSQL is a program that runs statements and prints the last one's rows.
const runSQL = `
const { DuckDBInstance } = require(process.env.FIPSGUARD_DUCKDB + '/node_modules/@duckdb/node-api');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const statements = require('fs').readFileSync(process.argv[2], 'utf8').split(';\n').filter(s => s.trim());
  let reader;
  for (const s of statements) reader = await connection.runAndReadAll(s);
  console.log(JSON.stringify(reader.getRowObjectsJson()));
})().catch(e => { console.error(e.message); process.exit(1); });
`

// row is an interval as the query yields it.
type row struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Principal string `json:"principal"`
	From      string `json:"from"`
	Until     string `json:"until"`
	Mode      string `json:"mode"`
	Reason    string `json:"reason"`
	EventID   string `json:"eventid"`
	EventName string `json:"eventname"`
	Actor     string `json:"actor"`
}

// TestTheQueryYieldsTheAuditsIntervals runs the query on DuckDB, over the files
// that audit reads.
func TestTheQueryYieldsTheAuditsIntervals(t *testing.T) {
	node := independent.Program(t, "node")
	if os.Getenv(duckDBFolder) == "" {
		t.Skipf("%s names no folder in which npm has installed @duckdb/node-api", duckDBFolder)
	}
	script := filepath.Join(t.TempDir(), "run.js")
	if err := os.WriteFile(script, []byte(runSQL), 0o644); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(25) {
		folder := t.TempDir()
		files := randomLogs(t, rand.New(rand.NewPCG(seed, 9)), folder)
		answer, err := audit.Run(t.Context(), audit.NewPlan(files, audit.Scope{}), audit.Options{Workers: 2, Thorough: true})
		if err != nil {
			t.Fatal(err)
		}
		var sql strings.Builder
		d := duckDB(folder)
		for _, statement := range []string{foundSQL, intervalsSQL} {
			if err := d.write(&sql, statement, d); err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Join(folder, "audit.sql")
		if err := os.WriteFile(name, []byte(sql.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(node, script, name).CombinedOutput()
		if err != nil {
			t.Fatalf("DuckDB: %v\n%s", err, out)
		}
		var got []row
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if diff := cmp.Diff(rowsOf(answer), got); diff != "" {
			t.Fatalf("seed %d: the query's intervals differ (- audit + query):\n%s", seed, diff)
		}
	}
}

func rowsOf(a *audit.Answer) []row {
	rows := []row{}
	for _, p := range a.Places {
		for _, o := range slices.Concat([]audit.Override{{Intervals: p.Intervals}}, p.Overrides) {
			for _, i := range o.Intervals {
				r := row{Account: p.Account, Region: p.Region, Principal: o.Principal, From: i.From.String(), Until: i.Until.String(), Mode: i.Mode, Reason: string(i.Reason)}
				if i.Event != nil {
					r.EventID, r.EventName, r.Actor = i.Event.EventID, i.Event.EventName, i.Event.Actor
				}
				rows = append(rows, r)
			}
		}
	}
	return rows
}

type disk struct{}

func (disk) Open(_ context.Context, path string) (audit.Object, error) {
	file, err := os.Open(path)
	return audit.Object{Body: file}, err
}

// randomLogs writes the log files of a day in two places.
func randomLogs(t *testing.T, r *rand.Rand, folder string) []audit.File {
	t.Helper()
	var files []audit.File
	id := 0
	for hour := range 12 {
		for _, region := range []string{"us-gov-west-1", "us-gov-east-1"} {
			var records []any
			for range 1 + r.IntN(3) {
				id++
				records = append(records, randomRecord(r, fmt.Sprintf("e%03d", id), region, hour))
			}
			if r.IntN(4) == 0 {
				records = append(records, records[0])
			}
			text, err := json.Marshal(map[string]any{"Records": records})
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(folder, fmt.Sprintf("111122223333_CloudTrail_%s_20261120T%02d%02dZ_%03d.json", region, hour, r.IntN(60), id))
			if err := os.WriteFile(name, text, 0o644); err != nil {
				t.Fatal(err)
			}
			files = append(files, audit.File{Path: name, Size: int64(len(text)), From: disk{}})
		}
	}
	return files
}

func randomRecord(r *rand.Rand, id, region string, hour int) map[string]any {
	at := time.Date(2026, 11, 20, hour, r.IntN(60), r.IntN(2), 0, time.UTC)
	const role = "arn:aws-us-gov:iam::111122223333:role/deploy"
	identity := []map[string]any{
		{"type": "IAMUser", "arn": "arn:aws-us-gov:iam::111122223333:user/jane"},
		{"type": "Root", "arn": "arn:aws-us-gov:iam::111122223333:root"},
		{"type": "AssumedRole", "arn": "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/ci"},
		{"type": "AssumedRole", "arn": "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/ci", "sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": role}}},
		{"type": "FederatedUser", "arn": "arn:aws-us-gov:sts::111122223333:federated-user/bob"},
		{"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"},
	}[r.IntN(6)]
	record := map[string]any{
		"eventID": id, "eventTime": at.Format(time.RFC3339), "eventSource": "ecs.amazonaws.com", "awsRegion": region,
		"recipientAccountId": "111122223333", "userIdentity": identity,
		"eventName": []string{"PutAccountSettingDefault", "PutAccountSettingDefault", "PutAccountSetting", "DeleteAccountSetting"}[r.IntN(4)],
	}
	request := map[string]any{"name": []string{"fargateFIPSMode", "fargateFIPSMode", "FARGATEFIPSMODE", "containerInsights"}[r.IntN(4)], "value": []string{"enabled", "disabled", "ON"}[r.IntN(3)]}
	switch r.IntN(6) {
	case 0:
		request["principalArn"] = role
	case 1:
		request["principalArn"] = "arn:aws-us-gov:iam::111122223333:root"
	case 2:
		request = map[string]any{"omitted": "true"}
	case 3:
		record["responseElements"] = map[string]any{"setting": map[string]any{"name": "fargateFIPSMode", "value": "enabled"}}
	}
	record["requestParameters"] = request
	switch r.IntN(10) {
	case 0:
		record["errorCode"] = "AccessDenied"
	case 1:
		record["eventSource"], record["eventName"] = "cloudtrail.amazonaws.com", []string{"StopLogging", "StartLogging", "DeleteTrail"}[r.IntN(3)]
		record["requestParameters"] = map[string]any{"name": []string{"main", "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main", "other"}[r.IntN(3)]}
	case 2:
		record["eventName"] = "ListTasks"
	}
	return record
}
