package simulation

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Scenario is something that goes wrong in an account, and how it has to end.
type Scenario struct {
	Name  string
	Story string // what it is about, for people

	file       string
	steps      []step
	glance     glance
	conclusion string // with figures in brackets
}

// files are the scenarios, numbered in the order in which they run.
//
//go:embed scenarios/*.txt
var files embed.FS

// Choose reads the scenarios of these names; without any, all.
func Choose(names []string) ([]Scenario, error) {
	if len(names) == 0 {
		names = Names()
	}
	var chosen []Scenario
	for _, name := range names {
		i := slices.Index(Names(), name)
		if i < 0 {
			return nil, fmt.Errorf("no scenario %q; there are: %s", name, strings.Join(Names(), ", "))
		}
		s, err := load(fileNames()[i])
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

// Names are those of all scenarios: of scenarios/01-default-off.txt it is
// default-off.
func Names() []string {
	var names []string
	for _, file := range fileNames() {
		names = append(names, nameOf(file))
	}
	return names
}

func nameOf(file string) string {
	_, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".txt"), "-")
	return name
}

func fileNames() []string {
	names, err := fs.Glob(files, "scenarios/*.txt")
	if err != nil {
		return nil // only a faulty pattern has an error
	}
	return names
}

func load(file string) (Scenario, error) {
	text, err := files.ReadFile(file)
	if err != nil {
		return Scenario{}, err
	}
	s, err := parse(file, string(text))
	s.Name = nameOf(file)
	return s, err
}
