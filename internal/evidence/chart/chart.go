// Package chart draws times as SVG: strips of what was when, and columns of how
// many there were, over one time axis. It does not know what they mean.
package chart

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed chart.svg
var markup string

// Chart is columns, and strips under them, over one time axis.
type Chart struct {
	Label   string // what a screen reader reads out
	Axis    Axis
	Columns *Columns // may be nil
	Strips  []Strip
}

// The measures, in units of the view box: about a pixel each.
const (
	width       = 1000
	axisHeight  = 34
	letterWidth = 8 // of the small letters, rather too much than too little
)

// layout is a chart as the markup reads it: places, no decisions left.
type layout struct {
	Width, Height, AxisY int
	Label                string
	Ticks                []tick
	Columns              *columns
	Strips               []strip
}

// SVG returns the chart as an element that the style sheet of a page colours.
// It is empty if the axis is too short for a mark.
func (c Chart) SVG() (template.HTML, error) {
	l := c.layout()
	if len(l.Ticks) == 0 {
		return "", nil
	}
	parsed, err := template.New("chart").Parse(markup)
	if err != nil {
		return "", fmt.Errorf("parse the chart's markup: %w", err)
	}
	var svg strings.Builder
	if err := parsed.Execute(&svg, l); err != nil {
		return "", fmt.Errorf("write the chart: %w", err)
	}
	return template.HTML(svg.String()), nil
}

func (c Chart) layout() layout {
	l := layout{Width: width, Label: c.Label, Ticks: c.Axis.ticks()}
	if c.Columns != nil {
		l.Height, l.Columns = columnsHeight, new(c.Axis.columns(*c.Columns))
	}
	for _, s := range c.Strips {
		placed := c.Axis.strip(s, l.Height)
		l.Strips = append(l.Strips, placed)
		l.Height = placed.end()
	}
	l.AxisY = l.Height
	l.Height += axisHeight
	return l
}

// unit writes a coordinate.
func unit(x float64) string { return fmt.Sprintf("%.1f", x) }
