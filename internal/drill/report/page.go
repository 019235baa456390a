package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/evidence/chart"
	"fipsguard/internal/evidence/page"
)

//go:embed page.html
var markup string

// view is what the page shows.
type view struct {
	Document
	Style     template.CSS
	StyleHash string
	Class     string
	Picture   template.HTML
	Controls  string
	Rows      []row
}

type row struct {
	Step
	Class                string
	Call, Fix, Alert, In string
}

// WritePage writes the report as one self-contained page, which loads nothing.
func WritePage(out io.Writer, d Document) error {
	parsed, err := template.New("drill").Parse(markup)
	if err != nil {
		return fmt.Errorf("parse the page's markup: %w", err)
	}
	picture, err := pictureOf(d)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(page.Style()))
	v := view{
		Document: d, Style: template.CSS(page.Style()), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		Class: "bad", Picture: picture, Controls: strings.Join(controls(d), ", "),
	}
	switch d.Verdict {
	case AllSeen:
		v.Class = "good"
	case NotWhole:
		v.Class = "doubt"
	case NotSeen:
	}
	for _, s := range d.Steps {
		v.Rows = append(v.Rows, row{s, classOf(s.Result), seconds(s.ToCall), seconds(s.ToFix), seconds(s.ToAlert), fmt.Sprintf("%d s", s.WithinSeconds)})
	}
	if err := parsed.Execute(out, v); err != nil {
		return fmt.Errorf("write the page of drill %s: %w", d.ID, err)
	}
	return nil
}

func classOf(r drill.Result) string {
	switch r {
	case drill.Repaired, drill.Prevented, drill.Confirmed:
		return "good"
	case drill.Missing:
		return "bad"
	case drill.HandedOver, drill.NotRun, drill.Interrupted:
	}
	return "doubt"
}

// pictureOf shows each step: from when until when it was violated.
func pictureOf(d Document) (template.HTML, error) {
	c := chart.Chart{Label: "Time from each violation until the guard fixed it", Axis: chart.Axis{From: d.Started, Until: d.Finished}}
	for _, s := range d.Steps {
		if s.Violated == nil {
			continue
		}
		until, note := s.Ended, string(s.Result)
		if s.Fixed != nil {
			until, note = *s.Fixed, "fixed after "+seconds(s.ToFix)
		}
		c.Strips = append(c.Strips, chart.Strip{Title: string(s.ID), Bars: []chart.Bar{
			{From: d.Started, Until: *s.Violated, Class: "on", Title: "before"},
			{From: *s.Violated, Until: until, Class: "off", Weight: chart.Heavy, Note: note, Title: "violated from " + s.Violated.Format(time.TimeOnly)},
			{From: until, Until: d.Finished, Class: "on", Title: note},
		}})
	}
	return c.SVG()
}
