package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal, and nothing elsewhere. A scan reports its
// stages one after the other, each from one goroutine at a time.
type progress struct {
	terminal *os.File // nil where there is none
	stage    string
	bar      *progressbar.ProgressBar
}

// newProgress shows itself where a person can see what is said.
func newProgress(t *terminal) *progress {
	if file, ok := t.err.(*os.File); ok && isTerminal(file) {
		return &progress{terminal: file}
	}
	return &progress{}
}

// tell moves the bar of a stage, and begins it.
func (p *progress) tell(stage string, done, total int) {
	if p.terminal == nil {
		return
	}
	if stage != p.stage {
		p.end()
		p.stage = stage
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.terminal),
			progressbar.OptionSetDescription(stage),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	_ = p.bar.Set(done) // what it cannot draw, nobody misses
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
