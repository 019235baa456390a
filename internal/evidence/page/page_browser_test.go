package page

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/independent/browser"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func TestABrowserOpensThePageWithoutErrorsAndLoadsNothingElse(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	b.Show(1400, "light")
	browser.Ask[int](b, `document.body.offsetHeight`)
	if noises := b.Noises(); len(noises) > 0 {
		t.Errorf("the browser complained: %q", noises)
	}
	for _, url := range b.Requests() {
		if !strings.HasSuffix(url, "/report") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.Requests()) == 0 {
		t.Error("no request was heard, not even the page's own: the test hears nothing")
	}
}

// TestThePolicyStopsWhatIsNotThePagesOwn is the net under the escaping.
func TestThePolicyStopsWhatIsNotThePagesOwn(t *testing.T) {
	injected := bytes.Replace(written(t, sampleDocument()), []byte("<main>"), []byte(`<main><script>window.injected = true</script>`), 1)
	b := browser.Open(t, injected)
	if browser.Ask[bool](b, `window.injected === true`) {
		t.Error("a script that is not the page's own ran")
	}
}

func TestNothingSticksOutOfThePageAtAnyWidth(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	for _, width := range []int64{360, 800, 1400} {
		for _, scheme := range []string{"light", "dark"} {
			b.Show(width, scheme)
			if over := browser.Ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("at %d px, %s: the page is %d px too wide", width, scheme, over)
			}
			if sticking := browser.Ask[[]string](b, browser.StickingOut); len(sticking) > 0 {
				t.Errorf("at %d px, %s: out of their boxes: %q", width, scheme, sticking)
			}
			if narrow := browser.Ask[[]string](b, browser.Squeezed); len(narrow) > 0 {
				t.Errorf("at %d px, %s: browser.Squeezed: %q", width, scheme, narrow)
			}
		}
	}
}

func TestEveryTextIsReadableOnItsBackground(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	for _, scheme := range []string{"light", "dark"} {
		b.Show(1400, scheme)
		if faint := browser.Ask[[]string](b, browser.FaintTexts); len(faint) > 0 {
			t.Errorf("%s: contrast under 4.5 to 1: %q", scheme, faint)
		}
	}
}

// TestThePageIsDrawn keeps the pictures in the directory EVIDENCE_SCREENSHOTS
// when it is set: people have to see the page, too.
func TestThePageIsDrawn(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	paper := map[string]color.Color{}
	for _, view := range []struct {
		width  int64
		scheme string
	}{{1400, "light"}, {1400, "dark"}, {800, "light"}, {800, "dark"}, {375, "light"}, {375, "dark"}} {
		b.Show(view.width, view.scheme)
		shot := b.Screenshot()
		if dir := os.Getenv("EVIDENCE_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("page-%d-%s.png", view.width, view.scheme)), shot, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		picture, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		colours := map[color.Color]bool{}
		for y := 0; y < min(picture.Bounds().Dy(), 1200); y += 2 {
			for x := 0; x < picture.Bounds().Dx(); x += 2 {
				colours[picture.At(x, y)] = true
			}
		}
		if len(colours) < 30 {
			t.Errorf("at %d px, %s, the page has only %d colours: it is all but blank", view.width, view.scheme, len(colours))
		}
		paper[view.scheme] = picture.At(2, 2)
	}
	if dir := os.Getenv("EVIDENCE_SCREENSHOTS"); dir != "" {
		b.Print(700)
		if err := os.WriteFile(filepath.Join(dir, "page-print.png"), b.Screenshot(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if paper["light"] == paper["dark"] {
		t.Error("the dark page is as light as the light one")
	}
}

// TestTheKernelsAnswerIsSeenAt800Pixels without scrolling sideways.
func TestTheKernelsAnswerIsSeenAt800Pixels(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	b.Show(800, "light")
	if hidden := browser.Ask[int](b, `[...document.querySelectorAll(".tasks td:nth-child(2) code")].filter(c => c.getBoundingClientRect().right > 800).length`); hidden > 0 {
		t.Errorf("%d answers are to the right of the window", hidden)
	}
	if n := browser.Ask[int](b, `document.querySelectorAll(".tasks td:nth-child(2) code").length`); n == 0 {
		t.Error("no answer was found: the test tests nothing")
	}
}

// TestACommandIsCopiedAsItIs: where the browser does not let the page write to
// the clipboard, it is marked.
func TestACommandIsCopiedAsItIs(t *testing.T) {
	d := sampleDocument()
	b := browser.Open(t, written(t, d))
	b.Show(1400, "light")
	b.Do(chromedp.Click(".command button", chromedp.ByQuery))
	got := browser.Ask[string](b, `new Promise(done => setTimeout(async () => done(getSelection().toString() || await navigator.clipboard.readText().catch(() => "")), 100))`)
	if said := browser.Ask[string](b, `document.querySelector(".command button").textContent`); said != "Copied" && said != "Marked" {
		t.Errorf("the button says %q", said)
	}
	if want := commandOf(d); got != "" && got != want {
		t.Errorf("the copy is %q, the command %q", got, want)
	}
	if shown := browser.Ask[string](b, `document.querySelector(".command code").textContent`); shown != commandOf(d) {
		t.Errorf("the page shows %q", shown)
	}
}

// commandOf is the first command that a person may run.
func commandOf(d evidence.Document) string {
	for _, c := range d.Claims {
		if c.Open() && c.Command != "" {
			return c.Command
		}
	}
	return ""
}

// axeFolder names the environment variable with a folder in which axe-core is
// installed: npm install --prefix DIR axe-core@4.14.1.
const axeFolder = "FIPSGUARD_AXE"

// TestAxeFindsNothingSerious holds the page against the rules for people who
// cannot see it, or see it otherwise.
func TestAxeFindsNothingSerious(t *testing.T) {
	folder := os.Getenv(axeFolder)
	if folder == "" {
		t.Skipf("%s names no folder with axe-core", axeFolder)
	}
	axe, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := browser.Open(t, written(t, sampleDocument()))
	for _, width := range []int64{1400, 375} {
		for _, scheme := range []string{"light", "dark"} {
			b.Show(width, scheme)
			b.Do(chromedp.Evaluate(string(axe), nil))
			for _, found := range browser.Ask[[]string](b, `axe.run().then(r => r.violations.map(v => v.impact + " " + v.id + ": " + v.help + " (" + v.nodes.length + ", " + v.nodes[0].html.slice(0, 120) + ")"))`) {
				if strings.HasPrefix(found, "serious") || strings.HasPrefix(found, "critical") {
					t.Errorf("at %d px, %s: %s", width, scheme, found)
				} else {
					t.Logf("at %d px, %s: %s", width, scheme, found)
				}
			}
		}
	}
}

func TestTheSmallestTimeOffIsSeenInThePicture(t *testing.T) {
	b := browser.Open(t, written(t, sampleDocument()))
	b.Show(360, "light")
	if width := browser.Ask[float64](b, `Math.min(...[...document.querySelectorAll("rect.off")].map(r => r.getBoundingClientRect().width))`); width < 3 {
		t.Errorf("40 seconds off in a month are %.1f px wide", width)
	}
	if title := browser.Ask[string](b, `document.querySelector("rect.off").parentElement.querySelector("title").textContent`); !strings.Contains(title, "PutAccountSettingDefault by role Admin, session jane.doe") {
		t.Errorf("the bar does not say who turned FIPS mode off: %q", title)
	}
}

const visibleTasks = `[...document.querySelectorAll(".tasks tbody tr")].filter(r => r.getClientRects().length > 0)`

func TestFiltersAndSearchShowTheTasksAskedFor(t *testing.T) {
	d := sampleDocument()
	b := browser.Open(t, written(t, d))
	b.Show(1400, "light")
	shown := func() int { t.Helper(); return browser.Ask[int](b, visibleTasks+".length") }
	if n := shown(); n != len(d.Tasks) {
		t.Errorf("before any filter %d of %d tasks are shown", n, len(d.Tasks))
	}
	press := func(kind string) { t.Helper(); b.Do(chromedp.Click(`button[data-kind="`+kind+`"]`, chromedp.ByQuery)) }
	press(evidence.KernelOff)
	if n := shown(); n != d.Kernels.Off {
		t.Errorf("the filter of tasks with FIPS off shows %d, there are %d", n, d.Kernels.Off)
	}
	press(evidence.NotCheckedYet)
	if n := shown(); n != d.Kernels.NotCheckedYet {
		t.Errorf("the filter of tasks not checked yet shows %d, there are %d", n, d.Kernels.NotCheckedYet)
	}
	press("")
	wanted := d.Tasks[4]
	b.Do(chromedp.SendKeys("#search", wanted.ARN, chromedp.ByQuery))
	if ids := browser.Ask[[]string](b, visibleTasks+`.map(r => r.querySelector("th").textContent)`); len(ids) != 1 || ids[0] != lastPart(wanted.ARN) {
		t.Errorf("the search for the ARN %s shows %q", wanted.ARN, ids)
	}
	if said := browser.Ask[string](b, `document.getElementById("shown").textContent`); said != fmt.Sprintf("1 of %d tasks shown", len(d.Tasks)) {
		t.Errorf("the page says %q", said)
	}
}

func TestHostileNamesStayTextInTheBrowser(t *testing.T) {
	b := browser.Start(t)
	alerts := make(chan string, 10)
	chromedp.ListenTarget(b.Tab, func(event any) {
		if e, ok := event.(*cdppage.EventJavascriptDialogOpening); ok {
			alerts <- e.Message
			go func() { _ = chromedp.Run(b.Tab, cdppage.HandleJavaScriptDialog(true)) }()
		}
	})
	b.Visit(browser.Serve(t, written(t, sampleDocument())))
	for _, element := range []string{"img", "main script", "[onload]", "[onerror]", "iframe", "body style"} {
		if n := browser.Ask[int](b, fmt.Sprintf(`document.querySelectorAll(%q).length`, element)); n > 0 {
			t.Errorf("a name became %d elements %s", n, element)
		}
	}
	if !browser.Ask[bool](b, `[...document.querySelectorAll(".tasks td")].some(c => c.textContent.includes('</script><img src=x onerror=alert(1)>'))`) {
		t.Error("the hostile name is not shown as it is")
	}
	select {
	case message := <-alerts:
		t.Errorf("a name ran as a script: alert %s", message)
	default:
	}
}

func TestThePageWithoutJavaScriptShowsEverything(t *testing.T) {
	d := sampleDocument()
	b := browser.Start(t)
	b.Do(emulation.SetScriptExecutionDisabled(true))
	b.Visit(browser.Serve(t, written(t, d)))
	if n := browser.Ask[int](b, visibleTasks+".length"); n != len(d.Tasks) {
		t.Errorf("%d of %d tasks are shown", n, len(d.Tasks))
	}
	if browser.Ask[bool](b, `document.getElementById("controls").getClientRects().length > 0`) {
		t.Error("the page shows buttons that do nothing")
	}
}

func TestThePagePrintsWithEveryTaskWhateverIsFiltered(t *testing.T) {
	d := sampleDocument()
	b := browser.Open(t, written(t, d))
	b.Show(1400, "light")
	b.Do(chromedp.Click(`button[data-kind="not checked yet"]`, chromedp.ByQuery))
	var pdf []byte
	b.Do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdppage.PrintToPDF().Do(ctx)
		return err
	}))
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 20_000 {
		t.Errorf("the print has %d bytes", len(pdf))
	}
	b.Print(600)
	if n := browser.Ask[int](b, visibleTasks+".length"); n != len(d.Tasks) {
		t.Errorf("%d of %d tasks are printed", n, len(d.Tasks))
	}
	if browser.Ask[bool](b, `document.getElementById("controls").getClientRects().length > 0`) {
		t.Error("the filter buttons are printed")
	}
	if over := browser.Ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the print is %d px too wide", over)
	}
	if sticking := browser.Ask[[]string](b, browser.StickingOut); len(sticking) > 0 {
		t.Errorf("in print out of their boxes: %q", sticking)
	}
	if narrow := browser.Ask[[]string](b, browser.Squeezed); len(narrow) > 0 {
		t.Errorf("in print browser.Squeezed: %q", narrow)
	}
}

// BenchmarkOpenPage opens the page of 5,000 tasks in Chromium: from the
// navigation to the load event and the first paint, of which layout is a part.
func BenchmarkOpenPage(b *testing.B) {
	opened := page5000(b)
	url := browser.Serve(b, opened)
	tab := browser.Start(b)
	var total float64
	for b.Loop() {
		tab.Visit(url)
		total += browser.Ask[float64](tab, `new Promise(done => new PerformanceObserver(list => done(Math.max(
			performance.getEntriesByType("navigation")[0].loadEventEnd, list.getEntries().at(-1).startTime))).observe({type: "paint", buffered: true}))`)
	}
	b.ReportMetric(float64(len(opened)), "page-bytes")
	b.ReportMetric(total/float64(b.N), "ms-to-open")
}

// BenchmarkWritePage renders the page of 5,000 tasks.
func BenchmarkWritePage(b *testing.B) {
	d := largeDocument(5000)
	for b.Loop() {
		written(b, d)
	}
}
