package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// figures are what a conclusion can state in square brackets, as measured.
func figures() map[string]func(*Account) string {
	return map[string]func(*Account) string{
		"slowest fix":   func(a *Account) string { return milliseconds(slices.Max(append(a.fixTimes(), 0))) },
		"alerts":        func(a *Account) string { return fmt.Sprint(len(alerts(a.seen()))) },
		"tasks started": func(a *Account) string { return fmt.Sprint(a.tasksIn("PROVISIONING")) },
		"time taken":    func(a *Account) string { return a.timeTaken().Round(time.Second).String() },
	}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// timeTaken is the time from the first activity to the last.
func (a *Account) timeTaken() time.Duration {
	seen := a.seen()
	if len(seen) == 0 {
		return 0
	}
	return seen[len(seen)-1].Time.Sub(seen[0].Time)
}

func bracketed() *regexp.Regexp { return regexp.MustCompile(`\[[^\]]*\]`) }

func checkFigures(conclusion string) error {
	for _, name := range bracketed().FindAllString(conclusion, -1) {
		if figures()[strings.Trim(name, "[]")] == nil {
			return fmt.Errorf("%s is no figure; there are: %s", name, listed(figures()))
		}
	}
	return nil
}

// conclude fills the figures into a conclusion.
func (a *Account) conclude(conclusion string) string {
	return bracketed().ReplaceAllStringFunc(conclusion, func(name string) string {
		return figures()[strings.Trim(name, "[]")](a)
	})
}
