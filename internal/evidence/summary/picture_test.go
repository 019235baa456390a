package summary

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// year are reports every six hours, with two off periods and a month in which
// not every kernel answered.
func year() *Collector {
	var c Collector
	for n := range 4 * 365 {
		hour := float64(6 * n)
		spans := []evidence.Span{span("on", max(0, hour-2000), hour)}
		tasks := []evidence.Task{task(evidence.KernelOn, hour-1, guard.Compliant)}
		switch day := n / 4; {
		case day == 100:
			spans = []evidence.Span{span("on", hour-2000, hour-3), span("off", hour-3, hour-2), span("on", hour-2, hour)}
		case day >= 200 && day < 230:
			tasks = append(tasks, task(evidence.CouldNotBeChecked, hour-1, guard.InsufficientData))
		case day == 300:
			spans = []evidence.Span{span("off", hour-6, hour)}
			tasks = append(tasks, task(evidence.KernelOff, hour-1, guard.NonCompliant))
		}
		c.Add(report(hour+1, tasks, spans...))
	}
	return &c
}

func TestThePictureIsOfTheYear(t *testing.T) {
	var out bytes.Buffer
	if err := year().WriteSVG(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("it is no XML: %v", err)
		}
	}
	for _, want := range []string{`xmlns="http://www.w3.org/2000/svg"`, "OFF 1 h<", "OFF 1 d<", `class="exposed"`, "2027-05-21: 50.0 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("it has no %s", want)
		}
	}
	if len(text) > 200_000 {
		t.Errorf("it has %d bytes", len(text))
	}
	var two Collector
	two.Add(report(1, nil))
	other := report(1, nil)
	other.Region = "us-gov-east-1"
	two.Add(other)
	if err := two.WriteSVG(&out); err == nil {
		t.Error("a picture of two Regions is one of neither")
	}
}
