package evidence

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFormats holds every form of three reports, as people, auditors and
// programs read them: of a look with everything in it, of one where all is
// well, and of one that saw nothing.
func TestFormats(t *testing.T) {
	const original = "s3://fipsguard-evidence/reports/111122223333/us-gov-west-1/2026/11/02/report.json"
	for name, r := range map[string]guard.Report{"everything": everything(), "well": allIsWell(), "nothing-seen": nothingSeen()} {
		d := documentOf(r)
		d.Tool = Tool{Name: "fipsguard", Version: "0.4.0", Commit: "cebf06a0c5b1d7d2c3b8b7f0a2b6c1d9e8f70123", Go: "go1.26.8", Module: "v1.0.0", FIPS: true}
		for _, form := range append([]Form{Original(), {".txt", "text/plain", WriteText}}, Derived(original)...) {
			t.Run(name+form.Ending, func(t *testing.T) {
				got := encoded(t, func(out *bytes.Buffer) error { return form.Write(out, d) })
				if filepath.Ext(form.Ending) == ".json" {
					got = indented(t, got)
				}
				holds(t, filepath.Join("testdata", name+form.Ending), shapeless(got))
			})
		}
	}
}

// allIsWell is a look at one proven task.
func allIsWell() guard.Report {
	task := running("proven")
	task.Created = at.Add(-30 * time.Minute)
	on := guard.Timeline{Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeOn, Cause: cause}}}
	proof := guard.KernelCheck{Task: task, Container: "main", Answer: "1\n", At: at}
	return guard.Report{
		Cause: guard.Cause{Account: account, Region: region, EventName: "scheduled look", Time: at},
		Findings: guard.CheckAll([]guard.State{
			guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}, task, proof,
			guard.ExposureOf(task, []guard.Timeline{on}, true),
		}),
		Timelines: []guard.Timeline{on},
	}
}

// nothingSeen is a look that AWS did not answer.
func nothingSeen() guard.Report {
	return guard.Report{
		Cause: guard.Cause{Account: account, Region: region, EventName: "scheduled look", Time: at},
		Findings: guard.CheckAll([]guard.State{
			guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount, Unknown: "ECS did not answer ListAccountSettings"},
			guard.Task{ARN: "task/* of account 111122223333 in us-gov-west-1", LastStatus: "RUNNING", Unknown: "ECS did not answer ListClusters"},
		}),
	}
}

// shapeless is a page without its style sheet, its script and their digests,
// which have tests of their own.
func shapeless(page []byte) []byte {
	page = regexp.MustCompile(`(?s)(<style[^>]*>).*?(</style>)`).ReplaceAll(page, []byte("$1…$2"))
	page = regexp.MustCompile(`(?s)(<script[^>]*>).*?(</script>)`).ReplaceAll(page, []byte("$1…$2"))
	return regexp.MustCompile(`sha256-([A-Za-z0-9+/=]|&#43;)+`).ReplaceAll(page, []byte("sha256-…"))
}

func indented(t *testing.T, document []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", "  "); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// holds compares with a golden file.
func holds(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the report reads otherwise (-want +got):\n%s", diff)
	}
}
