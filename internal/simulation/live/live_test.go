package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/independent/browser"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/live"

	"github.com/chromedp/chromedp"
)

// serve starts an account with the page before it.
func serve(t *testing.T, remote bool) *simulation.Account {
	t.Helper()
	page, err := live.New(remote)
	if err != nil {
		t.Fatal(err)
	}
	a, err := simulation.Serve(t.Context(), "127.0.0.1:0", guard.DefaultPolicy(), evidence.Tool{}, page.Before)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{}, 2)
	for _, run := range []func(context.Context){page.Run, a.AWS.Run} {
		go func() {
			run(ctx)
			ended <- struct{}{}
		}()
	}
	t.Cleanup(func() {
		if err := a.AWS.Close(); err != nil {
			t.Error(err)
		}
		stop()
		<-ended
		<-ended
	})
	return a
}

// turnOff turns FIPS mode off as someone would: with the AWS CLI.
func turnOff(t *testing.T, a *simulation.Account) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), independent.Program(t, "aws"), "ecs", "put-account-setting-default", "--name", "fargateFIPSMode", "--value", "disabled")
	admin := a.People.Admin
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+a.AWS.Endpoint(), "AWS_DEFAULT_REGION="+simulation.Region, "AWS_REGION="+simulation.Region,
		"AWS_ACCESS_KEY_ID="+admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+admin.SecretAccessKey, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// hostile calls AWS with a value that a page might take for its own.
func hostile(t *testing.T, a *simulation.Account) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.AWS.Endpoint(), strings.NewReader(`{"name":"fargateFIPSMode","value":"<img src=x onerror=alert(1)>"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+a.People.Terraform.AccessKeyID+"/20261102/"+simulation.Region+"/ecs/aws4_request, SignedHeaders=host, Signature=0")
	req.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.PutAccountSettingDefault")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}

// wait waits until a script is true in the page.
func wait(t *testing.T, b *browser.Browser, what, script string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !browser.Ask[bool](b, script); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the page never shows that %s:\n%s", what, browser.Ask[string](b, "document.body.innerText"))
		}
	}
}

func press(b *browser.Browser, name string) {
	b.Do(chromedp.Click(`[data-do="`+name+`"]`, chromedp.ByQuery))
}

func shows(text string) string {
	return fmt.Sprintf("document.body.innerText.includes(%q)", text)
}

// TestTheStoryInABrowser: FIPS mode goes off by a client of AWS, and all that
// follows is on the page without a reload, in Chromium, without a word of
// complaint.
func TestTheStoryInABrowser(t *testing.T) {
	b := browser.Start(t)
	a := serve(t, false)
	b.Visit(a.AWS.Endpoint() + "/")
	b.Show(1400, "light")
	wait(t, b, "FIPS mode is on", shows("FIPS mode is on"))
	wait(t, b, "two tasks run", `document.querySelectorAll("#tasks tbody tr .good").length === 2`)
	b.Do(chromedp.Evaluate(`window.wasOff = new Promise(done => new MutationObserver(() => {
		if (document.querySelector("#setting h1").innerText.includes("OFF")) done(true);
	}).observe(document.getElementById("setting"), { childList: true }))`, nil))
	turnOff(t, a)
	if !browser.Ask[bool](b, "window.wasOff") {
		t.Error("the page never showed that FIPS mode was off")
	}
	wait(t, b, "FIPS mode is back on", shows("FIPS mode is on"))
	wait(t, b, "an alert went out", shows("[CRITICAL] FIPS mode was turned off and is back on"))
	if !browser.Ask[bool](b, `[...document.querySelectorAll("#lines li")].some(l => l.innerText.includes("Admin") && l.innerText.includes("PutAccountSettingDefault"))`) {
		t.Error("the call is not in the timeline")
	}
	wait(t, b, "it was off for a while in the chart", `document.querySelectorAll("#chart rect.off").length === 1`)
	b.Do(chromedp.Click("#mails summary", chromedp.ByQuery))
	wait(t, b, "the alert says who it was", shows("role Admin, session jane.doe"))

	hostile(t, a)
	wait(t, b, "a hostile value is shown as it is", shows("<img src=x onerror=alert(1)>"))
	if browser.Ask[bool](b, `document.querySelector("img") !== null`) {
		t.Error("a value became an element of the page")
	}

	press(b, "lose")
	wait(t, b, "the next event will be lost", shows("EventBridge will lose the next event"))
	turnOff(t, a)
	wait(t, b, "the event was lost", shows("lost on its way"))
	look(t, b, "off")
	press(b, "off-ci")
	press(b, "sns")
	wait(t, b, "SNS is broken", shows("No alert can be sent"))
	press(b, "sns")
	wait(t, b, "SNS works", shows("SNS works again"))
	press(b, "off-app")
	wait(t, b, "an override is off", `document.querySelector("#setting").innerText.includes("role/app/checkout")`)
	press(b, "undo-app")
	press(b, "arm64")
	wait(t, b, "the definition was rejected", shows("DeregisterTaskDefinition"))
	press(b, "old-platform")
	wait(t, b, "the task was rejected", shows("StopTask"))
	press(b, "run")
	press(b, "scan")
	wait(t, b, "a scan is done", shows("The scan is done"))
	wait(t, b, "FIPS mode is on after the scan", shows("FIPS mode is on"))
	wait(t, b, "the scan's results are at the tasks", `document.querySelector("#tasks td .m.good, #tasks td:last-child .m") !== null`)
	b.Do(chromedp.Click("#tab-report", chromedp.ByQuery))
	wait(t, b, "the report is in its tab", `document.getElementById("report").contentDocument?.body.innerText.includes("FIPS mode over time") === true`)
	b.Do(chromedp.Click("#tab-live", chromedp.ByQuery))

	look(t, b, "on")
	if noises := b.Noises(); len(noises) > 0 {
		t.Errorf("the browser complained: %q", noises)
	}
	for _, url := range b.Requests() {
		if !strings.HasPrefix(url, a.AWS.Endpoint()+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
}

// look looks at each tab at three widths, light and dark. It keeps pictures in the
// directory LIVE_SCREENSHOTS when that is set: people have to see the page, too.
func look(t *testing.T, b *browser.Browser, name string) {
	t.Helper()
	for _, width := range []int64{375, 800, 1400} {
		for _, scheme := range []string{"light", "dark"} {
			b.Show(width, scheme)
			for _, tab := range []string{"report", "cli", "live"} {
				b.Do(chromedp.Click("#tab-"+tab, chromedp.ByQuery))
				if over := browser.Ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
					t.Errorf("at %d px, %s, %s: the page is %d px too wide", width, scheme, tab, over)
				}
				if sticking := browser.Ask[[]string](b, browser.StickingOut); len(sticking) > 0 {
					t.Errorf("at %d px, %s, %s: out of their boxes: %q", width, scheme, tab, sticking)
				}
				if faint := browser.Ask[[]string](b, browser.FaintTexts); len(faint) > 0 {
					t.Errorf("at %d px, %s, %s: contrast under 4.5 to 1: %q", width, scheme, tab, faint)
				}
				dir := os.Getenv("LIVE_SCREENSHOTS")
				if dir == "" {
					continue
				}
				browser.Ask[bool](b, "new Promise(done => setTimeout(() => done(true), 300))") // until it is drawn
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", name, tab, width, scheme)), b.Screenshot(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b.Show(1400, "light")
}

// request sends a request as a browser or a client of AWS would.
func request(t *testing.T, a *simulation.Account, method, path string, header map[string]string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.AWS.Endpoint()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// TestWhoGetsThePage: browsers on this machine, and nobody by another name.
func TestWhoGetsThePage(t *testing.T) {
	signed := "AWS4-HMAC-SHA256 Credential=" + localaws.Everyone().Admin.AccessKeyID + "/20261102/us-gov-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"
	a, remote := serve(t, false), serve(t, true)
	origin := a.AWS.Endpoint()
	for name, c := range map[string]struct {
		account      *simulation.Account
		method, path string
		header       map[string]string
		status       int
		says         string
	}{
		"a browser":                             {a, "GET", "/", map[string]string{"Accept": "text/html,*/*"}, 200, "<title>fipsguard, live</title>"},
		"by the name of localhost":              {a, "GET", "/", map[string]string{"Accept": "text/html", "Host": "localhost:4566"}, 200, "<title>fipsguard, live</title>"},
		"S3 with a signature":                   {a, "GET", "/", map[string]string{"Accept": "text/html", "Authorization": signed}, 200, "<ListAllMyBucketsResult"},
		"a client that is no browser":           {a, "GET", "/", map[string]string{"Accept": "*/*"}, 403, "<Code>AccessDenied</Code>"},
		"an object of S3":                       {a, "GET", "/evidence/report.json", map[string]string{"Accept": "text/html"}, 403, "<Code>AccessDenied</Code>"},
		"a name that leads here":                {a, "GET", "/", map[string]string{"Accept": "text/html", "Host": "evil.example:4566"}, 421, "127.0.0.1 and localhost only"},
		"a name like localhost":                 {a, "GET", "/", map[string]string{"Accept": "text/html", "Host": "localhost.evil.example"}, 421, "127.0.0.1 and localhost only"},
		"AWS by a name that leads here":         {a, "GET", "/", map[string]string{"Authorization": signed, "Host": "evil.example:4566"}, 421, "127.0.0.1 and localhost only"},
		"a name, where others may call AWS":     {remote, "GET", "/", map[string]string{"Accept": "text/html", "Host": "evil.example:4566"}, 403, "browsers on its own machine"},
		"AWS by a name, where others may":       {remote, "GET", "/", map[string]string{"Authorization": signed, "Host": "aws.example:4566"}, 200, "<ListAllMyBucketsResult"},
		"a button, pressed by the page":         {a, "POST", "/_live/do/lose", map[string]string{"Origin": origin, "Sec-Fetch-Site": "same-origin"}, 200, "will lose the next event"},
		"a button, pressed by another site":     {a, "POST", "/_live/do/off-ci", map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, 403, "only the page itself"},
		"a button, pressed by another port":     {a, "POST", "/_live/do/off-ci", map[string]string{"Origin": "http://127.0.0.1:1"}, 403, "only the page itself"},
		"a button, pressed by nobody knows who": {a, "POST", "/_live/do/off-ci", nil, 403, "only the page itself"},
		"a button as a link":                    {a, "GET", "/_live/do/off-ci", map[string]string{"Origin": origin}, 405, "only POST"},
		"a button that there is not":            {a, "POST", "/_live/do/<b>", map[string]string{"Origin": origin}, 409, "no button"},
		"a path that there is not":              {a, "GET", "/_live/x", nil, 404, "not found"},
		"a report before there is one":          {a, "GET", "/_live/report", nil, 200, "No scan has ended yet"},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := request(t, c.account, c.method, c.path, c.header)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("HTTP %d, want %d with %q: %s", status, c.status, c.says, body)
			}
			if strings.Contains(body, "<title>fipsguard, live") {
				policy := header.Get("Content-Security-Policy")
				if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
					t.Errorf("the policy is %q", policy)
				}
				if strings.Contains(body, " onclick") || strings.Contains(body, " style=") || !strings.Contains(body, localaws.Everyone().Root.AccessKeyID) {
					t.Error("the page has handlers or styles in its elements, or not root's key")
				}
			}
		})
	}
	if !a.Shown().FIPS {
		t.Error("someone turned FIPS mode off all the same")
	}
}

// TestOtherMachinesDoNotGetThePage, also where they may call the account, and say
// that they mean this one.
func TestOtherMachinesDoNotGetThePage(t *testing.T) {
	page, err := live.New(true)
	if err != nil {
		t.Fatal(err)
	}
	for address, status := range map[string]int{"192.0.2.7:4711": http.StatusForbidden, "[2001:db8::7]:4711": http.StatusForbidden, "127.0.0.1:4711": http.StatusOK} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:4566/_live/script.js", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s gets HTTP %d, want %d", address, w.Code, status)
		}
	}
}
