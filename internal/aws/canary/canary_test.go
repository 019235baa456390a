package canary

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
	"fipsguard/internal/metric"

	"github.com/google/go-cmp/cmp"
)

// TestReceived: each canary once, with its first time, from all pages and from
// lines of the guard only.
func TestReceived(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	l := Log{Config: localtest.Config(a, localaws.Everyone().Verifier, localtest.West)}
	if _, unknown := l.Received(t.Context(), localtest.Noon()); !strings.Contains(unknown, "ResourceNotFoundException") {
		t.Errorf("without a log group: %q", unknown)
	}
	out := a.LogGroup(localtest.West, "/aws/lambda/fipsguard-enforcer")
	metrics := metric.NewWriter(out)
	metrics.EmitCanary(localtest.Noon().Add(-time.Hour), a.Now()) // too long ago
	localtest.Advance(t, a, time.Hour)
	since := a.Now()
	var want []guard.Canary
	for i := range 25 {
		sent := since.Add(time.Duration(i) * time.Minute)
		metrics.EmitCanary(sent, sent.Add(8*time.Second))
		metrics.EmitCanary(sent, sent.Add(time.Minute)) // delivered twice
		want = append(want, guard.Canary{Sent: sent, Latency: 8 * time.Second})
	}
	for _, line := range []string{
		`CanaryReceived`, `{"CanaryReceived":1}`, `{"CanaryReceived":"1","CanarySent":"2026-11-02T12:00:00Z"}`, `{"CanaryReceived":1,"CanarySent":"noon"}`,
		`{"actor":"{\"CanaryReceived\":1,\"CanarySent\":\"2026-11-02T12:00:00Z\"}"}`,
	} {
		_, _ = fmt.Fprintln(out, line)
	}
	got, unknown := l.Received(t.Context(), since)
	if diff := cmp.Diff(want, got); diff != "" || unknown != "" {
		t.Errorf("unknown %q (-want +got):\n%s", unknown, diff)
	}
}

// TestALogWithoutEnd is not read to its end, and not taken for whole.
func TestALogWithoutEnd(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	if _, err := io.Copy(a.LogGroup(localtest.West, "/aws/lambda/fipsguard-enforcer"), bytes.NewReader(bytes.Repeat([]byte("CanaryReceived\n"), 2000))); err != nil {
		t.Fatal(err)
	}
	got, unknown := Log{Config: localtest.Config(a, localaws.Everyone().Verifier, localtest.West)}.Received(t.Context(), localtest.Noon())
	if len(got) != 0 || !strings.Contains(unknown, "goes on after 50 pages") {
		t.Errorf("%d canaries, unknown %q", len(got), unknown)
	}
}
