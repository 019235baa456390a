package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// measures are times that a scenario can state in square brackets, as measured on the
// account's clock. None is zero.
func measures() map[string]func(*Account) time.Duration {
	return map[string]func(*Account) time.Duration{
		"slowest fix": func(a *Account) time.Duration { return slices.Max(append(a.fixTimes(), 0)) },
		"first fix":   func(a *Account) time.Duration { return a.untilFirst(isFix) },
		"first alert": func(a *Account) time.Duration { return a.untilFirst(func(h Activity) bool { return h.Message != nil }) },
		"time taken":  (*Account).timeTaken,
	}
}

// figures are what a conclusion can state in square brackets.
func figures() map[string]func(*Account) string {
	known := map[string]func(*Account) string{
		"alerts":        func(a *Account) string { return fmt.Sprint(len(alerts(a.seen()))) },
		"tasks started": func(a *Account) string { return fmt.Sprint(a.tasksIn("PROVISIONING")) },
	}
	for name, measure := range measures() {
		known[name] = func(a *Account) string { return Lasted(measure(a)) }
	}
	return known
}

// Lasted is a time on the account's clock in words.
func Lasted(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.3f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// timeTaken is the time from the first activity to the last.
func (a *Account) timeTaken() time.Duration {
	seen := a.seen()
	if len(seen) == 0 {
		return 0
	}
	return seen[len(seen)-1].Time.Sub(seen[0].Time)
}

// untilFirst is the time to the first activity of a kind from the last call of
// someone else before it that changed something.
func (a *Account) untilFirst(is func(Activity) bool) time.Duration {
	var begun time.Time
	for _, activity := range a.seen() {
		switch call := activity.Call; {
		case is(activity):
			if begun.IsZero() {
				return 0
			}
			return activity.Time.Sub(begun)
		case call != nil && call.ErrorCode == "" && !isGuard(call.Principal) && !readsOnly(call.Operation):
			begun = activity.Time
		}
	}
	return 0
}

// isFix reports whether the guard changed something.
func isFix(activity Activity) bool {
	call := activity.Call
	return call != nil && call.ErrorCode == "" && isGuard(call.Principal) && !readsOnly(call.Operation) && !isOwnWork(*call)
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
