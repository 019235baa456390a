package stories_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/independent/browser"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/stories"
)

// told are the stories of some scenarios, and one that did not end as it should.
func told(t *testing.T, names ...string) []simulation.Story {
	t.Helper()
	scenarios, err := simulation.Choose(names)
	if err != nil {
		t.Fatal(err)
	}
	var all []simulation.Story
	for _, s := range scenarios {
		result, err := s.Run(t.Context(), simulation.Options{Now: func() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, simulation.Story{Scenario: s, Result: result})
	}
	failed := simulation.Story{Scenario: simulation.Scenario{Name: "failed", Story: "A <script>alert(1)</script> story."}}
	failed.Unmet = []string{"failed.txt:3: Expect one alert. Instead, there are 0."}
	failed.Conclusion = "All is well."
	return append(all, failed)
}

func written(t *testing.T, all []simulation.Story) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := stories.Write(&page, all); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestThePageSaysWhatBecameOfEachScenario(t *testing.T) {
	page := string(written(t, told(t, "default-off")))
	for _, want := range []string{
		"1 of 2 scenarios ended as expected", "Back on 1.304 s after it went off", "PutAccountSettingDefault", "session jane.doe",
		"not as expected", "Instead, there are 0.", "A &lt;script&gt;alert(1)&lt;/script&gt; story.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "All is well.") {
		t.Error("the page concludes what did not happen")
	}
}

// TestAStoryOfAThousandLinesIsBounded: the page says how many it leaves out.
func TestAStoryOfAThousandLinesIsBounded(t *testing.T) {
	long := told(t, "default-off")[:1]
	for range 1000 {
		long[0].Activities = append(long[0].Activities, long[0].Activities[0])
	}
	page := string(written(t, long))
	if n := strings.Count(page, "<li"); n > 400 || !strings.Contains(page, "more lines, which simulate --format json has") {
		t.Errorf("%d lines are on the page", n)
	}
}

func TestThePageInABrowser(t *testing.T) {
	b := browser.Open(t, written(t, told(t, "default-off", "lost-event", "bad-service")))
	for _, width := range []int64{375, 800, 1400} {
		for _, scheme := range []string{"light", "dark"} {
			b.Show(width, scheme)
			if over := browser.Ask[int](b, `document.querySelectorAll("details").forEach(d => d.open = true), document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("at %d px, %s: the page is %d px too wide", width, scheme, over)
			}
			if sticking := browser.Ask[[]string](b, browser.StickingOut); len(sticking) > 0 {
				t.Errorf("at %d px, %s: out of their boxes: %q", width, scheme, sticking)
			}
			if faint := browser.Ask[[]string](b, browser.FaintTexts); len(faint) > 0 {
				t.Errorf("at %d px, %s: contrast under 4.5 to 1: %q", width, scheme, faint)
			}
			browser.Ask[bool](b, `document.querySelectorAll("details").forEach(d => d.open = false), true`)
			if dir := os.Getenv("LIVE_SCREENSHOTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "stories-"+scheme+"-"+map[int64]string{375: "375", 800: "800", 1400: "1400"}[width]+".png"), b.Screenshot(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if noises := b.Noises(); len(noises) > 0 {
		t.Errorf("the browser complained: %q", noises)
	}
}
