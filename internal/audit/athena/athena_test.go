package athena

import (
	"strings"
	"testing"
)

func TestTheTableIsWhereTheLogsAre(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, Table{Location: "s3://logs/AWSLogs", Accounts: []string{"111122223333", "444455556666"}, Since: "2024/01/01"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"LOCATION 's3://logs/AWSLogs/'", "'s3://logs/AWSLogs/${account}/CloudTrail/${region}/${day}'", "'111122223333,444455556666'", "'2024/01/01,NOW'",
		"json_extract_scalar(requestparameters, '$.name')", "CREATE TABLE fipsguard_found",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the statements lack %s", want)
		}
	}
	for _, bad := range []string{"logs/AWSLogs", "s3://x'; DROP TABLE y"} {
		if err := Write(&b, Table{Location: bad}); err == nil {
			t.Errorf("no error for %s", bad)
		}
	}
}
