// Package browser is a headless Chromium, for tests of pages.
package browser

import (
	"context"
	"crypto/fips140"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/independent"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a headless Chromium with one tab.
type Browser struct {
	Tab context.Context
	t   testing.TB

	mu       sync.Mutex
	requests []string
	noises   []string
}

// Requests are the URLs that the tab asked for.
func (b *Browser) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Noises are exceptions, console messages, and violations of a page's policy.
func (b *Browser) Noises() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.noises)
}

// Open starts a browser that shows a page, served on loopback.
func Open(t testing.TB, page []byte) *Browser {
	t.Helper()
	b := Start(t)
	b.Visit(Serve(t, page))
	return b
}

// Serve serves a page until the test ends.
func Serve(t testing.TB, page []byte) (url string) {
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

// Start starts a browser with a new user data directory.
func Start(t testing.TB) *Browser {
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
	b := &Browser{t: t, Tab: tab}
	chromedp.ListenTarget(tab, b.hear)
	// The browser is spoken to over a WebSocket, whose handshake hashes with
	// SHA-1; the page's own hashes stay under enforcement.
	fips140.WithoutEnforcement(func() { b.Do(network.Enable(), log.Enable(), cdpruntime.Enable()) })
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

func (b *Browser) hear(event any) {
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

// Visit goes to a page.
func (b *Browser) Visit(url string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(url))
}

// Do does something in the tab.
func (b *Browser) Do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.Tab, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// Ask evaluates a script in the tab.
func Ask[T any](b *Browser, script string) T {
	b.t.Helper()
	var answer T
	b.Do(chromedp.Evaluate(script, &answer, func(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return answer
}

// Show sets the width of the window and the colour scheme.
func (b *Browser) Show(width int64, scheme string) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

// Print shows the page as it is printed on paper of a width.
func (b *Browser) Print(width int64) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, 900), emulation.SetEmulatedMedia().WithMedia("print"))
}

// Screenshot is the whole page as PNG.
func (b *Browser) Screenshot() []byte {
	b.t.Helper()
	var png []byte
	b.Do(chromedp.FullScreenshot(&png, 100))
	return png
}
