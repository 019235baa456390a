package summary

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/chart"
	"fipsguard/internal/grammar"
)

// head makes the chart a file of its own, which no page colours.
const head = `<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12.5"><style>
svg{background:#fff}.lane{font-weight:600}.tick{fill:#555}.grid,.axis,.pin{stroke:#bbb}
rect.reports{fill:#8aa4c8}rect.exposed,rect.off{fill:#c62828}rect.on{fill:#2e7d32}rect.unknown{fill:#e0a100}
.inside{fill:#fff;font-weight:700}.note{fill:#c62828;font-weight:600}
</style>`

// WriteSVG draws the last year of the reports of one account and Region.
func (c *Collector) WriteSVG(out io.Writer) error {
	if len(c.scopes) != 1 {
		return fmt.Errorf("the reports are of %d accounts and Regions; a picture shows one: name its folder", len(c.scopes))
	}
	for of, s := range c.scopes {
		drawn, err := s.chart("FIPS mode of account " + of.Account + ", Region " + of.Region).SVG()
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, strings.Replace(string(drawn), "<svg", head+"<svg", 1)+"</svg>\n"); err != nil {
			return fmt.Errorf("write the picture: %w", err)
		}
	}
	return nil
}

// chart has the reports as columns, those with exposed tasks in front, and under
// them what the setting was and on which days every kernel answered.
func (s *scope) chart(label string) chart.Chart {
	axis := chart.Axis{From: date(s.until).AddDate(0, 0, -364), Until: s.until}
	if s.from.After(axis.From) {
		axis.From = s.from
	}
	reports := chart.Columns{
		Title: "Reports, those with exposed tasks in front", Class: "reports", MarkedClass: "exposed",
		Describe: func(all, marked int, from, until time.Time) string {
			return fmt.Sprintf("%s from %s to %s, %d with exposed tasks", grammar.Count(all, "report"), onDay(from), onDay(until), marked)
		},
	}
	for at, y := range s.days {
		for range y.reports {
			reports.Points = append(reports.Points, chart.Point{At: later(at, axis.From), Marked: y.exposed > 0})
		}
	}
	return chart.Chart{Label: label, Axis: axis, Columns: &reports, Strips: []chart.Strip{s.setting(axis), s.kernels(axis)}}
}

// setting is the account default: what no report shows is unknown.
func (s *scope) setting(axis chart.Axis) chart.Strip {
	strip := chart.Strip{Title: "FIPS mode of the account"}
	whole := times{axis.From, axis.Until}
	off, on := s.off.within(whole), s.on.without(s.off).within(whole)
	add := func(all spans, class string, weight chart.Weight) {
		for _, t := range all {
			b := chart.Bar{From: t.from, Until: t.until, Class: class, Weight: weight, Title: fmt.Sprintf("%s from %s to %s", class, t.from.Format(time.RFC3339), t.until.Format(time.RFC3339))}
			if weight == chart.Heavy {
				b.Note = "OFF " + evidence.Lasted(t.lasted())
			}
			strip.Bars = append(strip.Bars, b)
		}
	}
	add(on, "on", chart.Light)
	add(spans{whole}.without(append(on, off...).joined()), "unknown", chart.Middle)
	add(off, "off", chart.Heavy)
	return strip
}

// kernels is, by day, whether every kernel answered.
func (s *scope) kernels(axis chart.Axis) chart.Strip {
	strip := chart.Strip{Title: "Days on which the kernels of all tasks answered, or not of all"}
	for at := date(axis.From); !at.After(axis.Until); at = at.AddDate(0, 0, 1) {
		f := s.figures(at, 1)
		if f.Checked == nil {
			continue
		}
		class, weight := "on", chart.Light
		if *f.Checked < 1 {
			class, weight = "unknown", chart.Middle
		}
		strip.Bars = append(strip.Bars, chart.Bar{
			From: later(at, axis.From), Until: at.AddDate(0, 0, 1), Class: class, Weight: weight, Title: fmt.Sprintf("%s: %.1f %%", f.Day, 100**f.Checked),
		})
	}
	return strip
}

func onDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
