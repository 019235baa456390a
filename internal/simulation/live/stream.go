package live

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	refresh   = 5 * time.Second       // of what changes with time alone
	gathering = 50 * time.Millisecond // so long, changes wait for others
	patience  = 10 * time.Second      // with a browser that does not read
)

// stream sends what happens as server-sent events: parts of the page, which
// replace what was there, and lines and alerts, which are added.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		http.Error(w, "too many browsers are watching", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	connection := http.NewResponseController(w)
	if connection.SetReadDeadline(time.Time{}) != nil {
		return // the server's own would end the stream
	}
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	sent := map[string]string{}
	var at place
	text := event("reset", "")
	for {
		n, next, changed := s.record.after(at)
		at = next
		text += s.events(n, sent)
		if text != "" {
			if connection.SetWriteDeadline(time.Now().Add(patience)) != nil {
				return
			}
			if _, err := io.WriteString(w, text); err != nil || connection.Flush() != nil {
				return
			}
		}
		text = ""
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
		case <-changed:
			time.Sleep(gathering)
		}
	}
}

// events are the news as events, and the parts of the page that are not as they
// were sent.
func (s *Server) events(n news, sent map[string]string) string {
	var text strings.Builder
	for _, line := range n.lines {
		text.WriteString(event("line", s.views.line(line)))
	}
	for _, alert := range n.alerts {
		text.WriteString(event("mail", s.views.mail(alert)))
	}
	for _, part := range s.parts(n.spans) {
		if sent[part.name] != part.text {
			sent[part.name] = part.text
			text.WriteString(event(part.name, part.text))
		}
	}
	return text.String()
}

// event is one server-sent event.
func event(name, data string) string {
	return fmt.Sprintf("event: %s\ndata: %s\n\n", name, strings.ReplaceAll(strings.ReplaceAll(data, "\r", ""), "\n", "\ndata: "))
}
