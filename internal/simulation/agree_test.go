package simulation

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// run runs a closure.
func (c closure) run(ctx context.Context, o Options) (result Result, conclusion string, err error) {
	account, err := Start(ctx, c.policy(), o)
	if err != nil {
		return Result{}, "", err
	}
	defer func() { err = errors.Join(err, account.AWS.Close()) }()
	if err := c.play(ctx, account); err != nil {
		return Result{}, "", err
	}
	if err := account.AWS.Drain(ctx); err != nil {
		return Result{}, "", err
	}
	result.Activities, result.Reports = account.seen(), account.reports
	conclusion, err = c.expect(ctx, account, result.Activities)
	return result, conclusion, err
}

func printed(t *testing.T, r Result) string {
	t.Helper()
	var b strings.Builder
	p := Printer{Out: &b, Paint: func(_ Style, text string) string { return text }, Clean: func(text string) string { return text }}
	p.Timeline(r.Activities, 2000)
	p.Alerts(r.Activities, 100)
	for _, report := range r.Reports {
		if err := p.Report(report); err != nil {
			t.Fatal(err)
		}
	}
	return normal(b.String())
}

func anonymous(text string) []string {
	lines := strings.Split(regexp.MustCompile(`id-[0-9]+`).ReplaceAllString(text, "id"), "\n")
	slices.Sort(lines)
	return lines
}

// TestTheTextAgreesWithTheClosure runs each scenario both ways.
func TestTheTextAgreesWithTheClosure(t *testing.T) {
	o := Options{Now: func() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }}
	for i, c := range closures() {
		t.Run(c.name, func(t *testing.T) {
			text, err := Choose([]string{c.name})
			if err != nil {
				t.Fatal(err)
			}
			if Names()[i] != c.name || text[0].Story != c.story {
				t.Errorf("%s: %s", Names()[i], text[0].Story)
			}
			want, conclusion, err := c.run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := text[0].Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Unmet) > 0 || got.Conclusion != conclusion {
				t.Errorf("%v\n%s\n%s", got.Unmet, got.Conclusion, conclusion)
			}
			// Identifiers are drawn from one sequence, and the text reads more
			// in between: what is ordered by them may come in another order.
			a, b := anonymous(printed(t, want)), anonymous(printed(t, got))
			if !slices.Equal(a, b) {
				t.Errorf("the closure's %d lines differ from the text's %d", len(a), len(b))
			}
		})
	}
}
