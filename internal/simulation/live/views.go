package live

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/chart"
	"fipsguard/internal/localaws"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/stories"
)

// views write the page and its parts.
type views struct{ templates *template.Template }

func newViews() (*views, error) {
	parsed, err := template.New("page").Parse(markup)
	if err != nil {
		return nil, fmt.Errorf("parse the live page's markup: %w", err)
	}
	return &views{parsed}, nil
}

// write writes a part. What cannot be written is shown as such.
func (v *views) write(name string, data any) string {
	var text bytes.Buffer
	if err := v.templates.ExecuteTemplate(&text, name, data); err != nil {
		return template.HTMLEscapeString(err.Error())
	}
	return strings.TrimSpace(text.String())
}

// caller is someone whose keys are on the page.
type caller struct {
	Who string
	localaws.Principal
}

func (v *views) page(a *simulation.Account) string {
	return v.write("page", struct {
		Account, Region, Endpoint string
		Travel                    time.Duration
		Groups                    []group
		Callers                   []caller
	}{
		localaws.AccountID, simulation.Region, a.AWS.Endpoint(), localaws.EventTravel, groups(), callers(a),
	})
}

func callers(a *simulation.Account) []caller {
	return []caller{
		{"an administrator", a.People.Admin}, {"an application’s role", a.People.Application},
		{"CI", a.People.Terraform}, {"root, who alone can undo another’s override", a.People.Root},
	}
}

func (v *views) noReport() string { return v.write("no report", nil) }

type lineView struct{ Time, Class, Who, What, Detail, Error string }

func (v *views) line(l simulation.Line) string {
	return v.write("line", lineView{
		l.Time.Format("15:04:05.000"), stories.Class(l.Kind), sanitize.Printable(l.Who),
		sanitize.Printable(l.What), sanitize.Printable(l.Detail), sanitize.Printable(l.Error),
	})
}

func (v *views) mail(m localaws.Message) string {
	return v.write("mail", struct{ Time, Subject, Text string }{m.Time.Format("15:04:05.000"), m.Subject, m.For("email")})
}

// part is a part of the page that is replaced when it changes.
type part struct{ name, text string }

func (s *Server) parts(spans []span) []part {
	shown := s.account.Shown()
	losing, sns := s.disturb.broken()
	report, _ := s.account.LastReport()
	return []part{
		{"setting", s.views.write("setting", settingOf(shown, spans))},
		{"chart", s.chart(spans)},
		{"broken", s.views.write("broken", struct{ Losing, SNS bool }{losing, sns})},
		{"tasks", s.views.write("tasks", tasksOf(shown.Tasks, report))},
		{"report", cmp.Or(report.ID, "none")},
	}
}

// setting is FIPS mode in words.
type setting struct {
	On        bool
	Since     string
	Overrides []override
}

type override struct {
	Who string
	On  bool
}

func settingOf(shown localaws.Shown, spans []span) setting {
	v := setting{On: shown.FIPS}
	if len(spans) > 0 {
		v.Since = spans[len(spans)-1].from.Format("15:04:05")
	}
	for _, arn := range slices.Sorted(maps.Keys(shown.Overrides)) {
		v.Overrides = append(v.Overrides, override{sanitize.Printable(arn), shown.Overrides[arn]})
	}
	return v
}

// How much time the chart shows.
const (
	shortest = 30 * time.Second
	longest  = 10 * time.Minute
)

// chart draws FIPS mode over the last minutes.
func (s *Server) chart(spans []span) string {
	if len(spans) == 0 {
		return ""
	}
	// As it was when a stream last refreshed: it would else never be the same.
	until := s.account.AWS.Now().Truncate(refresh).Add(refresh)
	from := until.Add(-longest)
	if spans[0].from.After(from) {
		from = spans[0].from
	}
	if until.Sub(from) < shortest {
		until = from.Add(shortest)
	}
	strip := chart.Strip{Title: "FIPS mode of the account"}
	for i, one := range spans {
		bar := chart.Bar{From: one.from, Until: until, Class: "on", Title: "on from " + one.from.Format("15:04:05")}
		if !one.on {
			bar.Class, bar.Weight, bar.Title, bar.Inside = "off", chart.Heavy, "OFF from "+one.from.Format("15:04:05"), "OFF"
		}
		if i+1 < len(spans) {
			bar.Until = spans[i+1].from
			if !one.on {
				bar.Note = "OFF " + simulation.Lasted(bar.Until.Sub(bar.From))
			}
		}
		if bar.Until.After(from) {
			bar.From = later(bar.From, from)
			strip.Bars = append(strip.Bars, bar)
		}
	}
	svg, err := chart.Chart{Label: "FIPS mode of the account over the last minutes", Axis: chart.Axis{From: from, Until: until}, Strips: []chart.Strip{strip}}.SVG()
	if err != nil {
		return template.HTMLEscapeString(err.Error())
	}
	return string(svg)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// taskView is a task: its kernel as it is, which only the simulation knows, and
// as the last scan found it.
type taskView struct {
	ID, Of, Platform, Status, Launched string
	Runs, FIPS, Stopping               bool
	Scan, ScanClass                    string
}

// mostTasks are on the page, the newest.
const mostTasks = 40

func tasksOf(tasks []localaws.ShownTask, report evidence.Document) []taskView {
	found := map[string]string{}
	for _, t := range report.Tasks {
		found[t.ARN] = t.Kernel.Result
	}
	var shown []taskView
	for _, t := range slices.Backward(tasks) {
		if len(shown) == mostTasks {
			break
		}
		shown = append(shown, taskView{
			ID: t.ID[:8], Of: sanitize.Printable(strings.TrimPrefix(t.Group, "service:")), Platform: t.Platform, Status: t.Status,
			Launched: t.Created.Format("15:04:05"), Runs: t.Status == "RUNNING", FIPS: t.FIPS, Stopping: t.Stopping,
			Scan: found[t.ARN], ScanClass: classOf(found[t.ARN]),
		})
	}
	return shown
}

func classOf(result string) string {
	switch result {
	case evidence.KernelOn:
		return "good"
	case evidence.KernelOff:
		return "bad"
	case evidence.CouldNotBeChecked, evidence.NotCheckedYet:
		return "doubt"
	}
	return ""
}
