package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"fipsguard/internal/audit"

	"github.com/schollz/progressbar/v3"
)

// byteProgress shows on a terminal how many files and bytes are read, and the
// time that is left.
type byteProgress struct {
	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil where there is no terminal
	files int
}

func newByteProgress(t *terminal, p audit.Plan) *byteProgress {
	file, ok := t.err.(*os.File)
	if !ok || !isTerminal(file) {
		return &byteProgress{}
	}
	return &byteProgress{files: len(p.Logs) + len(p.Digests), bar: progressbar.NewOptions64(p.Bytes,
		progressbar.OptionSetWriter(file),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

func (p *byteProgress) tell(files int, bytes int64) {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.Describe(fmt.Sprintf("%d of %d files", files, p.files))
	_ = p.bar.Set64(bytes) // what it cannot draw, nobody misses
}

// end takes the bar away.
func (p *byteProgress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
