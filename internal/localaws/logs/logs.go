// Package logs is the part of CloudWatch Logs that gives lines back: log groups,
// to which functions write, and a filter by one word.
package logs

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

// Groups are an account's log groups.
type Groups struct {
	kernel *kernel.Kernel
	lines  map[string][]event // by Region and name
}

// event is one line, by the members of FilterLogEvents' answer.
type event struct {
	Timestamp int64  `json:"timestamp"` // milliseconds
	Message   string `json:"message"`
}

// New adds CloudWatch Logs to an account.
func New(k *kernel.Kernel) *Groups {
	g := &Groups{kernel: k, lines: map[string][]event{}}
	k.Serve(kernel.Service{
		Name: "logs", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"Logs_20140328"},
		Operations: map[string]kernel.Operation{"FilterLogEvents": {Perform: kernel.With(g.filter)}},
	})
	return g
}

// LogGroup makes a log group, if there is none of the name, and returns what
// writes to it: each write is one or more lines.
func (g *Groups) LogGroup(region, name string) io.Writer {
	g.kernel.Lock()
	defer g.kernel.Unlock()
	key := region + " " + name
	g.lines[key] = append([]event{}, g.lines[key]...)
	return group{g, key}
}

type group struct {
	of  *Groups
	key string
}

// keptLines bounds a group: an account may go on for days.
const keptLines = 10_000

// Write needs no lock of the caller, and must not be called with the kernel's.
func (w group) Write(text []byte) (int, error) {
	w.of.kernel.Lock()
	defer w.of.kernel.Unlock()
	at := w.of.kernel.Clock.Now().UnixMilli()
	lines := w.of.lines[w.key]
	for line := range strings.Lines(string(text)) {
		lines = append(lines, event{at, strings.TrimSuffix(line, "\n")})
	}
	w.of.lines[w.key] = lines[max(0, len(lines)-keptLines):]
	return len(text), nil
}

// What is on the wire. The SDK's client would be in the command line otherwise.
type (
	input struct {
		LogGroupName  string `json:"logGroupName"`
		StartTime     int64  `json:"startTime"`
		FilterPattern string `json:"filterPattern"` // one word, of letters and digits
		NextToken     string `json:"nextToken"`
	}
	output struct {
		Events    []event `json:"events"`
		NextToken string  `json:"nextToken,omitempty"`
	}
)

// perPage is small, so that callers meet a second page.
const perPage = 10

func (g *Groups) filter(r *kernel.Request, in input) (*output, error) {
	lines, ok := g.lines[string(r.Region)+" "+in.LogGroupName]
	if !ok {
		return nil, kernel.ClientError("ResourceNotFoundException", "The specified log group does not exist.")
	}
	start, err := strconv.Atoi(cmp.Or(in.NextToken, "0"))
	if err != nil || start < 0 {
		return nil, kernel.ClientError("InvalidParameterException", "The specified nextToken is invalid.")
	}
	var matching []event
	for _, l := range lines {
		if l.Timestamp >= in.StartTime && strings.Contains(l.Message, in.FilterPattern) {
			matching = append(matching, l)
		}
	}
	out := &output{Events: matching[min(start, len(matching)):min(start+perPage, len(matching))]}
	if start+perPage < len(matching) {
		out.NextToken = strconv.Itoa(start + perPage)
	}
	return out, nil
}
