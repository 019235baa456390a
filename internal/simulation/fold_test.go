package simulation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// told writes lines as their first words.
func told(lines []Line) string {
	var words []string
	for _, line := range lines {
		words = append(words, strings.Fields(line.What)[0])
	}
	return strings.Join(words, " ")
}

func TestFoldKeepsWhatMatters(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	story := func(words string) []Line {
		var lines []Line
		for i, word := range strings.Fields(words) {
			kinds := map[byte]Kind{'d': Done, 'f': Fixed, 'r': Read, 'A': Sent, 'E': Read}
			name := word
			if word[0] == 'E' {
				name = "ExecuteCommand"
			}
			lines = append(lines, Line{Time: at.Add(time.Duration(i) * time.Second), Kind: kinds[word[0]], What: name})
		}
		return lines
	}
	for given, want := range map[string]string{
		"d f":                   "d f",
		"d r f":                 "d r f",            // one reading keeps its line
		"d r r2 r3 f":           "d 3 f",            // "3 reads"
		"r r2 E E r3":           "3 ExecuteCommand", // kernels have a line of their own
		"d f d f":               "d f d f",          // twice is not again and again
		"d f d f d f":           "d f and",          // "and so 2 times more"
		"d d d":                 "d and",
		"d r f d r f d r f d":   "d r f and d",
		"d f d f2 d f":          "d f d f2 d f",          // another fix is not the same
		"d f A d f A d f A d f": "d f A d f A d f A d f", // an alert is never folded
	} {
		if got := told(Fold(story(given))); got != want {
			t.Errorf("%s is folded to %s, want %s", given, got, want)
		}
	}
	late := story("r r2")
	late[1].Time = late[0].Time.Add(time.Hour)
	if got := told(Fold(late)); got != "r r2" {
		t.Errorf("readings an hour apart are folded to %s", got)
	}
	if folded := Fold(story("d f d f d f")); folded[2].Kind != Again || folded[2].What != fmt.Sprintf("and so %d times more", 2) || !folded[2].Time.Equal(at.Add(5*time.Second)) {
		t.Errorf("what is folded says %+v", folded[2])
	}
}
