package page

import (
	"context"
	"crypto/fips140"
	"fipsguard/internal/independent"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium with one tab.
type browser struct {
	t   testing.TB
	tab context.Context

	mu       sync.Mutex
	requests []string // URLs that the tab asked for
	noises   []string // exceptions, console messages, violations of the policy
}

// open starts a browser that shows a page, served on loopback.
func open(t testing.TB, page []byte) *browser {
	t.Helper()
	b := start(t)
	b.visit(serve(t, page))
	return b
}

// serve serves a page until the test ends.
func serve(t testing.TB, page []byte) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/report" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/report"
}

// start starts a browser with a new user data directory.
func start(t testing.TB) *browser {
	t.Helper()
	binary := independent.Program(t, "chromium", "chromium-browser", "google-chrome")
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(binary), chromedp.UserDataDir(userData(t)), chromedp.NoFirstRun, chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	quiet := chromedp.WithErrorf(func(string, ...any) {}) // events newer than the driver
	tab, closeTab := chromedp.NewContext(allocator, quiet)
	t.Cleanup(closeTab)
	tab, cancel := context.WithTimeout(tab, time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, tab: tab}
	chromedp.ListenTarget(tab, b.hear)
	// The browser is spoken to over a WebSocket, whose handshake hashes with
	// SHA-1; the page's own hashes stay under enforcement.
	fips140.WithoutEnforcement(func() { b.do(network.Enable(), log.Enable(), cdpruntime.Enable()) })
	return b
}

// userData is a new directory. Chromium's helpers go on writing to it for a
// moment after it ended, so that it takes more than one attempt to remove it.
func userData(t testing.TB) string {
	dir, err := os.MkdirTemp("", "evidence-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("the browser's %s could not be removed", dir)
	})
	return dir
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *cdpruntime.EventExceptionThrown:
		b.noises = append(b.noises, e.ExceptionDetails.Error())
	case *cdpruntime.EventConsoleAPICalled:
		b.noises = append(b.noises, "console: "+string(e.Type))
	case *log.EventEntryAdded:
		b.noises = append(b.noises, "log: "+e.Entry.Text)
	}
}

func (b *browser) visit(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.tab, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask evaluates a script in the tab.
func ask[T any](b *browser, script string) T {
	b.t.Helper()
	var answer T
	b.do(chromedp.Evaluate(script, &answer, func(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return answer
}

// show sets the width of the window and the colour scheme.
func (b *browser) show(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

// print shows the page as it is printed on paper of a width.
func (b *browser) print(width int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900), emulation.SetEmulatedMedia().WithMedia("print"))
}

func (b *browser) screenshot() []byte {
	b.t.Helper()
	var png []byte
	b.do(chromedp.FullScreenshot(&png, 100))
	return png
}
