package simulation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// step is one sentence of a scenario.
type step struct {
	line     int
	text     string
	times    int
	sentence sentence
	phrase   phrase
}

// parse reads a scenario. Its file begins with a paragraph that people read
// before it runs. Each line after that is a sentence. The last two say what a good
// end means: "At a glance:" as a row of a table, "In the end:" as a sentence.
// Lines that begin with # are comments. The error names every faulty line.
func parse(file, text string) (Scenario, error) {
	p := parser{known: language(), scenario: Scenario{file: file}}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		p.line = i + 1
		if err := p.take(strings.TrimSpace(line)); err != nil {
			p.faults = append(p.faults, fmt.Errorf("%s:%d: %w", file, p.line, err))
		}
	}
	if len(p.faults) == 0 {
		if err := p.missing(); err != nil {
			p.faults = append(p.faults, fmt.Errorf("%s:%d: %w", file, p.line, err))
		}
	}
	if len(p.faults) > 0 {
		return Scenario{}, fmt.Errorf("%w\nScenarios know these sentences:\n%s", errors.Join(p.faults...), vocabulary())
	}
	return p.scenario, nil
}

const (
	glanceMark     = "At a glance:"
	conclusionMark = "In the end:"
)

// parser reads the lines of a scenario one after the other.
type parser struct {
	known     []sentence
	scenario  Scenario
	line      int
	begun     bool // the first paragraph has ended
	happening bool // what the policy says has ended
	expecting bool
	faults    []error
}

func (p *parser) take(line string) error {
	switch {
	case strings.HasPrefix(line, "#"):
		return nil
	case line == "":
		p.begun = p.begun || p.scenario.Story != ""
		return nil
	case !p.begun:
		p.scenario.Story = strings.TrimSpace(p.scenario.Story + " " + line)
		return nil
	case p.scenario.conclusion != "":
		return fmt.Errorf("%q comes after what is in the end", line)
	}
	if conclusion, ok := strings.CutPrefix(line, conclusionMark); ok {
		p.scenario.conclusion = strings.TrimSpace(conclusion)
		return checkFigures(conclusion)
	}
	if glance, ok := strings.CutPrefix(line, glanceMark); ok {
		var err error
		p.scenario.glance, err = readGlance(glance)
		return err
	}
	next, err := read(p.known, line)
	if err != nil {
		return err
	}
	if next.sentence.given != nil && p.happening {
		return fmt.Errorf("%q: what the policy says has to come first, since the guard starts with it", line)
	}
	p.happening = p.happening || next.sentence.given == nil
	p.expecting = p.expecting || next.sentence.expect != nil
	next.line = p.line
	p.scenario.steps = append(p.scenario.steps, next)
	return nil
}

// missing says what a whole scenario lacks.
func (p *parser) missing() error {
	switch {
	case !p.expecting:
		return errors.New(`nothing is expected, so that nothing can fail: add a line such as "Expect one alert."`)
	case p.scenario.glance == glance{}:
		return fmt.Errorf("no line begins with %q", glanceMark)
	case p.scenario.conclusion == "":
		return fmt.Errorf("the last line has to begin with %q", conclusionMark)
	}
	return nil
}

// read understands one sentence, of those that are known.
func read(known []sentence, line string) (step, error) {
	words, err := wordsOf(line)
	if err != nil {
		return step{}, fmt.Errorf("%q: %w", line, err)
	}
	found := step{text: line, times: 1}
	words = found.repeated(words)
	for _, s := range known {
		if found.phrase, _, err = s.match(words); err != nil {
			continue
		}
		if found.times > 1 && s.do == nil {
			return step{}, fmt.Errorf("%q: only what someone does can be repeated", line)
		}
		found.sentence = s
		return found, nil
	}
	return step{}, misread(known, line, words)
}

// misread says why words fit no sentence, by the nearest one: of those in which
// as many words fit, the one whose length differs least.
func misread(known []sentence, line string, words []string) error {
	var nearest sentence
	most := 0
	for _, s := range known {
		n := s.nearness(words)
		if n > most || n > 0 && n == most && s.difference(words) < nearest.difference(words) {
			nearest, most = s, n
		}
	}
	if most == 0 {
		return fmt.Errorf("%q is not a sentence that scenarios know", line)
	}
	_, _, complaint := nearest.match(words)
	return fmt.Errorf("%q: %w; the nearest sentence is %q", line, complaint, nearest.written())
}

// repeated takes a beginning such as "five times," off.
func (s *step) repeated(words []string) []string {
	if len(words) < 3 || words[1] != "times" {
		return words
	}
	n, err := number(words[0])
	if err != nil || n < 1 {
		return words
	}
	s.times = n
	return words[2:]
}

// wordsOf splits a sentence. A quoted text is one word and keeps its quotes.
func wordsOf(line string) ([]string, error) {
	var words []string
	parts := strings.Split(strings.TrimSuffix(line, "."), `"`)
	if len(parts)%2 == 0 {
		return nil, errors.New("a quotation mark has no partner")
	}
	for i, part := range parts {
		if i%2 == 1 {
			words = append(words, `"`+part+`"`)
			continue
		}
		for _, word := range strings.Fields(part) {
			words = append(words, strings.TrimSuffix(word, ","))
		}
	}
	return words, nil
}

// vocabulary lists every sentence that scenarios know, and what can be filled
// into them.
func vocabulary() string {
	var b strings.Builder
	for _, s := range sentences() {
		fmt.Fprintf(&b, "  %s\n", s.written())
	}
	fmt.Fprintf(&b, "  <number> times, and one of what someone does\n\n")
	known := slots()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(&b, "  %-10s  %s\n", "<"+name+">", known[name].help)
	}
	return b.String()
}
