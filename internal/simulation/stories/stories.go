package stories

import (
	"crypto/sha256"
	_ "embed" // the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"time"

	"fipsguard/internal/evidence"
	evidencepage "fipsguard/internal/evidence/page"
	"fipsguard/internal/localaws"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/simulation"
)

var (
	//go:embed stories.html
	markup string
	//go:embed stories.css
	style string
)

// Style is the style sheet of stories' lines, on top of the evidence page's.
func Style() string { return style }

// view is what the page shows.
type view struct {
	Style     template.CSS
	StyleHash string
	Ran, Good int
	Travel    time.Duration
	Stories   []storyView
}

type storyView struct {
	simulation.Story
	Class, Sign, Outcome, Lasted string
	Short, Whole                 []lineView
	Mails                        []mail
	Reports                      []string
}

type lineView struct {
	Since, Class, Who, What, Parameters, Error string
}

type mail struct{ Subject, Text string }

// Write writes stories as one page.
func Write(w io.Writer, told []simulation.Story) error {
	page, err := template.New("stories").Parse(markup)
	if err != nil {
		return fmt.Errorf("parse the page's markup: %w", err)
	}
	css := evidencepage.Style() + style
	sum := sha256.Sum256([]byte(css))
	v := view{
		Style: template.CSS(css), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		Ran: len(told), Travel: localaws.EventTravel,
	}
	for _, story := range told {
		shown := viewOf(story)
		if len(story.Unmet) == 0 {
			v.Good++
		}
		v.Stories = append(v.Stories, shown)
	}
	if err := page.Execute(w, v); err != nil {
		return fmt.Errorf("write the page of stories: %w", err)
	}
	return nil
}

func viewOf(s simulation.Story) storyView {
	v := storyView{Story: s, Class: "good", Sign: "✓", Outcome: s.Result.Outcome, Lasted: simulation.Lasted(s.Took)}
	if len(s.Unmet) > 0 {
		v.Class, v.Sign, v.Outcome = "bad", "✗", "not as expected"
	}
	lines := s.Lines()
	for _, line := range simulation.Fold(lines) {
		v.Short = append(v.Short, shown(s, line, line.Detail))
	}
	for _, line := range lines[:min(len(lines), mostLines)] {
		v.Whole = append(v.Whole, shown(s, line, line.All))
	}
	for _, m := range s.Alerts() {
		v.Mails = append(v.Mails, mail{m.Subject, m.For("email")})
	}
	for _, d := range s.Result.Reports {
		v.Reports = append(v.Reports, evidence.Summary(d))
	}
	return v
}

// mostLines of a story are on the page; --format json has all.
const mostLines = 300

// Left is how many lines are not on the page.
func (v storyView) Left() int { return len(v.Lines()) - len(v.Whole) }

func shown(s simulation.Story, line simulation.Line, parameters string) lineView {
	return lineView{
		Since: "+" + simulation.Lasted(line.Time.Sub(s.Began)), Class: Class(line.Kind), Who: sanitize.Printable(line.Who),
		What: sanitize.Printable(line.What), Parameters: sanitize.Printable(parameters), Error: sanitize.Printable(line.Error),
	}
}

// Class is the class of a kind of line in the style sheet.
func Class(kind simulation.Kind) string {
	switch kind {
	case simulation.Fixed:
		return "fixed"
	case simulation.Read, simulation.Again:
		return "read"
	case simulation.Lost:
		return "lost"
	case simulation.Sent:
		return "sent"
	case simulation.Report:
		return "report"
	case simulation.Done:
	}
	return "done"
}
