package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

func page5000(t testing.TB) []byte {
	t.Helper()
	return written(t, largeDocument(5000))
}

func written(t testing.TB, d evidence.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// words are a page's texts, as a reader sees them.
func words(page []byte) string {
	text := regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<[^>]*>`).ReplaceAllString(string(page), " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func TestThePageOfFiveThousandTasksStaysUnderThreeMegabytes(t *testing.T) {
	for what, d := range map[string]evidence.Document{"mostly of FIPS on": largeDocument(5000), "all of FIPS off and exposed": dismalDocument(5000)} {
		if size := len(written(t, d)); size > 3_000_000 {
			t.Errorf("the page of tasks %s has %d bytes", what, size)
		}
	}
}

func TestThePageSaysWhatTheDocumentSays(t *testing.T) {
	d := sampleDocument()
	said := words(written(t, d))
	for what, want := range map[string]string{
		"the summary":               evidence.Summary(d),
		"the account":               d.Account,
		"the Region":                d.Region,
		"when it was scanned":       "2026-11-23 06:00:12 to 06:01:46 UTC",
		"the predecessor's hash":    d.Predecessor.SHA256,
		"the tool":                  "fipsguard 0.4.0",
		"the module":                "version v1.0.0, running in FIPS mode",
		"the status":                "NON_COMPLIANT",
		"how much was scanned":      "Only 2 clusters were scanned",
		"a cluster scanned":         d.Scope.Clusters[1],
		"who turned FIPS mode off":  "PutAccountSettingDefault by role Admin, session jane.doe",
		"the event":                 d.Timelines[0].Spans[1].EventID,
		"how long it was off":       fmt.Sprintf("OFF 40 s · %d running tasks launched then", d.Timelines[0].Spans[1].Launched),
		"why a mode is unknown":     d.Timelines[0].Spans[0].Reason,
		"the override's principal":  d.Timelines[1].Principal,
		"a raw answer":              `"0\r\n" app at 2026-11-23 06:00:12`,
		"a strange answer":          `"<b>1</b>\u202e\x1b[2J"`,
		"why there is no answer":    "ECS Exec is not enabled for the task",
		"a remedy":                  d.Claims[0].Remedy,
		"a reason":                  d.Claims[0].Reason,
		"a command":                 d.Outcomes[1].Command,
		"a refusal":                 "refused by AWS",
		"what the chart leaves out": "Not in the chart: 1 running task launched at an unknown time.",
		"where the chart begins":    "The chart begins at 2026-10-27 13:49:32, shortly before the first change or launch.",
		"what passed":               d.Claims[len(d.Claims)-1].Reason,
		"a limit":                   d.Limits[0],
	} {
		if !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("the page does not say %s: %q", what, want)
		}
	}
}

func TestThePageSpeaksOfEveryTaskAndFinding(t *testing.T) {
	d := largeDocument(1000)
	said := words(written(t, d))
	for _, task := range d.Tasks {
		if !strings.Contains(said, " "+lastPart(task.ARN)+" ") {
			t.Fatalf("the page has no task %s", task.ARN)
		}
	}
	for _, f := range d.Claims {
		if !strings.Contains(said, f.Reason) {
			t.Fatalf("the page has no finding %q", f.Reason)
		}
	}
}

func TestAVerdictIsNoMoreThanWhatWasObserved(t *testing.T) {
	for status, want := range map[guard.Verdict]string{
		guard.Compliant:        "✓ No violations found, and nothing is unknown",
		guard.NonCompliant:     "✗ Violations found",
		guard.InsufficientData: "? Some results are unknown",
		guard.NotApplicable:    "– Nothing that the rules apply to was found",
	} {
		d := sampleDocument()
		d.Status = status
		if said := words(written(t, d)); !strings.Contains(said, want) {
			t.Errorf("the page of a scan that is %s does not say %q", status, want)
		}
	}
	said := strings.ToLower(words(written(t, sampleDocument())))
	for _, claim := range []string{"fully compliant", "certificate number", "cmvp #", "is compliant with", "guarantee", "140-2", "140-3"} {
		if strings.Contains(said, claim) {
			t.Errorf("the page claims %q", claim)
		}
	}
}

func TestTheEmptyDocumentPassesNothing(t *testing.T) {
	said := words(written(t, evidence.Document{}))
	for _, want := range []string{"? Some results are unknown", "No history of the setting was read.", "No running tasks were found on Fargate or Managed Instances.", "The guard fixed nothing in this scan.", "not a frozen version, not running in FIPS mode", "none: this report stands by itself", "not signed"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page of an empty document does not say %q", want)
		}
	}
	if strings.Contains(said, "✓ No violations") {
		t.Error("the page of an empty document passes it")
	}
}

func TestHostileNamesStayText(t *testing.T) {
	page := string(written(t, sampleDocument()))
	for _, bad := range []string{"<img", "<svg onload", "<script>alert", "\u202e", "\x00", "\x1b", strings.Repeat("long", 200)} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %.40q", bad)
		}
	}
	if n := strings.Count(page, "</script>"); n != 1 {
		t.Errorf("%d ends of scripts: a name ends the page's own", n)
	}
	if !strings.Contains(page, "(cut: 10000 characters in all)") {
		t.Error("the page does not say that it cut a long name")
	}
}

func TestThePageNeedsNothingFromElsewhere(t *testing.T) {
	page := string(written(t, sampleDocument()))
	for _, reference := range regexp.MustCompile(`(?i)\s(?:src|href|action|data|poster|srcset)="([^"]*)"|url\(|@import`).FindAllStringSubmatch(page, -1) {
		if target := reference[1]; !strings.HasPrefix(target, "#") && target != "data:," {
			t.Errorf("the page refers to %q", reference[0])
		}
	}
	if style := regexp.MustCompile(`<[a-z](?:[^>"]|"[^"]*")*\s(style|on[a-z]+)=`).FindString(page); style != "" {
		t.Errorf("the policy forbids the attribute in %q", style)
	}
}

func TestThePolicyNamesThePagesOwnStyleAndScript(t *testing.T) {
	page := string(written(t, sampleDocument()))
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		source := regexp.MustCompile(`(?s)<` + tag + `>(.*?)</` + tag + `>`).FindStringSubmatch(page)[1]
		if want := directive + " '" + sourceHash(source) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy %q does not contain %q", policy, want)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q does not contain %q", policy, want)
		}
	}
}

func TestHeadingsGoDownOneLevelAtATime(t *testing.T) {
	level := 0
	for _, found := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(string(written(t, sampleDocument())), -1) {
		next := int(found[1][0] - '0')
		if next > level+1 {
			t.Errorf("a heading of level %d follows one of level %d", next, level)
		}
		level = next
	}
}

func TestEveryTableHasACaptionAndEveryIDIsOne(t *testing.T) {
	page := string(written(t, sampleDocument()))
	if tables, captions := strings.Count(page, "<table"), strings.Count(page, "<caption"); tables == 0 || tables != captions {
		t.Errorf("%d tables have %d captions", tables, captions)
	}
	seen := map[string]bool{}
	for _, id := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if seen[id[1]] {
			t.Errorf("two elements are called %q", id[1])
		}
		seen[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !seen[link[1]] {
			t.Errorf("a link leads to %q, which does not exist", link[1])
		}
	}
}

func TestARuleOfManyFindingsIsExplainedOnce(t *testing.T) {
	said := words(page5000(t))
	rule, _ := guard.RuleOf(guard.TaskExposed)
	if n := strings.Count(said, rule.Requirement); n != 1 {
		t.Errorf("the requirement is said %d times", n)
	}
}

// TestEachRemedyIsOnThePage: the commands against two overrides name two
// principals.
func TestEachRemedyIsOnThePage(t *testing.T) {
	d := sampleDocument()
	for _, role := range []string{"role/One", "role/Two"} {
		d.Claims = append(d.Claims, evidence.Claim{Rule: guard.FIPSModeOverride, Result: evidence.NonCompliant, Severity: guard.High, Subject: role, Remedy: "run it for " + role})
	}
	said := words(written(t, d))
	for _, remedy := range []string{"run it for role/One", "run it for role/Two"} {
		if !strings.Contains(said, remedy) {
			t.Errorf("the page does not say %q", remedy)
		}
	}
}

func TestTheSameDocumentIsTheSamePage(t *testing.T) {
	d := sampleDocument()
	before, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written(t, d), written(t, d)) {
		t.Error("two pages of one document differ")
	}
	if after, _ := json.Marshal(d); !bytes.Equal(before, after) {
		t.Error("writing the page changed the document")
	}
}
