package main

import (
	"debug/elf"
	"debug/gosym"
	"os/exec"
	"strings"
	"testing"
)

// linked are the functions in a binary, by their whole names. Go keeps them in
// the table that its stack traces are made from, in stripped binaries too.
func linked(t *testing.T, binary string) []string {
	t.Helper()
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	section := file.Section(".gopclntab")
	if section == nil {
		t.Fatal("the binary has no table of functions")
	}
	lines, err := section.Data()
	if err != nil {
		t.Fatal(err)
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(lines, file.Section(".text").Addr))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range table.Funcs {
		names = append(names, f.Name)
	}
	return names
}

// unwanted is what makes a cold start slow, by a part of the functions' names,
// with what it does: a websocket comes with ECS Exec; a template that is
// executed calls methods by their names, so that the linker keeps every
// exported method of everything.
var unwanted = map[string]string{
	"text/template.(*state).walk": "executes a template",
	"html/template.(*Template)":   "executes a template",
	"websocket.":                  "opens a websocket",
	"/localaws.":                  "is the simulated account",
	"/service/s3.":                "keeps reports",
	"/service/sns":                "publishes with a client that is initialized at each start",
	"/applicationautoscaling.":    "reads what only the gate needs",
	"klauspost/compress":          "unpacks files",
	"/trail.Read":                 "reads files of events",
	"/trail.(*splitter)":          "reads files of events",
	"encoding/csv.":               "reads tables",
	"/policydoc.":                 "reads the policy of workloads",
	"/config.(*reader)":           "reads the policy of workloads",
}

// holdsNothingUnwanted looks at what the linker kept, which imports do not show.
func holdsNothingUnwanted(t *testing.T, bootstrap string) {
	names := linked(t, bootstrap)
	own := false
	for _, name := range names {
		own = own || strings.HasPrefix(name, "fipsguard/internal/enforcer.(*Enforcer).Respond")
		for part, does := range unwanted {
			if strings.Contains(name, part) {
				t.Errorf("the enforcer's binary has %s, which %s", name, does)
			}
		}
	}
	if !own || len(names) < 1000 {
		t.Errorf("the binary's table of %d functions is not whole", len(names))
	}
}

// TestImports: these would be linked as soon as they are imported, by their
// initialization alone. The SDK's client of SNS compiles regular expressions in it.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for imported := range strings.FieldsSeq(string(out)) {
		for _, unwanted := range []string{"/websocket", "/localaws", "/service/applicationautoscaling", "/service/sns"} {
			if strings.HasSuffix(imported, unwanted) {
				t.Errorf("the enforcer imports %s", imported)
			}
		}
	}
}
