package live

import (
	"bytes"
	"context"
	_ "embed" // the page
	"net"
	"net/http"
	"strings"

	evidencepage "fipsguard/internal/evidence/page"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/stories"
)

var (
	//go:embed live.html
	markup string
	//go:embed live.css
	style string
	//go:embed live.js
	script string
)

// prefix is that of the page's own paths. No bucket of S3 can have such a name.
const prefix = "/_live/"

// Server answers browsers, and leaves all else to the account.
type Server struct {
	account *simulation.Account
	aws     http.Handler
	remote  bool
	record  *record
	disturb *disturbances
	views   *views
	streams chan struct{} // one for each that is open
}

// mostStreams bounds the browsers that watch.
const mostStreams = 16

// New makes a page. Whether other machines may call the account does not matter
// to it: they never get it.
func New(remote bool) (*Server, error) {
	v, err := newViews()
	if err != nil {
		return nil, err
	}
	return &Server{remote: remote, views: v, streams: make(chan struct{}, mostStreams)}, nil
}

// Before puts the page before an account, once.
func (s *Server) Before(a *simulation.Account, aws http.Handler) http.Handler {
	s.account, s.aws = a, aws
	s.disturb = newDisturbances(a)
	s.record = newRecord(a, s.disturb)
	a.Watch(s.record.add)
	return s
}

// Run keeps the page up to date until the context ends.
func (s *Server) Run(ctx context.Context) { s.record.run(ctx) }

// ServeHTTP refuses names that are not this machine's (a page of another site
// could have its name lead here), and other machines' browsers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	here := isLoopback(hostOf(r.Host))
	switch {
	case !here && !s.remote:
		http.Error(w, "fipsguard simulate answers to 127.0.0.1 and localhost only, not to "+r.Host, http.StatusMisdirectedRequest)
	case !isForPage(r):
		s.aws.ServeHTTP(w, r)
	case !here || !isLoopback(hostOf(r.RemoteAddr)):
		http.Error(w, "the page of fipsguard simulate is for browsers on its own machine", http.StatusForbidden)
	default:
		s.page(w, r)
	}
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// isForPage tells a browser from a client of AWS, which signs.
func isForPage(r *http.Request) bool {
	if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Target") != "" {
		return false
	}
	return strings.HasPrefix(r.URL.Path, prefix) ||
		r.URL.Path == "/" && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// policy lets the page load its own style and script, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	name := strings.TrimPrefix(r.URL.Path, prefix)
	if action, ok := strings.CutPrefix(name, "do/"); ok {
		s.act(w, r, action)
		return
	}
	if r.Method != http.MethodGet {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	switch name {
	case "/":
		s.send(w, "text/html; charset=utf-8", s.views.page(s.account))
	case "style.css":
		s.send(w, "text/css; charset=utf-8", evidencepage.Style()+stories.Style()+style)
	case "script.js":
		s.send(w, "text/javascript; charset=utf-8", script)
	case "stream":
		s.stream(w, r)
	case "report":
		s.report(w)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) send(w http.ResponseWriter, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write([]byte(text)) // whoever has gone does not matter
}

// report is the last scan's, as verify and the verifier write it; it has a
// policy of its own.
func (s *Server) report(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'self'")
	d, ok := s.account.LastReport()
	if !ok {
		s.send(w, "text/html; charset=utf-8", s.views.noReport())
		return
	}
	var text bytes.Buffer
	if err := evidencepage.Write(&text, d); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.send(w, "text/html; charset=utf-8", text.String())
}

// act does what a button says. Pages of other sites may not press it.
func (s *Server) act(w http.ResponseWriter, r *http.Request, name string) {
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case r.Method != http.MethodPost:
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
		return
	case r.Header.Get("Origin") != "http://"+r.Host, site != "" && site != "same-origin":
		http.Error(w, "only the page itself may do this", http.StatusForbidden)
		return
	}
	said, err := s.disturb.do(r.Context(), name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	s.record.wake()
	s.send(w, "text/plain; charset=utf-8", said)
}
