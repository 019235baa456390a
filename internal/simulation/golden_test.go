package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// normal replaces the identifiers that AWS would make, each by its number, and
// orders what a scan asks at the same time.
func normal(text string) string {
	identifier := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|ecs-svc/[0-9]+`)
	text = regexp.MustCompile(`ecs-execute-command-[0-9a-f]+`).ReplaceAllString(text, "ecs-execute-command-…")
	lines := strings.SplitAfter(text, "\n")
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && isReading(lines[end]) {
			end++
		}
		slices.Sort(lines[start:end])
		start = max(end, start+1)
	}
	numbers := map[string]int{}
	return identifier.ReplaceAllStringFunc(strings.Join(lines, ""), func(found string) string {
		if numbers[found] == 0 {
			numbers[found] = len(numbers) + 1
		}
		return fmt.Sprintf("id-%d", numbers[found])
	})
}

// isReading reports whether a line is a call of the guard that changes nothing.
func isReading(line string) bool {
	return regexp.MustCompile(` s +fipsguard +(ecs:(Describe|List|Execute)|ssm:Terminate)`).MatchString(line)
}
