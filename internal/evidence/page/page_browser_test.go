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

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func TestABrowserOpensThePageWithoutErrorsAndLoadsNothingElse(t *testing.T) {
	b := open(t, written(t, sampleDocument()))
	b.show(1400, "light")
	ask[int](b, `document.body.offsetHeight`)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.noises) > 0 {
		t.Errorf("the browser complained: %q", b.noises)
	}
	for _, url := range b.requests {
		if !strings.HasSuffix(url, "/report") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.requests) == 0 {
		t.Error("no request was heard, not even the page's own: the test hears nothing")
	}
}

// TestThePolicyStopsWhatIsNotThePagesOwn is the net under the escaping.
func TestThePolicyStopsWhatIsNotThePagesOwn(t *testing.T) {
	injected := bytes.Replace(written(t, sampleDocument()), []byte("<main>"), []byte(`<main><script>window.injected = true</script>`), 1)
	b := open(t, injected)
	if ask[bool](b, `window.injected === true`) {
		t.Error("a script that is not the page's own ran")
	}
}

func TestNothingSticksOutOfThePageAtAnyWidth(t *testing.T) {
	b := open(t, written(t, sampleDocument()))
	for _, width := range []int64{360, 800, 1400} {
		for _, scheme := range []string{"light", "dark"} {
			b.show(width, scheme)
			if over := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("at %d px, %s: the page is %d px too wide", width, scheme, over)
			}
			if sticking := ask[[]string](b, stickingOut); len(sticking) > 0 {
				t.Errorf("at %d px, %s: out of their boxes: %q", width, scheme, sticking)
			}
			if narrow := ask[[]string](b, squeezed); len(narrow) > 0 {
				t.Errorf("at %d px, %s: squeezed: %q", width, scheme, narrow)
			}
		}
	}
}

// stickingOut lists elements whose content is wider than they are. What
// scrolls in its own frame, and what is for screen readers only, may be.
const stickingOut = `[...document.body.querySelectorAll("*:not(svg *):not(.unseen):not(.skip):not(.unseen *)")].filter(e => {
  const style = getComputedStyle(e);
  if (style.display === "inline" || ["auto", "scroll"].includes(style.overflowX)) return false;
  return e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1;
}).slice(0, 5).map(e => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.slice(0, 60))`

// squeezed lists cells that are too narrow for their words.
const squeezed = `[...document.querySelectorAll("th, td")].filter(c => {
  const style = getComputedStyle(c);
  return c.clientWidth > 1 && c.textContent.length > 3 && c.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) < 30;
}).slice(0, 5).map(c => c.textContent.slice(0, 60))`

func TestEveryTextIsReadableOnItsBackground(t *testing.T) {
	b := open(t, written(t, sampleDocument()))
	for _, scheme := range []string{"light", "dark"} {
		b.show(1400, scheme)
		if faint := ask[[]string](b, faintTexts); len(faint) > 0 {
			t.Errorf("%s: contrast under 4.5 to 1: %q", scheme, faint)
		}
	}
}

// faintTexts lists texts whose contrast is under WCAG's 4.5 to 1. Text in the
// picture stands on the card, or on a bar of its group.
const faintTexts = `(() => {
  const parse = text => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const under = e => {
    const bar = e.closest("g")?.querySelector("rect");
    if (bar) return parse(getComputedStyle(bar).fill);
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE", "title"].includes(e.tagName)) continue;
    const ink = parse(getComputedStyle(e)[e.closest("svg") ? "fill" : "color"]);
    const [a, b] = [light(ink), light(under(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.add(e.tagName + "." + e.getAttribute("class") + " " + ratio.toFixed(2) + " " + walker.currentNode.data.slice(0, 30));
  }
  return [...faint].slice(0, 10);
})()`

// TestThePageIsDrawn keeps the pictures in the directory EVIDENCE_SCREENSHOTS
// when it is set: people have to see the page, too.
func TestThePageIsDrawn(t *testing.T) {
	b := open(t, written(t, sampleDocument()))
	paper := map[string]color.Color{}
	for _, view := range []struct {
		width  int64
		scheme string
	}{{1400, "light"}, {1400, "dark"}, {800, "light"}, {800, "dark"}, {375, "light"}, {375, "dark"}} {
		b.show(view.width, view.scheme)
		shot := b.screenshot()
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
		b.print(700)
		if err := os.WriteFile(filepath.Join(dir, "page-print.png"), b.screenshot(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if paper["light"] == paper["dark"] {
		t.Error("the dark page is as light as the light one")
	}
}

// TestTheKernelsAnswerIsSeenAt800Pixels without scrolling sideways.
func TestTheKernelsAnswerIsSeenAt800Pixels(t *testing.T) {
	b := open(t, written(t, sampleDocument()))
	b.show(800, "light")
	if hidden := ask[int](b, `[...document.querySelectorAll(".tasks td:nth-child(2) code")].filter(c => c.getBoundingClientRect().right > 800).length`); hidden > 0 {
		t.Errorf("%d answers are to the right of the window", hidden)
	}
	if n := ask[int](b, `document.querySelectorAll(".tasks td:nth-child(2) code").length`); n == 0 {
		t.Error("no answer was found: the test tests nothing")
	}
}

// TestACommandIsCopiedAsItIs: where the browser does not let the page write to
// the clipboard, it is marked.
func TestACommandIsCopiedAsItIs(t *testing.T) {
	d := sampleDocument()
	b := open(t, written(t, d))
	b.show(1400, "light")
	b.do(chromedp.Click(".command button", chromedp.ByQuery))
	got := ask[string](b, `new Promise(done => setTimeout(async () => done(getSelection().toString() || await navigator.clipboard.readText().catch(() => "")), 100))`)
	if said := ask[string](b, `document.querySelector(".command button").textContent`); said != "Copied" && said != "Marked" {
		t.Errorf("the button says %q", said)
	}
	if want := commandOf(d); got != "" && got != want {
		t.Errorf("the copy is %q, the command %q", got, want)
	}
	if shown := ask[string](b, `document.querySelector(".command code").textContent`); shown != commandOf(d) {
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
	b := open(t, written(t, sampleDocument()))
	for _, width := range []int64{1400, 375} {
		for _, scheme := range []string{"light", "dark"} {
			b.show(width, scheme)
			b.do(chromedp.Evaluate(string(axe), nil))
			for _, found := range ask[[]string](b, `axe.run().then(r => r.violations.map(v => v.impact + " " + v.id + ": " + v.help + " (" + v.nodes.length + ", " + v.nodes[0].html.slice(0, 120) + ")"))`) {
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
	b := open(t, written(t, sampleDocument()))
	b.show(360, "light")
	if width := ask[float64](b, `Math.min(...[...document.querySelectorAll("rect.off")].map(r => r.getBoundingClientRect().width))`); width < 3 {
		t.Errorf("40 seconds off in a month are %.1f px wide", width)
	}
	if title := ask[string](b, `document.querySelector("rect.off").parentElement.querySelector("title").textContent`); !strings.Contains(title, "PutAccountSettingDefault by role Admin, session jane.doe") {
		t.Errorf("the bar does not say who turned FIPS mode off: %q", title)
	}
}

const visibleTasks = `[...document.querySelectorAll(".tasks tbody tr")].filter(r => r.getClientRects().length > 0)`

func TestFiltersAndSearchShowTheTasksAskedFor(t *testing.T) {
	d := sampleDocument()
	b := open(t, written(t, d))
	b.show(1400, "light")
	shown := func() int { t.Helper(); return ask[int](b, visibleTasks+".length") }
	if n := shown(); n != len(d.Tasks) {
		t.Errorf("before any filter %d of %d tasks are shown", n, len(d.Tasks))
	}
	press := func(kind string) { t.Helper(); b.do(chromedp.Click(`button[data-kind="`+kind+`"]`, chromedp.ByQuery)) }
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
	b.do(chromedp.SendKeys("#search", wanted.ARN, chromedp.ByQuery))
	if ids := ask[[]string](b, visibleTasks+`.map(r => r.querySelector("th").textContent)`); len(ids) != 1 || ids[0] != lastPart(wanted.ARN) {
		t.Errorf("the search for the ARN %s shows %q", wanted.ARN, ids)
	}
	if said := ask[string](b, `document.getElementById("shown").textContent`); said != fmt.Sprintf("1 of %d tasks shown", len(d.Tasks)) {
		t.Errorf("the page says %q", said)
	}
}

func TestHostileNamesStayTextInTheBrowser(t *testing.T) {
	b := start(t)
	alerts := make(chan string, 10)
	chromedp.ListenTarget(b.tab, func(event any) {
		if e, ok := event.(*cdppage.EventJavascriptDialogOpening); ok {
			alerts <- e.Message
			go func() { _ = chromedp.Run(b.tab, cdppage.HandleJavaScriptDialog(true)) }()
		}
	})
	b.visit(serve(t, written(t, sampleDocument())))
	for _, element := range []string{"img", "main script", "[onload]", "[onerror]", "iframe", "body style"} {
		if n := ask[int](b, fmt.Sprintf(`document.querySelectorAll(%q).length`, element)); n > 0 {
			t.Errorf("a name became %d elements %s", n, element)
		}
	}
	if !ask[bool](b, `[...document.querySelectorAll(".tasks td")].some(c => c.textContent.includes('</script><img src=x onerror=alert(1)>'))`) {
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
	b := start(t)
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.visit(serve(t, written(t, d)))
	if n := ask[int](b, visibleTasks+".length"); n != len(d.Tasks) {
		t.Errorf("%d of %d tasks are shown", n, len(d.Tasks))
	}
	if ask[bool](b, `document.getElementById("controls").getClientRects().length > 0`) {
		t.Error("the page shows buttons that do nothing")
	}
}

func TestThePagePrintsWithEveryTaskWhateverIsFiltered(t *testing.T) {
	d := sampleDocument()
	b := open(t, written(t, d))
	b.show(1400, "light")
	b.do(chromedp.Click(`button[data-kind="not checked yet"]`, chromedp.ByQuery))
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdppage.PrintToPDF().Do(ctx)
		return err
	}))
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 20_000 {
		t.Errorf("the print has %d bytes", len(pdf))
	}
	b.print(600)
	if n := ask[int](b, visibleTasks+".length"); n != len(d.Tasks) {
		t.Errorf("%d of %d tasks are printed", n, len(d.Tasks))
	}
	if ask[bool](b, `document.getElementById("controls").getClientRects().length > 0`) {
		t.Error("the filter buttons are printed")
	}
	if over := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the print is %d px too wide", over)
	}
	if sticking := ask[[]string](b, stickingOut); len(sticking) > 0 {
		t.Errorf("in print out of their boxes: %q", sticking)
	}
	if narrow := ask[[]string](b, squeezed); len(narrow) > 0 {
		t.Errorf("in print squeezed: %q", narrow)
	}
}

// BenchmarkOpenPage opens the page of 5,000 tasks in Chromium: from the
// navigation to the load event and the first paint, of which layout is a part.
func BenchmarkOpenPage(b *testing.B) {
	opened := page5000(b)
	url := serve(b, opened)
	tab := start(b)
	var total float64
	for b.Loop() {
		tab.visit(url)
		total += ask[float64](tab, `new Promise(done => new PerformanceObserver(list => done(Math.max(
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
